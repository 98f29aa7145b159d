# Writes the configuration files of containerd, CNI, the kubelet and kube-proxy below $CONFIG. Starts nothing.
# shellcheck shell=bash

write_configs() {
    mkdir -p "$CONFIG/cni"
    containerd_config >"$CONFIG/containerd.toml"
    cni_config >"$CONFIG/cni/10-stockbot.conflist"
    kubelet_config >"$CONFIG/kubelet.yaml"
    proxy_config >"$CONFIG/kube-proxy.yaml"
    # Nothing answers there, so looking a name up fails at once: the cluster has no DNS and nothing may leave the machine.
    echo "nameserver $HOST_IP" >"$CONFIG/resolv.conf"
}

# restrict_oom_score_adj: without CAP_SYS_RESOURCE (a virtual machine, a container) no sandbox would start.
containerd_config() {
    cat <<END
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$(pause_image)"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$(snapshotter)"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$CONFIG/cni"
END
}

# overlayfs where the file system of the checkout can carry it, else plain copies.
snapshotter() {
    local probe=$STATE/overlay-probe
    mkdir -p "$probe"/{lower,upper,work,merged}
    if unshare --mount mount -t overlay overlay "$probe/merged" \
        -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" 2>/dev/null; then
        echo overlayfs
    else
        echo native
    fi
    rm -rf "$probe"
}

cni_config() {
    cat <<END
{
  "cniVersion": "0.4.0",
  "name": "stockbot",
  "plugins": [{
    "type": "bridge",
    "bridge": "$POD_BRIDGE",
    "isGateway": true,
    "ipMasq": false,
    "hairpinMode": true,
    "ipam": {
      "type": "host-local",
      "ranges": [[{"subnet": "$POD_NETWORK", "gateway": "$HOST_IP"}]],
      "routes": [{"dst": "0.0.0.0/0"}]
    }
  }]
}
END
}

# failCgroupV1 and cgroupfs: the machine may have either version of control groups and need not run systemd.
# Eviction and image collection are set so that a nearly full disk of a developer does not stop the pods.
kubelet_config() {
    cat <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
healthzBindAddress: 127.0.0.1
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $PKI/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: $PKI/kubelet-server.crt
tlsPrivateKeyFile: $PKI/kubelet-server.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
clusterDNS: [$HOST_IP]
resolvConf: $CONFIG/resolv.conf
volumePluginDir: /var/lib/kubelet/volume-plugins
maxPods: 250
kubeAPIQPS: 500
kubeAPIBurst: 1000
eventRecordQPS: 0
serializeImagePulls: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
END
}

# Zeros leave the kernel's connection tracking as it is.
proxy_config() {
    cat <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: $POD_NETWORK
hostnameOverride: $NODE_NAME
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
nodePortAddresses: [$NODE_IP/32]
clientConnection: {kubeconfig: $PKI/proxy.kubeconfig, qps: 500, burst: 1000}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
oomScoreAdj: 0
END
}
