//! The rights that the chart grants: enough to work with, and none over Secrets that it does not name.

use std::{env, fs, process::Command};

use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::{Namespace, Pod, ServiceAccount},
};
use kube::{
    Api, ResourceExt as _,
    api::{DeleteParams, PostParams},
};
use serde::Deserialize as _;
use serde_json::{Value, json};
use stockbot_config::status::DisplayState;
use stockbot_operator::api::{DiscordBot, StockDisplay};
use tempfile::NamedTempFile;

use crate::{BOT, cluster, fake_bot::FakeBot, world::World};

/// The documents of the chart for the test's namespace.
fn rendered(namespace: &str) -> Vec<Value> {
    let helm = env::var("STOCKBOT_TEST_HELM")
        .expect("STOCKBOT_TEST_HELM is not set: run the tests with `make test`, which provides helm");
    let chart = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/stockbot-operator");
    let scope = format!("watchNamespaces={{{namespace}}}");
    let output = Command::new(helm)
        .args(["template", "stockbot", chart, "--namespace", namespace, "--set", &scope])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let documents =
        serde_yaml::Deserializer::from_slice(&output.stdout).map(|one| Value::deserialize(one).unwrap());
    documents.filter(|document| !document.is_null()).collect()
}

/// What the operator may do with Secrets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum OverSecrets {
    /// What the chart grants.
    Watch,
    /// Read those whose name it knows.
    Get,
    /// Nothing.
    Nothing,
}

/// Gives the chart's ServiceAccount the rights that the chart gives it, but for Secrets these.
pub async fn grant(world: &World, over_secrets: OverSecrets) {
    for mut document in rendered(&world.namespace) {
        let kind = document["kind"].as_str().unwrap();
        let of_secrets = document["metadata"]["name"] == "stockbot-operator-secrets";
        let left_out = of_secrets && over_secrets == OverSecrets::Nothing;
        if !matches!(kind, "ServiceAccount" | "Role" | "RoleBinding") || left_out {
            continue;
        }
        if of_secrets && kind == "Role" && over_secrets == OverSecrets::Get {
            document["rules"][0]["verbs"] = json!(["get"]);
        }
        world.apply(&serde_yaml::to_string(&document).unwrap()).await.unwrap();
    }
}

/// A kubeconfig of the chart's ServiceAccount, with the rights that the chart gives it, but for Secrets these.
pub async fn granted(world: &World, over_secrets: OverSecrets) -> NamedTempFile {
    grant(world, over_secrets).await;
    let request = TokenRequest { spec: Some(TokenRequestSpec::default()), ..TokenRequest::default() };
    let accounts = world.api::<ServiceAccount>();
    let token = accounts
        .create_token_request("stockbot-operator", &PostParams::default(), &request)
        .await
        .unwrap()
        .status
        .unwrap()
        .token;
    let mut config: Value =
        serde_yaml::from_str(&fs::read_to_string(cluster::kubeconfig()).unwrap()).unwrap();
    for user in config["users"].as_array_mut().unwrap() {
        user["user"] = json!({"token": token});
    }
    let file = NamedTempFile::new().unwrap();
    fs::write(&file, serde_yaml::to_string(&config).unwrap()).unwrap();
    file
}

#[tokio::test]
async fn the_chart_grants_what_the_operator_needs() {
    let world = World::new().await;
    let kubeconfig = granted(&world, OverSecrets::Watch).await;
    let operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    world.bot("  replicas: 2\n").await;
    world.display("main", BOT, 10).await;
    let bot = FakeBot::start().await;
    for pod in world.pods(2).await {
        world.pod_runs(&pod, &bot.ip).await;
    }
    world.bot_is("Ready", "False", "DisplaysNotReady").await;
    world.bot("  replicas: 1\n  networkPolicy: {enabled: false}\n").await;
    world.pods(1).await;
    world.secret("shop-postgres", "url", "postgres://shop:other@db/shop").await;
    world.bot_is("Progressing", "True", "RolloutInProgress").await;
    assert_eq!(operator.refused().await, 0);
}

/// Waits until both the bot and its display are held, or neither is.
async fn held(world: &World, wanted: bool) {
    let is_held = |finalizers: &[String]| finalizers.is_empty() != wanted;
    let bot = |found: Option<&DiscordBot>| is_held(found.unwrap().finalizers());
    world.until(BOT, "the bot is held, or not", bot).await;
    let display = |found: Option<&StockDisplay>| is_held(found.unwrap().finalizers());
    world.until("main", "the display is held, or not", display).await;
}

#[tokio::test]
async fn a_namespace_that_is_deleted_with_the_operators_rights_takes_its_bots_along() {
    let world = World::new().await;
    let kubeconfig = granted(&world, OverSecrets::Watch).await;
    let _operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    let (bot, pod) = world.ready_bot("").await;
    let display = world.display("main", BOT, 10).await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    held(&world, true).await;
    // Kubernetes deletes the pods of a namespace first, and a pod takes a moment to end.
    let ends = |finalizers: Value| json!({"metadata": {"finalizers": finalizers}});
    world.patch::<Pod>(&pod.name_any(), ends(json!(["stockbot.dev/test"]))).await;
    let namespaces: Api<Namespace> = Api::all(world.client.clone());
    namespaces.delete(&world.namespace, &DeleteParams::default()).await.unwrap();
    held(&world, false).await;
    world.patch::<Pod>(&pod.name_any(), ends(Value::Null)).await;
    stockbot_harness::eventually(2 * crate::SOON, "the namespace is gone", || async {
        let found = namespaces.get_opt(&world.namespace).await.unwrap();
        found.map_or(Ok(()), |found| Err(found.status))
    })
    .await;
}
