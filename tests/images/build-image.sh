# Builds container images without a container engine. Sourced, never run; starts nothing and keeps nothing but the archive.
# shellcheck shell=bash

# build_image CONTEXT DOCKERFILE NAME ARCHIVE: builds NAME (with its tag) and writes it to ARCHIVE (docker-archive).
# Storage of its own, thrown away afterwards: nothing of the machine's other images is touched.
build_image() {
    local context=$1 dockerfile=$2 name=$3 archive=$4 store
    store=$(mktemp -d)
    local buildah=(buildah --root "$store/root" --runroot "$store/run" --storage-driver vfs)
    "${buildah[@]}" bud --isolation chroot --layers=false --timestamp 0 -t "$name" -f "$dockerfile" "$context"
    rm -f "$archive.new"
    "${buildah[@]}" push "$name" "docker-archive:$archive.new:$name"
    mv "$archive.new" "$archive"
    rm -rf "$store"
}

# push_image ARCHIVE NAME: sends the image of the archive to the registry that NAME starts with.
push_image() {
    local archive=$1 name=$2 store image plain=()
    store=$(mktemp -d)
    local buildah=(buildah --root "$store/root" --runroot "$store/run" --storage-driver vfs)
    # A registry on this machine speaks plain HTTP, and the cluster's containerd expects it to.
    if [[ $name == localhost[:/]* || $name == 127.* ]]; then plain=(--tls-verify=false); fi
    image=$("${buildah[@]}" pull "docker-archive:$archive" | tail -n 1)
    "${buildah[@]}" push "${plain[@]}" "$image" "docker://$name"
    rm -rf "$store"
}
