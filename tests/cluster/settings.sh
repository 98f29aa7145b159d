# The facts of the cluster, each in one place: names, addresses, versions, folders.
# Sourced after ../lib.sh, never run. It does nothing but set variables.
# shellcheck shell=bash disable=SC2034

CLUSTER_DIR=$ROOT/tests/cluster
KUBERNETES_VERSION=$(awk '$1 == "k8s.io/kubernetes" { print $2 }' "$CLUSTER_DIR/node/go.mod")
NODE_NAME=stockbot

# Addresses of the benchmark range 198.18.0.0/15 (RFC 2544): nobody's network uses them and nothing for them leaves this machine.
POD_NETWORK=198.18.0.0/24
# How pods reach programs of this machine: Postgres, the Discord stand-in. Only the user knows it for another cluster.
[[ ${CLUSTER:-local} == current ]] || HOST_IP=198.18.0.1
NODE_IP=198.18.255.1         # the node and its API server
SERVICE_NETWORK=198.19.0.0/16
API_SERVICE_IP=198.19.0.1    # always the first address of the service network
API_PORT=6443
ETCD_PORT=12379
ETCD_PEER_PORT=12380
POD_BRIDGE=stockbot-pods     # at most 15 characters
NODE_BRIDGE=stockbot-node

# One cluster per machine, because its addresses are fixed: this file says whose it is.
OWNER_FILE=/run/stockbot-cluster
STATE=$LOCAL/cluster
PKI=$STATE/pki
CONFIG=$STATE/config
NODE_LOGS=$STATE/logs
KUBECONFIG_FILE=$LOCAL/kubeconfig
