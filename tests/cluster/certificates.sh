# Makes the cluster's certificate authority, certificates and kubeconfig files, all below $PKI.
# Elliptic-curve keys: made in milliseconds. Starts nothing; nothing of it leaves .local/.
# shellcheck shell=bash

make_certificates() {
    mkdir -p "$PKI" && chmod 700 "$PKI"
    new_key ca
    openssl req -x509 -new -key "$PKI/ca.key" -days 365 -subj /CN=stockbot-ca -out "$PKI/ca.crt" \
        -addext keyUsage=critical,keyCertSign,cRLSign
    new_key service-accounts
    openssl ec -in "$PKI/service-accounts.key" -pubout -out "$PKI/service-accounts.pub"

    local services=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local
    new_certificate apiserver serverAuth /CN=kube-apiserver "$services,DNS:localhost,IP:127.0.0.1,IP:$NODE_IP,IP:$API_SERVICE_IP"
    new_certificate kubelet-server serverAuth "/CN=$NODE_NAME" "DNS:$NODE_NAME,IP:$NODE_IP"
    new_certificate apiserver-kubelet-client clientAuth /O=system:masters/CN=apiserver-kubelet-client
    new_client admin /O=system:masters/CN=admin
    new_client controller-manager /CN=system:kube-controller-manager
    new_client scheduler /CN=system:kube-scheduler
    new_client kubelet "/O=system:nodes/CN=system:node:$NODE_NAME"
    new_client proxy /CN=system:kube-proxy
}

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/$1.key"; }

# new_certificate NAME USAGE SUBJECT [ALTERNATIVE-NAMES]
new_certificate() {
    local name=$1 usage=$2 subject=$3 alternatives=${4:-}
    new_key "$name"
    openssl req -new -key "$PKI/$name.key" -subj "$subject" -out "$PKI/$name.csr"
    openssl x509 -req -in "$PKI/$name.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -days 365 \
        -out "$PKI/$name.crt" -extfile <(
            echo "keyUsage=critical,digitalSignature"
            echo "extendedKeyUsage=$usage"
            [[ -z $alternatives ]] || echo "subjectAltName=$alternatives"
        )
}

# new_client NAME SUBJECT: a client certificate and the kubeconfig that carries it, $PKI/NAME.kubeconfig.
new_client() {
    new_certificate "$1" clientAuth "$2"
    cat >"$PKI/$1.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters:
  - name: stockbot
    cluster: {server: "https://$NODE_IP:$API_PORT", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}
users:
  - name: $1
    user: {client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}
contexts:
  - name: stockbot
    context: {cluster: stockbot, user: $1}
current-context: stockbot
END
    chmod 600 "$PKI/$1.kubeconfig"
}
