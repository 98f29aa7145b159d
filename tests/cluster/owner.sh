# Whose cluster runs on this machine: reads $OWNER_FILE (process 1 of the node, then the checkout it belongs to).
# shellcheck shell=bash

cluster_pid() { sed -n 1p "$OWNER_FILE" 2>/dev/null; }
cluster_owner() { sed -n 2p "$OWNER_FILE" 2>/dev/null; }

# Whether the recorded process is still that one, not a stranger with its number.
cluster_runs() {
    local pid
    pid=$(cluster_pid) && [[ -n $pid ]] && grep -qs 'cluster/node-init' "/proc/$pid/cmdline"
}

# Whether it runs and is this checkout's.
own_cluster_runs() { cluster_runs && [[ $(cluster_owner) == "$ROOT" ]]; }

cluster_answers() {
    cluster_runs && [[ -e $KUBECONFIG_FILE ]] && "$(node_binary)" kubectl --kubeconfig "$KUBECONFIG_FILE" get --raw /readyz >/dev/null 2>&1
}

# A checkout that was deleted cannot stop its cluster any more: then it is nobody's and may be removed.
refuse_foreign_cluster() {
    cluster_runs || return 0
    local owner
    owner=$(cluster_owner)
    [[ $owner == "$ROOT" || ! -d $owner ]] || fail "the cluster of another checkout is running: $owner
Only one fits on a machine. Stop it with: $CLUSTER_DIR/down --any"
}
