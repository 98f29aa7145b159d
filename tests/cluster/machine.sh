# Checks that this machine can carry the cluster and installs Debian's packages that are missing.
# shellcheck shell=bash

check_machine() {
    [[ $(uname -s) == Linux ]] || fail "the cluster needs Linux"
    need_root
    export PATH=$PATH:/usr/sbin:/sbin
    need_commands containerd:containerd runc:runc buildah:buildah nft:nftables ip:iproute2 openssl:openssl curl:curl \
        unshare:util-linux sysctl:procps setsid:util-linux
    [[ -x /usr/lib/cni/bridge ]] || step "Install containernetworking-plugins" install_packages containernetworking-plugins
    unshare --mount --pid --fork true 2>/dev/null || fail "this machine forbids new mount and process namespaces (CAP_SYS_ADMIN is missing)"
    check_cgroups
}

check_cgroups() {
    local controller available
    available=$(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || ls /sys/fs/cgroup)
    for controller in cpu memory pids; do
        grep -qw "$controller" <<<"$available" || fail "control group $controller is missing: mount it below /sys/fs/cgroup"
    done
}
