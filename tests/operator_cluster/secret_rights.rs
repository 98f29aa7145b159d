//! What the operator may do with Secrets, and that it works with each: watch their metadata, get them by name, nothing.

use std::time::Instant;

use k8s_openapi::api::{apps::v1::Deployment, core::v1::Event, rbac::v1::Role};
use kube::{
    ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde_json::json;
use stockbot_config::exit::Reason;
use stockbot_harness::eventually;
use stockbot_operator::api::names;

use crate::{
    BOT, SOON,
    fake_bot::FakeBot,
    operator::Operator,
    rights::{OverSecrets, grant, granted},
    world::World,
};

const REFUSED: [&str; 2] = ["resource=\"secrets\"", "code=\"403\""];
const WATCHED: [&str; 3] = ["verb=\"watch\"", "resource=\"secrets\"", "code=\"200\""];

/// An operator with those rights, and a ready bot that is probed every second.
async fn operator(world: &World, over_secrets: OverSecrets) -> (Operator, FakeBot) {
    let kubeconfig = granted(world, over_secrets).await;
    let operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    let (bot, _) = world.ready_bot("  probes: {deep: {period: 1s}}\n").await;
    (operator, bot)
}

async fn until_watched(operator: &Operator) {
    eventually(3 * SOON, "the Secrets are watched", || async {
        let opened = operator.metric("api_requests_total", &WATCHED).await;
        if opened > 0 { Ok(()) } else { Err(opened) }
    })
    .await;
}

async fn template(world: &World) -> impl PartialEq + std::fmt::Debug {
    world.api::<Deployment>().get(BOT).await.unwrap().spec.template
}

/// Waits until the pods are made for other contents of Secrets.
async fn until_rolled(world: &World, before: &Deployment) {
    let hash = |deployment: &Deployment| {
        deployment.spec.template.metadata.clone().unwrap().annotations.unwrap()[names::SECRETS_HASH].clone()
    };
    let is = |found: Option<&Deployment>| hash(found.unwrap()) != hash(before);
    world.until(BOT, "its pods are made for the new content", is).await;
}

#[tokio::test]
async fn where_secrets_may_be_watched_an_idle_operator_asks_for_nothing() {
    let world = World::new().await;
    let (operator, _bot) = operator(&world, OverSecrets::Watch).await;
    until_watched(&operator).await;
    operator.quiet().await;
    // The API server may end a watch of its own accord, which costs a list; what asks by the clock asks every time.
    eventually(6 * SOON, "nothing is asked for while foreign Secrets change", || async {
        let before = operator.requests().await;
        for round in 0..5 {
            for secret in 0..5 {
                world.secret(&format!("foreign-{secret}"), "key", &format!("value-{before}-{round}")).await;
            }
            operator.probed(4).await;
        }
        if operator.requests().await == before { Ok(()) } else { Err(operator.get("/metrics").await) }
    })
    .await;

    let bot = world.api::<Deployment>().get(BOT).await.unwrap();
    world.secret("shop-postgres", "url", "postgres://shop:other@db/shop").await;
    until_rolled(&world, &bot).await;
    assert_eq!(operator.refused().await, 0);
}

#[tokio::test]
async fn where_secrets_may_only_be_read_by_name_a_change_is_found_by_asking_once_a_second_at_most() {
    let world = World::new().await;
    let (operator, _bot) = operator(&world, OverSecrets::Get).await;
    operator.quiet().await;
    let (before, begun) = (operator.requests().await, Instant::now());
    operator.probed(20).await;
    let (asked, seconds) = (operator.requests().await - before, begun.elapsed().as_secs());
    assert!(asked <= seconds + 2, "{asked} requests in {seconds} s");
    let bot = world.api::<Deployment>().get(BOT).await.unwrap();
    world.secret("shop-postgres", "url", "postgres://shop:other@db/shop").await;
    until_rolled(&world, &bot).await;
}

#[tokio::test]
async fn a_rejected_token_is_tried_again_when_its_secret_was_mended() {
    for over_secrets in [OverSecrets::Watch, OverSecrets::Get] {
        let world = World::new().await;
        let kubeconfig = granted(&world, over_secrets).await;
        let _operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
        world.bot("").await;
        let pod = world.pods(1).await.remove(0);
        world.bot_ended(&pod, "stockbot", Reason::TokenRejected, "401 Unauthorized", 0).await;
        world.bot_is("Stalled", "True", "TokenInvalid").await;
        world.pods(0).await;
        world.secret("growshop-discord", "token", "MTEw.abc.mended").await;
        world.bot_is("Stalled", "False", "NotStalled").await;
        world.pods(1).await;
    }
}

#[tokio::test]
async fn without_rights_over_secrets_bots_run_and_the_kubelet_tells_what_is_missing() {
    let world = World::empty().await;
    let kubeconfig = granted(&world, OverSecrets::Nothing).await;
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
async fn rights_over_secrets_that_come_and_go_roll_nothing_and_what_the_kubelet_brings_does() {
    let world = World::new().await;
    let (operator, bot) = operator(&world, OverSecrets::Nothing).await;
    let before = template(&world).await;
    bot.says(|status| status.secrets_changed = Some("other".into()));
    world.pods(2).await;
    let rolled = template(&world).await;
    assert_ne!(before, rolled);
    bot.says(|status| status.secrets_changed = None);

    grant(&world, OverSecrets::Watch).await;
    until_watched(&operator).await;
    let marks = |found: Option<&Deployment>| {
        found.unwrap().annotations()[names::SECRET_MARKS].contains("\"seen\":{\"")
    };
    world.until(BOT, "the contents are known", marks).await;
    assert_eq!(rolled, template(&world).await);
    let bot = world.api::<Deployment>().get(BOT).await.unwrap();
    world.secret("growshop-discord", "token", "MTEw.abc.other").await;
    until_rolled(&world, &bot).await;

    let rolled = template(&world).await;
    let refused = async || operator.metric("api_requests_total", &REFUSED).await;
    let before = refused().await;
    world.delete::<Role>("stockbot-operator-secrets").await;
    world.secret("growshop-discord", "unused", "x").await;
    eventually(SOON, "the operator is refused", || async {
        let now = refused().await;
        if now > before { Ok(()) } else { Err(now) }
    })
    .await;
    operator.quiet().await;
    assert_eq!(rolled, template(&world).await);
}
