#!/usr/bin/env bash
# Writes crds/ from the types in src/api: one file per kind, named as the CustomResourceDefinition is.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"
definitions=$(cargo run --quiet --locked -p stockbot-operator -- crds)
rm -f crds/*.yaml
mkdir -p crds
awk '
    function flush() { if (name != "") printf "%s", document > ("crds/" name ".yaml"); document = name = "" }
    /^---/ { flush(); next }
    /^  name: / && name == "" { name = $2 }
    { document = document $0 "\n" }
    END { flush() }
' <<<"$definitions"
ls crds
