//! The rights that the chart grants: enough to work with, and none over Secrets that it does not name.

use std::{env, fs, process::Command};

use k8s_openapi::api::{
    apps::v1::Deployment,
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::{Event, Namespace, ServiceAccount},
};
use kube::{
    Api, ResourceExt as _,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde::Deserialize as _;
use serde_json::{Value, json};
use stockbot_config::status::DisplayState;
use stockbot_operator::api::{DiscordBot, names};
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

/// A kubeconfig of the chart's ServiceAccount, with the rights that the chart gives it; `left_out` names roles it does not get.
async fn granted(world: &World, left_out: &str) -> NamedTempFile {
    for document in rendered(&world.namespace) {
        let kind = document["kind"].as_str().unwrap();
        let name = document["metadata"]["name"].as_str().unwrap();
        if matches!(kind, "ServiceAccount" | "Role" | "RoleBinding") && name != left_out {
            world.apply(&serde_yaml::to_string(&document).unwrap()).await.unwrap();
        }
    }
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
    let kubeconfig = granted(&world, "").await;
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
    assert_eq!(operator.metric("api_requests_total", &["code=\"403\""]).await, 0);
}

#[tokio::test]
async fn without_rights_over_secrets_bots_run_and_the_kubelet_tells_what_is_missing() {
    let world = World::empty().await;
    let kubeconfig = granted(&world, "stockbot-operator-secrets").await;
    let _operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    world.bot("").await;
    let pod = world.pods(1).await.remove(0);
    world.bot_is("Stalled", "False", "NotStalled").await;
    let event = json!({
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "kubelet-says"},
        "involvedObject": {"kind": "Pod", "name": pod.metadata.name, "namespace": world.namespace, "uid": pod.metadata.uid},
        "type": "Warning", "reason": "FailedMount", "lastTimestamp": "2026-11-20T18:00:00Z",
        "message": "MountVolume.SetUp failed for volume \"secrets\" : secret \"growshop-discord\" not found",
    });
    let params = PatchParams::apply("kubelet");
    let _: Event = world.api().patch("kubelet-says", &params, &Patch::Apply(event)).await.unwrap();
    let message = world.bot_is("Stalled", "True", "SecretNotFound").await;
    assert!(message.contains("\"growshop-discord\" not found"), "{message}");
    let bot = FakeBot::start().await;
    world.pod_runs(&pod, &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;
    assert_eq!(world.api::<Deployment>().get(BOT).await.unwrap().spec.replicas, Some(1));
}

#[tokio::test]
async fn rights_over_secrets_that_are_granted_later_roll_nothing_and_what_the_kubelet_brings_does() {
    let world = World::new().await;
    let kubeconfig = granted(&world, "stockbot-operator-secrets").await;
    let operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    let (bot, _) = world.ready_bot("  probes: {deep: {period: 1s}}\n").await;
    let template = async || world.api::<Deployment>().get(BOT).await.unwrap().spec.template;
    let before = template().await;
    bot.says(|status| status.secrets_changed = Some("other".into()));
    world.pods(2).await;
    let rolled = template().await;
    assert_ne!(before, rolled);
    bot.says(|status| status.secrets_changed = None);
    operator.stop().await;

    let kubeconfig = granted(&world, "").await;
    let operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    let reads = ["resource=\"secrets\"", "code=\"200\""];
    stockbot_harness::eventually(crate::SOON, "the Secrets are read", || async {
        let read = operator.metric("api_requests_total", &reads).await;
        if read > 0 { Ok(()) } else { Err(read) }
    })
    .await;
    world.secret("growshop-discord", "unused", "x").await;
    let marks = |found: Option<&Deployment>| {
        found.unwrap().annotations()[names::SECRET_MARKS].contains("\"seen\":{\"")
    };
    world.until(BOT, "the contents are known", marks).await;
    assert_eq!(rolled, template().await);
}

#[tokio::test]
async fn a_namespace_that_is_deleted_with_the_operators_rights_takes_its_bots_along() {
    let world = World::new().await;
    let kubeconfig = granted(&world, "").await;
    let _operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    let (bot, _) = world.ready_bot("").await;
    let display = world.display("main", BOT, 10).await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    let held = |found: Option<&DiscordBot>| found.is_some_and(|bot| !bot.finalizers().is_empty());
    world.until(BOT, "the bot is held", held).await;
    let namespaces: Api<Namespace> = Api::all(world.client.clone());
    namespaces.delete(&world.namespace, &DeleteParams::default()).await.unwrap();
    stockbot_harness::eventually(2 * crate::SOON, "the namespace is gone", || async {
        let found = namespaces.get_opt(&world.namespace).await.unwrap();
        found.map_or(Ok(()), |found| Err(found.status))
    })
    .await;
}
