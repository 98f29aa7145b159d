#!/usr/bin/env bash
# Describes the store's checked statements (sqlx::query!) to the compiler, which needs no database then: asks a server that has all
# migrations, and writes one file for each statement into bot/store/.sqlx. A test compares them with the schema.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$ROOT/tests/cargo.sh"
cd "$ROOT"
queries=$ROOT/bot/store/.sqlx
cargo build --quiet --locked --workspace --example migrated
rm -rf "$queries" && mkdir "$queries"
# The statements are looked at where they are compiled.
touch bot/store/src/lib.rs
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$queries "$PROGRAMS/debug/examples/migrated" migrations \
    cargo check --quiet --locked --workspace
ls "$queries"
