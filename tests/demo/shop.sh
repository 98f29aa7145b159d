# What a shop's owner does on a cluster: install the chart, make the Secrets, apply the two documents of examples/.
# Expects KUBECONFIG, the variables of world.env and images.env, and .local/bin on the PATH.
# shellcheck shell=bash disable=SC2154

make_namespaces() {
    local namespace
    for namespace in "$OPERATOR_NAMESPACE" "$SHOP_NAMESPACE"; do
        kubectl create namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f -
        kubectl label namespace "$namespace" --overwrite pod-security.kubernetes.io/enforce=restricted
    done
}

install_chart() {
    helm upgrade --install "$RELEASE" "$ROOT/charts/stockbot-operator" --namespace "$OPERATOR_NAMESPACE" \
        --set "image.repository=${OPERATOR_IMAGE%:*}" --set "image.tag=${OPERATOR_IMAGE##*:}" --set "botImage=$BOT_IMAGE" \
        --set "secretNamespaces={$SHOP_NAMESPACE}" --wait --timeout 2m
}

make_secrets() {
    make_secret growshop-discord token "$BOT_TOKEN"
    make_secret shop-postgres url "$(cat "$DEMO/database-url")"
}
# make_secret NAME KEY VALUE; the value goes through a pipe, so that no process list shows it.
make_secret() {
    kubectl -n "$SHOP_NAMESPACE" create secret generic "$1" --from-file="$2"=<(printf '%s' "$3") --dry-run=client -o yaml | kubectl apply -f -
}

# The examples as they stand, with the ids of this world and the stand-in's address laid over them.
apply_examples() {
    local overlay=$DEMO/overlay example
    mkdir -p "$overlay"
    {
        echo "namespace: $SHOP_NAMESPACE"
        echo "resources:"
        for example in "$ROOT"/examples/*.yaml; do echo "  - $(realpath --relative-to "$overlay" "$example")"; done
        cat <<END
patches:
  - target: {kind: DiscordBot, name: $BOT}
    patch: |
      kind: DiscordBot
      apiVersion: stockbot.dev/v1alpha1
      metadata: {name: $BOT}
      spec:
        guildId: "$GUILD_ID"
        discord: {apiUrl: "$(cat "$DEMO/api-url")"}
        shop:
          admins: {users: ["$ADMIN_USER_ID"]}
          channels: {history: "$HISTORY_CHANNEL_ID", log: "$LOG_CHANNEL_ID"}
  - target: {kind: StockDisplay, name: $DISPLAY_NAME}
    patch: |
      kind: StockDisplay
      apiVersion: stockbot.dev/v1alpha1
      metadata: {name: $DISPLAY_NAME}
      spec: {channelId: "$CHANNEL_ID"}
END
    } >"$overlay/kustomization.yaml"
    kubectl kustomize --load-restrictor LoadRestrictionsNone "$overlay" | kubectl apply -f -
}

wait_ready() { kubectl -n "$SHOP_NAMESPACE" wait --for=condition=Ready --timeout 180s "discordbot/$BOT" "stockdisplay/$DISPLAY_NAME"; }
