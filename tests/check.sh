#!/usr/bin/env bash
# The quick loop: format, clippy and the tests that need no cluster. Changes nothing.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
for part in cargo deny; do source "$ROOT/tests/$part.sh"; done
for part in settings postgres; do source "$ROOT/tests/demo/$part.sh"; done

ensure_postgres_installed
forget_old_builds
cd "$ROOT"
check_dependencies
cargo fmt --all --check
# It puts itself in the wrapper's place: what it knows of this checkout's crates is kept with the checkout.
CARGO_BUILD_BUILD_DIR=$ROOT/target cargo clippy --workspace --all-targets --locked -- -D warnings
# One call for the whole workspace: with parts of it (-p), cargo would build the dependencies once more for each set of features.
cargo test --locked --workspace --lib --bins --test store --test operator_crds --test readme
