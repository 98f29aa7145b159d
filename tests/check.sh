#!/usr/bin/env bash
# The quick loop: format, clippy and the tests that need no cluster. Changes nothing.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$ROOT/tests/deny.sh"
for part in settings postgres; do source "$ROOT/tests/demo/$part.sh"; done

ensure_postgres_installed
cd "$ROOT"
check_dependencies
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings
cargo test --locked -p stockbot-config -p stockbot-store
cargo test --locked -p stockbot-operator -p stockbot --lib --bins
