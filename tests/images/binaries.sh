# Compiles what goes into the images, and the stand-in; keeps it under the hash of the sources. Sourced, never run.
# shellcheck shell=bash

# dev: as the tests are compiled, so that a first demo need not compile everything twice. image: small and fast, for real clusters.
PROFILE=${PROFILE:-image}
KEPT_BUILDS=4
BINARIES=(stockbot-operator stockbot discord-sim)

# Everything that the binaries and images are made of; tests are not.
sources() {
    cd "$ROOT" && find Cargo.toml Cargo.lock Dockerfile src bot migrations tests/discord-sim/{Cargo.toml,src,page} tests/harness/Cargo.toml -type f |
        grep -v '^bot/\(store/\)\?tests/\|\.snap$' | sort
}
sources_hash() { (cd "$ROOT" && sources | xargs sha256sum | sha256sum | cut -c1-16); }
build_folder() { echo "$CACHE/build-$PROFILE-$(sources_hash)"; }

# With dev the whole workspace even for three programs: they alone would have other features of their dependencies than the
# tests, and those would be compiled twice. What goes to real clusters has nothing but what it needs.
compile() {
    local folder=debug selection=(--workspace)
    if [[ $PROFILE != dev ]]; then
        folder=$PROFILE selection=("${BINARIES[@]/#/--package=}")
    fi
    cd "$ROOT"
    one_at_a_time
    [[ ! -e $1/complete ]] || return 0
    nice cargo build "${selection[@]}" --bins --profile "$PROFILE" --locked
    mkdir -p "$1"
    for binary in "${BINARIES[@]}"; do strip -o "$1/$binary.new" "$PROGRAMS/$folder/$binary" && mv "$1/$binary.new" "$1/$binary"; done
    touch "$1/complete"
}

# Checkouts of one user share what is kept: who comes second waits, and finds it. Held until the step that asks for it ends.
one_at_a_time() { exec {kept}>"$CACHE/builds.lock" && flock "$kept"; }

# begin_binaries: compiles in the background unless it is done; finish_binaries: waits for it.
begin_binaries() {
    build=$(build_folder)
    [[ -e $build/complete ]] || begin "Compile operator, bot and stand-in" compile "$build"
}
finish_binaries() {
    [[ -z ${running[Compile operator, bot and stand-in]:-} ]] || finish "Compile operator, bot and stand-in"
}

prune_builds() { find "$CACHE" -maxdepth 1 -name 'build-*' -printf '%T@ %p\n' | sort -rn | tail -n "+$((KEPT_BUILDS + 1))" | cut -d' ' -f2- | xargs -r rm -rf; }
