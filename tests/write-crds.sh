#!/usr/bin/env bash
# Writes the definitions from the types in src/api, one file per kind: into crds/, and into the chart, which cannot read
# files outside of itself.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$ROOT/tests/cargo.sh"
cd "$ROOT"
directories=(crds charts/stockbot-operator/files/crds)
arguments=()
for directory in "${directories[@]}"; do
    rm -f "$directory"/*.yaml
    arguments+=(--dir "$directory")
done
cargo run --quiet --locked --bin stockbot-operator -- crds "${arguments[@]}"
ls "${directories[@]}"
