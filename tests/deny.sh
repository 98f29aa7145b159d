# Licences, sources and banned crates of all dependencies (deny.toml), read from the crates as cargo has fetched them.
# Sourced after lib.sh, never run.
# shellcheck shell=bash

CARGO_DENY_VERSION=0.20.2

# cargo-deny of that version, built once for every checkout of this user.
ensure_cargo_deny() {
    local root=$CACHE/cargo-deny-$CARGO_DENY_VERSION
    [[ -x $root/bin/cargo-deny ]] || step "Build cargo-deny" cargo install --quiet cargo-deny --version "$CARGO_DENY_VERSION" --locked --root "$root"
}

check_dependencies() {
    ensure_cargo_deny
    # All platforms' crates: a build fetches only those of its own.
    step "Fetch the crates of Cargo.lock" cargo fetch --quiet --locked --manifest-path "$ROOT/Cargo.toml"
    step "Licences and sources of dependencies" \
        "$CACHE/cargo-deny-$CARGO_DENY_VERSION/bin/cargo-deny" --manifest-path "$ROOT/Cargo.toml" --offline check bans licenses sources
}
