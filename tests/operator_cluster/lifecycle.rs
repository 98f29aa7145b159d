//! Stop, start, scale, restart, pause; rollouts that only the operator wants.

use k8s_openapi::api::{apps::v1::Deployment, core::v1::ConfigMap};
use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use serde_json::json;
use stockbot_operator::api::{DiscordBot, names};

use crate::{BOT, fake_bot::FakeBot, world::World};

fn revision(deployment: &Deployment) -> String {
    deployment.spec.template.metadata.clone().unwrap().annotations.unwrap()[names::REVISION].clone()
}

#[tokio::test]
async fn a_bot_can_be_stopped_started_and_scaled() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let _bot = world.ready_bot("").await;
    world.patch::<DiscordBot>(BOT, json!({"spec": {"running": false}})).await;
    world.bot_is("Ready", "True", "Stopped").await;
    world.pods(0).await;
    world.patch::<DiscordBot>(BOT, json!({"spec": {"running": true}})).await;
    world.pods(1).await;
    world.bot_is("Ready", "False", "PodsNotReady").await;

    let scale = Patch::Merge(json!({"spec": {"replicas": 0}}));
    world.api::<DiscordBot>().patch_scale(BOT, &PatchParams::default(), &scale).await.unwrap();
    world.bot_is("Ready", "True", "Stopped").await;
    let scale = world.api::<DiscordBot>().get_scale(BOT).await.unwrap();
    let selector = scale.status.unwrap().selector.unwrap();
    assert_eq!(selector, "app.kubernetes.io/name=stockbot,app.kubernetes.io/instance=growshop");
}

#[tokio::test]
async fn a_stopped_bot_needs_no_secrets_and_stalls_its_displays() {
    let world = World::empty().await;
    let _operator = world.operator(&[]);
    world.bot("  running: false\n").await;
    world.bot_is("Ready", "True", "Stopped").await;
    world.display("main", BOT, 10).await;
    world.display_is("main", "Stalled", "True", "BotStopped").await;
}

#[tokio::test]
async fn the_restart_annotation_rolls_the_pods_once() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let _bot = world.ready_bot("").await;
    let before = revision(&world.api().get(BOT).await.unwrap());
    let annotation = json!({"metadata": {"annotations": {names::RESTARTED_AT: "2026-11-20T18:00:00Z"}}});
    world.patch::<DiscordBot>(BOT, annotation).await;
    let rolled = |found: Option<&Deployment>| found.is_some_and(|found| revision(found) != before);
    world.until(BOT, "the pods are rolled", rolled).await;
    world.bot_is("Progressing", "True", "RolloutInProgress").await;
    world.pods(2).await;
}

#[tokio::test]
async fn the_pause_annotation_stops_writes_but_not_the_status() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, _) = world.ready_bot("").await;
    world.patch::<DiscordBot>(BOT, json!({"metadata": {"annotations": {names::PAUSED: "true"}}})).await;
    world.bot_is("Paused", "True", "PausedByAnnotation").await;
    let before = world.api::<ConfigMap>().get("growshop-config").await.unwrap();
    world.display("main", BOT, 10).await;
    world
        .patch::<DiscordBot>(BOT, json!({"spec": {"lowStockThreshold": 3, "logging": {"level": "debug"}}}))
        .await;
    bot.says(|status| status.gateway.shards.connected = 0);
    world.bot_is("Ready", "False", "GatewayDisconnected").await;
    let after = world.api::<ConfigMap>().get("growshop-config").await.unwrap();
    assert_eq!(before.metadata.resource_version, after.metadata.resource_version);

    world.patch::<DiscordBot>(BOT, json!({"metadata": {"annotations": {names::PAUSED: null}}})).await;
    world.bot_is("Paused", "False", "NotPaused").await;
    let has_display = |found: Option<&ConfigMap>| {
        found.is_some_and(|found| found.data.as_ref().unwrap()["config.yaml"].contains("name: main"))
    };
    world.until("growshop-config", "the changes arrive after the pause", has_display).await;
}

#[tokio::test]
async fn a_new_default_image_rolls_one_bot_after_the_other() {
    let world = World::new().await;
    let operator = world.operator(&["--bot-image", "stockbot:old"]);
    world.bot("").await;
    world.bot_called("second", "").await;
    let _bots = world.both_run(FakeBot::start().await).await;
    world.bot_is("Ready", "True", "AllReady").await;
    world.bot_called_is("second", "Ready", "True", "AllReady").await;
    operator.stop().await;

    let _operator = world.operator(&["--bot-image", "stockbot:new", "--rollout-pace", "1h"]);
    let rolled = async || {
        let all = world.api::<Deployment>().list(&ListParams::default()).await.unwrap().items;
        let new = |one: &&Deployment| {
            one.spec.template.spec.as_ref().unwrap().containers[0].image.as_deref() == Some("stockbot:new")
        };
        all.iter().filter(new).map(ResourceExt::name_any).collect::<Vec<_>>()
    };
    let first = stockbot_harness::eventually(crate::SOON, "one bot is rolled", || async {
        rolled().await.first().cloned().ok_or("none")
    })
    .await;
    let other = if first == BOT { "second" } else { BOT };
    world.bot_called_is(other, "Progressing", "True", "WaitingForRolloutSlot").await;
    world.bot_called_is(other, "Ready", "True", "AllReady").await;
    assert_eq!(rolled().await, [first], "the other waits for its slot");

    // What the user wants does not wait.
    world.patch::<DiscordBot>(other, json!({"spec": {"terminationGracePeriodSeconds": 31}})).await;
    world.bot_called_is(other, "Progressing", "True", "RolloutInProgress").await;
    assert_eq!(rolled().await.len(), 2);
}
