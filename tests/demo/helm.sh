# helm, built from source once per machine and version. Installs nothing into the system.
# shellcheck shell=bash

helm_binary() { echo "$CACHE/helm-$HELM_VERSION/helm"; }
ensure_helm() { [[ -x $(helm_binary) ]] || step "Build helm $HELM_VERSION (once)" build_helm; }
build_helm() { GOBIN=$(dirname "$(helm_binary)") CGO_ENABLED=0 nice go install "helm.sh/helm/v4/cmd/helm@$HELM_VERSION"; }
