# Builds what the cluster consists of: the node binary (all of Kubernetes, and helm) and the pause image.
# Both are kept in the cache under the hash of their sources. Starts nothing.
# shellcheck shell=bash

node_binary() { echo "$CACHE/node-$(content_hash "$CLUSTER_DIR"/node/{go.mod,go.sum,main.go})/node"; }
pause_archive() { echo "$CACHE/pause-$(content_hash "$CLUSTER_DIR"/pause/{go.mod,main.go}).tar"; }
pause_image() { echo "localhost/stockbot-pause:$(content_hash "$CLUSTER_DIR"/pause/{go.mod,main.go})"; }

ensure_node_binary() {
    command -v go >/dev/null || fail "the cluster is built from source and needs Go 1.24 or newer (https://go.dev/dl)"
    [[ -x $(node_binary) ]] ||
        step "Build Kubernetes $KUBERNETES_VERSION and helm (once)" build_node_binary "$(node_binary)"
}

ensure_binaries() {
    ensure_node_binary
    [[ -e $(pause_archive) ]] || step "Build the pause image" build_pause_image "$(pause_archive)" "$(pause_image)"
}

# go_static FOLDER OUTPUT [LDFLAGS [PACKAGE]]: a static binary of the Go module in FOLDER, or of a package that it requires.
go_static() {
    mkdir -p "$(dirname "$2")"
    cd "$1" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w ${3:-}" -o "$2.new" "${4:-.}" && mv "$2.new" "$2"
}

build_node_binary() {
    local version=k8s.io/component-base/version major minor
    IFS=. read -r major minor _ <<<"${KUBERNETES_VERSION#v}"
    go_static "$CLUSTER_DIR/node" "$1" \
        "-X $version.gitVersion=$KUBERNETES_VERSION -X $version.gitMajor=$major -X $version.gitMinor=$minor -X $version.gitTreeState=clean"
}

build_pause_image() {
    local work
    work=$(mktemp -d)
    go_static "$CLUSTER_DIR/pause" "$work/pause"
    printf 'FROM scratch\nCOPY pause /pause\nUSER 65535:65535\nENTRYPOINT ["/pause"]\n' >"$work/Dockerfile"
    build_image "$work" "$work/Dockerfile" "$2" "$1"
    rm -rf "$work"
}
