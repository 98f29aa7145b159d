# How the scripts build Rust: static binaries, so that images need nothing else; tests, demo and images share what they compile.
# Sourced after lib.sh, never run.
# shellcheck shell=bash

command -v cargo >/dev/null || fail "cargo is missing: install Rust from https://rustup.rs"
CARGO_BUILD_TARGET=$(rustc -vV | awk '$1 == "host:" { print $2 }')
export CARGO_BUILD_TARGET
export RUSTFLAGS='-C target-feature=+crt-static'
# What is between the sources and the programs is kept here for every checkout of this user: dependencies are compiled once.
# The programs themselves are below the checkout's own target/. Cargo names crates by their place within the checkout, and would
# take those of another for this one's, were it not for the wrapper: it does nothing (`env rustc ...`), but its path counts.
export CARGO_BUILD_BUILD_DIR=$CACHE/cargo
export RUSTC_WORKSPACE_WRAPPER=$LOCAL/env
ln -sfn "$(command -v env)" "$RUSTC_WORKSPACE_WRAPPER"
PROGRAMS=$ROOT/target/$CARGO_BUILD_TARGET

# Old checkouts leave their parts there; beyond this it is made anew. A build of everything takes about 6 GiB.
LARGEST_BUILD_KIB=$((24 * 1024 * 1024))
forget_old_builds() {
    [[ -d $CARGO_BUILD_BUILD_DIR ]] || return 0
    (($(du -s "$CARGO_BUILD_BUILD_DIR" 2>/dev/null | cut -f1) <= LARGEST_BUILD_KIB)) && return
    # Renamed first: a build of another checkout may be writing into it, and must not make this one fail.
    local old=$CARGO_BUILD_BUILD_DIR.old.$$
    mv "$CARGO_BUILD_BUILD_DIR" "$old"
    rm -rf "$old" || say "what is left of an old build is in $old"
}
