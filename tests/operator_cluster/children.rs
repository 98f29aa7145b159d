//! From a bot to its children, and back when somebody changes them.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
    policy::v1::PodDisruptionBudget,
};
use kube::{
    Resource, ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde_json::json;
use stockbot_config::Config;
use stockbot_harness::eventually;
use stockbot_operator::api::DiscordBot;

use crate::{BOT, SOON, fake_bot::FakeBot, world::World};

fn is_child<K: Resource<DynamicType = ()>>(object: Option<&K>, bot: &str) -> bool {
    object.is_some_and(|object| {
        let owner = object.owner_references().first().cloned().unwrap_or_default();
        let label = |key: &str| object.labels().get(key).map(String::as_str);
        owner.uid == bot
            && owner.controller == Some(true)
            && label("app.kubernetes.io/name") == Some("stockbot")
            && label("app.kubernetes.io/instance") == Some(BOT)
            && label("app.kubernetes.io/managed-by") == Some("stockbot-operator")
            && label("stockbot.dev/bot") == Some(BOT)
    })
}

#[tokio::test]
async fn a_bot_gets_all_its_children_owns_them_and_becomes_ready() {
    let world = World::new().await;
    let operator = world.operator(&["--bot-image", "registry.example.com/stockbot:1"]);
    let uid = world.bot("").await.uid().unwrap();
    world.until::<ServiceAccount>(BOT, "ServiceAccount", |one| is_child(one, &uid)).await;
    world.until::<Service>(BOT, "Service", |one| is_child(one, &uid)).await;
    world.until::<NetworkPolicy>(BOT, "NetworkPolicy", |one| is_child(one, &uid)).await;
    let config =
        world.until::<ConfigMap>("growshop-config", "ConfigMap", |one| is_child(one, &uid)).await.unwrap();
    let file = Config::parse(&config.data.unwrap()["config.yaml"], "config.yaml").unwrap();
    assert_eq!((file.bot.as_str(), file.shop_name()), (BOT, BOT));

    // The pod is admitted under restricted Pod Security, or there would be none.
    let pod = world.pods(1).await.remove(0);
    assert_eq!(
        pod.spec.as_ref().unwrap().containers[0].image.as_deref(),
        Some("registry.example.com/stockbot:1")
    );
    assert_eq!(pod.spec.as_ref().unwrap().automount_service_account_token, Some(false));
    world.bot_is("Ready", "False", "PodsNotReady").await;
    let bot = FakeBot::start().await;
    world.pod_runs(&pod, &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;

    let status = world.api::<DiscordBot>().get(BOT).await.unwrap().status.unwrap();
    assert_eq!(status.phase.as_str(), "Running");
    assert_eq!((status.replicas, status.ready_replicas, status.shards.connected), (1, 1, 1));
    assert_eq!(status.session_starts.unwrap().remaining, 997);
    assert_eq!(status.schema_version.as_deref(), Some("7"));
    assert_eq!(status.image, "registry.example.com/stockbot:1");
    // Five children, two Secrets, two statuses, one event; bots that share their Secrets need eight.
    let requests = operator.writes().await
        + operator.metric("api_requests_total", &["resource=\"secrets\"", "verb=\"get\""]).await;
    let (_, all) = operator.get("/metrics").await.unwrap();
    assert!(requests <= 10, "{requests} requests for one bot:\n{all}");
}

#[tokio::test]
async fn drift_is_repaired_and_fields_of_others_are_left_alone() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let deployment = |image: &'static str, replicas: i32| {
        move |found: Option<&Deployment>| {
            found.is_some_and(|found| {
                let spec = &found.spec;
                let pod = spec.template.spec.as_ref().unwrap();
                pod.containers[0].image.as_deref() == Some(image) && spec.replicas == Some(replicas)
            })
        }
    };
    let image = concat!("stockbot:", env!("CARGO_PKG_VERSION"));
    world.until(BOT, "the Deployment is made", deployment(image, 1)).await;

    let evil = json!({"spec": {"replicas": 3, "template": {
        "metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}},
        "spec": {"containers": [{"name": "stockbot", "image": "evil"}]},
    }}});
    let params = PatchParams::default();
    world.api::<Deployment>().patch(BOT, &params, &Patch::Strategic(evil)).await.unwrap();
    let repaired = world.until(BOT, "the Deployment is repaired", deployment(image, 1)).await.unwrap();
    let annotations = repaired.spec.template.metadata.unwrap().annotations.unwrap();
    assert_eq!(
        annotations["kubectl.kubernetes.io/restartedAt"], "now",
        "kubectl rollout restart is not fought"
    );

    world.delete::<Service>(BOT).await;
    world.until::<Service>(BOT, "the Service is back", |found| found.is_some()).await;
    let config = json!({"data": {"config.yaml": "evil", "other": "kept"}});
    world.patch::<ConfigMap>("growshop-config", config).await;
    let is_whole = |found: Option<&ConfigMap>| {
        found.is_some_and(|found| found.data.as_ref().unwrap()["config.yaml"] != "evil")
    };
    let config = world.until("growshop-config", "the ConfigMap is repaired", is_whole).await.unwrap();
    assert_eq!(config.data.unwrap()["other"], "kept", "a key of somebody else");
}

#[tokio::test]
async fn leftovers_are_removed_and_dropped_fields_go_away() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world
        .bot("  replicas: 2\n  terminationGracePeriodSeconds: 40\n  imagePullSecrets: [{name: regcred}]\n")
        .await;
    world.until::<PodDisruptionBudget>(BOT, "two pods have a budget", |found| found.is_some()).await;
    world.until::<NetworkPolicy>(BOT, "the NetworkPolicy is made", |found| found.is_some()).await;
    let pull_secrets = |found: Option<&Deployment>| {
        found.map(|found| {
            found.spec.template.spec.as_ref().unwrap().image_pull_secrets.clone().unwrap_or_default().len()
        })
    };
    world.until(BOT, "the pull secret is there", |found| pull_secrets(found) == Some(1)).await;

    world.bot("  replicas: 1\n  networkPolicy: {enabled: false}\n").await;
    world.until::<PodDisruptionBudget>(BOT, "one pod has no budget", |found| found.is_none()).await;
    world.until::<NetworkPolicy>(BOT, "the NetworkPolicy is removed", |found| found.is_none()).await;
    world.until(BOT, "the pull secret is gone", |found| pull_secrets(found) == Some(0)).await;
}

#[tokio::test]
async fn an_object_of_somebody_else_is_never_touched() {
    let world = World::new().await;
    let alien = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": BOT}, "spec": {"ports": [{"port": 80}]}});
    let before: Service =
        world.api().patch(BOT, &PatchParams::apply("user"), &Patch::Apply(&alien)).await.unwrap();
    let _operator = world.operator(&[]);
    world.bot("").await;
    let message = world.bot_is("Stalled", "True", "NameTaken").await;
    assert!(message.contains("Service growshop exists"), "{message}");
    let after: Service = world.api().get(BOT).await.unwrap();
    assert_eq!(before.metadata.resource_version, after.metadata.resource_version);
    assert!(world.api::<Deployment>().get_opt(BOT).await.unwrap().is_none());

    world.delete::<Service>(BOT).await;
    world.bot_is("Stalled", "False", "NotStalled").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
}

#[tokio::test]
async fn an_object_with_our_labels_but_another_owner_is_not_touched_either() {
    let world = World::new().await;
    let orphan = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}, "metadata": {
        "name": "growshop-config",
        "labels": {"app.kubernetes.io/name": "stockbot", "app.kubernetes.io/managed-by": "stockbot-operator", "stockbot.dev/bot": BOT},
    }});
    let params = PatchParams::apply("user");
    let before: ConfigMap =
        world.api().patch("growshop-config", &params, &Patch::Apply(&orphan)).await.unwrap();
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.bot_is("Stalled", "True", "NameTaken").await;
    let after: ConfigMap = world.api().get("growshop-config").await.unwrap();
    assert_eq!(before.metadata.resource_version, after.metadata.resource_version);
    world.delete::<ConfigMap>("growshop-config").await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}

#[tokio::test]
async fn children_go_with_their_bot() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    world.bot("").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
    assert!(operator.metric("bot_replicas_desired", &["name=\"growshop\""]).await > 0);
    world.delete::<DiscordBot>(BOT).await;
    world.until::<Deployment>(BOT, "the Deployment is gone", |found| found.is_none()).await;
    eventually(SOON, "no series about the bot is left", || async {
        let (_, metrics) = operator.get("/metrics").await.unwrap();
        if metrics.contains("name=\"growshop\"") { Err(metrics) } else { Ok(()) }
    })
    .await;
}
