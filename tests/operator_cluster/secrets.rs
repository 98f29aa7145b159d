//! Secrets: missing, malformed, mended, rotated.

use k8s_openapi::api::{apps::v1::Deployment, core::v1::Secret};
use kube::ResourceExt as _;
use serde_json::json;
use stockbot_operator::api::names;

use crate::{BOT, fake_bot::FakeBot, world::World};

fn annotation(deployment: &Deployment, key: &str) -> String {
    deployment.spec.template.metadata.clone().unwrap().annotations.unwrap()[key].clone()
}

#[tokio::test]
async fn a_missing_or_malformed_secret_stalls_the_bot_until_it_is_mended() {
    let world = World::empty().await;
    let operator = world.operator(&[]);
    world.bot("").await;
    let message = world.bot_is("Stalled", "True", "SecretNotFound").await;
    assert_eq!(
        message,
        "Secret growshop-discord does not exist; create it with key token, or set tokenSecretRef.name"
    );
    assert!(
        world.api::<Deployment>().get_opt(BOT).await.unwrap().is_none(),
        "nothing runs without its token"
    );

    world.secret("growshop-discord", "tokn", "MTEw.abc.def").await;
    let message = world.bot_is("Stalled", "True", "SecretKeyMissing").await;
    assert_eq!(message, "Secret growshop-discord has no key token; add it or set tokenSecretRef.key");

    world.secret("growshop-discord", "token", "MTEw.abc.def").await;
    world.bot_is("Stalled", "True", "SecretNotFound").await;
    world.secret("shop-postgres", "url", "db.example.com").await;
    let message = world.bot_is("Stalled", "True", "SecretKeyMissing").await;
    assert!(message.contains("is not a URL like postgres://"), "{message}");
    assert!(!message.contains("db.example.com"), "a value of a Secret: {message}");

    world.secret("shop-postgres", "url", "postgres://shop:hunter2@db/shop").await;
    world.bot_is("Stalled", "False", "NotStalled").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
    for secret in ["MTEw", "hunter2"] {
        assert!(!operator.process.output().contains(secret), "the log has a value of a Secret");
        assert!(
            !operator.get("/metrics").await.unwrap().1.contains(secret),
            "a metric has a value of a Secret"
        );
    }
}

#[tokio::test]
async fn a_rotated_secret_rolls_the_pods() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let before =
        world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await.unwrap();
    world.secret("shop-postgres", "url", "postgres://shop:other@db/shop").await;
    let secrets = annotation(&before, names::SECRETS_HASH);
    let rolled = |found: Option<&Deployment>| {
        found.is_some_and(|found| annotation(found, names::SECRETS_HASH) != secrets)
    };
    let after = world.until(BOT, "the pod template changes", rolled).await.unwrap();
    assert_eq!(
        annotation(&before, names::TOKEN_HASH),
        annotation(&after, names::TOKEN_HASH),
        "the token is the same"
    );
}

#[tokio::test]
async fn what_happens_to_a_secret_besides_its_mounted_keys_rolls_nothing() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let made =
        world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await.unwrap();
    let note = json!({"metadata": {"annotations": {"note": "kept"}}, "stringData": {"other": "key"}});
    world.patch::<Secret>("growshop-discord", note).await;
    // Made anew with the same content, as a backup or another tool does it.
    world.delete::<Secret>("shop-postgres").await;
    world.bot_is("Stalled", "True", "SecretNotFound").await;
    world.secret("shop-postgres", "url", "postgres://shop:secret@db/shop").await;
    world.bot_is("Stalled", "False", "NotStalled").await;
    let now = world.api::<Deployment>().get(BOT).await.unwrap();
    assert_eq!(made.spec.template, now.spec.template);
}

#[tokio::test]
async fn a_secret_of_many_serving_bots_rolls_them_one_after_the_other() {
    let world = World::new().await;
    let _operator = world.operator(&["--rollout-pace", "1h"]);
    world.bot("").await;
    world.bot_called("second", "").await;
    let _bots = world.both_run(FakeBot::start().await).await;
    world.bot_is("Ready", "True", "AllReady").await;
    world.bot_called_is("second", "Ready", "True", "AllReady").await;
    world.secret("shop-postgres", "url", "postgres://shop:other@db/shop").await;
    let rolling = world.pods(3).await;
    let first = if rolling.iter().filter(|pod| pod.name_any().starts_with("second")).count() == 2 {
        "second"
    } else {
        BOT
    };
    let other = if first == BOT { "second" } else { BOT };
    world.bot_called_is(other, "Progressing", "True", "WaitingForRolloutSlot").await;
    world.bot_called_is(other, "Ready", "True", "AllReady").await;

    // The new value was a bad one: the bot that it keeps from being ready does not wait for the next.
    let stuck = world.api::<Deployment>().get(first).await.unwrap();
    world.secret("shop-postgres", "url", "postgres://shop:right@db/shop").await;
    let goes_on = |found: Option<&Deployment>| {
        annotation(found.unwrap(), names::SECRETS_HASH) != annotation(&stuck, names::SECRETS_HASH)
    };
    world.until(first, "its pods are made for the right value", goes_on).await;
}

#[tokio::test]
async fn a_bot_whose_secret_is_deleted_keeps_running_and_says_so() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
    world.delete::<Secret>("growshop-discord").await;
    world.bot_is("Stalled", "True", "SecretNotFound").await;
    let deployment = world.api::<Deployment>().get(BOT).await.unwrap();
    assert_eq!(deployment.spec.replicas, Some(1));
}
