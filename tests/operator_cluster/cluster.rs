//! The real API server that the tests run against, with the custom resources installed.

use std::{env, time::Duration};

use k8s_openapi::{
    api::apps::v1::Deployment,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, Config, ResourceExt as _,
    api::{ListParams, Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};
use stockbot_harness::eventually;
use stockbot_operator::api::definitions;

/// Path of the administrator's kubeconfig.
///
/// # Panics
/// Without a cluster: these tests are nothing without one.
pub fn kubeconfig() -> String {
    env::var("STOCKBOT_TEST_KUBECONFIG")
        .expect("STOCKBOT_TEST_KUBECONFIG is not set: run the tests with `make test`, which starts a cluster")
}

/// A client of the administrator, with the definitions of this checkout installed.
pub async fn connect() -> Client {
    // Several tests of one process may come first at once; only one of them succeeds, and that is enough.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = Kubeconfig::read_from(kubeconfig()).expect("STOCKBOT_TEST_KUBECONFIG is a kubeconfig");
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await.unwrap();
    let client = Client::try_from(config).unwrap();
    refuse_rivals(&client).await;
    install_definitions(&client).await;
    client
}

/// Another operator that watches all namespaces would write into the tests' namespaces.
async fn refuse_rivals(client: &Client) {
    let operators = ListParams::default().labels("app.kubernetes.io/name=stockbot-operator");
    let found = Api::<Deployment>::all(client.clone()).list(&operators).await.unwrap();
    let watches_all = |deployment: &&Deployment| {
        let text = serde_json::to_string(deployment).unwrap();
        deployment.spec.replicas != Some(0) && text.contains("\"--watch-namespaces=\"")
    };
    if let Some(rival) = found.items.iter().find(watches_all) {
        let namespace = rival.namespace().unwrap();
        panic!(
            "operator {} in namespace {namespace} watches all namespaces; remove it first (make demo-down)",
            rival.name_any()
        );
    }
}

/// Installs those of this checkout.
pub async fn install_definitions(client: &Client) {
    for definition in definitions() {
        install_definition(client, serde_json::to_value(&definition).unwrap()).await;
    }
}

/// Installs one as `helm install stockbot -n stockbot-system` would, so that the chart can be installed afterwards.
pub async fn install_definition(client: &Client, mut document: Value) {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let name = document["metadata"]["name"].as_str().unwrap().to_owned();
    let existing = api.get_opt(&name).await.unwrap();
    document["metadata"] = metadata(&name, existing.as_ref());
    let params = PatchParams::apply("helm").force();
    api.patch(&name, &params, &Patch::Apply(document)).await.unwrap();
    eventually(Duration::from_secs(30), "the definition is established", || async {
        let status = api.get(&name).await.unwrap().status.unwrap_or_default();
        let conditions = serde_json::to_value(&status.conditions).unwrap();
        let is_established = |one: &Value| one["type"] == "Established" && one["status"] == "True";
        let established = conditions.as_array().is_some_and(|all| all.iter().any(is_established));
        if established { Ok(()) } else { Err(conditions) }
    })
    .await;
}

fn metadata(name: &str, existing: Option<&CustomResourceDefinition>) -> Value {
    match existing {
        Some(existing) => {
            json!({"name": name, "labels": existing.labels(), "annotations": existing.annotations()})
        }
        None => json!({
            "name": name,
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {
                "helm.sh/resource-policy": "keep",
                "meta.helm.sh/release-name": "stockbot",
                "meta.helm.sh/release-namespace": "stockbot-system",
            },
        }),
    }
}
