# The cluster's network on the host: two bridges, one route, a few kernel settings; and taking all of it away again.
# Touches only its own devices and tables; the settings it changes are put back.
# shellcheck shell=bash

# What the bridges, the kubelet and kube-proxy need or change.
KERNEL_SETTINGS=(
    net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet
    vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes
)

create_network() {
    local setting
    for setting in "${KERNEL_SETTINGS[@]}"; do
        sysctl -e "$setting"
    done >"$STATE/kernel-settings"
    sysctl -q -w net.ipv4.ip_forward=1
    # Without it an answer between two pods of one bridge would pass by the service translation.
    sysctl -q -e -w net.bridge.bridge-nf-call-iptables=1

    # The pods' bridge exists before the first pod, so that programs of the host can listen on its address at once.
    create_bridge "$POD_BRIDGE" "$HOST_IP/${POD_NETWORK#*/}"
    create_bridge "$NODE_BRIDGE" "$NODE_IP/32"
    # Service addresses exist only in kube-proxy's rules; the route lets programs of the host send to them.
    ip route replace "$SERVICE_NETWORK" dev "$NODE_BRIDGE" src "$NODE_IP"
}

create_bridge() {
    ip link show "$1" >/dev/null 2>&1 || ip link add "$1" type bridge
    ip address replace "$2" dev "$1"
    ip link set "$1" up
}

remove_network() {
    local device family
    for device in $(pod_devices) "$POD_BRIDGE" "$NODE_BRIDGE"; do
        ip link delete "$device" 2>/dev/null || true
    done
    for family in ip ip6; do
        nft delete table "$family" kube-proxy 2>/dev/null || true
    done
    [[ ! -e $1 ]] || sysctl -q -e -p "$1"
}

# The host's ends of the pods' network cables.
pod_devices() { ip -o link show master "$POD_BRIDGE" 2>/dev/null | awk -F'[ @:]+' '{ print $2 }'; }
