//! Bots that do not start, and bots that stop working.

use k8s_openapi::api::apps::v1::Deployment;
use kube::ResourceExt as _;
use stockbot_config::{
    exit::Reason,
    status::{DatabaseState, GatewayState},
};
use stockbot_operator::api::DiscordBot;

use crate::{BOT, fake_bot::FakeBot, world::World};

async fn scaled_to(world: &World, replicas: i32) {
    let is = |found: Option<&Deployment>| found.is_some_and(|found| found.spec.replicas == Some(replicas));
    world.until(BOT, &format!("the Deployment is scaled to {replicas}"), is).await;
}

#[tokio::test]
async fn a_rejected_token_stops_the_bot_until_the_secret_changes() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    world.bot("").await;
    let pod = world.pods(1).await.remove(0);
    world.bot_ended(&pod, "stockbot", Reason::TokenRejected, "Discord rejected the bot token", 1).await;
    let message = world.bot_is("Stalled", "True", "TokenInvalid").await;
    assert!(message.contains("Secret growshop-discord"), "{message}");
    world.bot_is("TokenValid", "False", "Rejected").await;
    scaled_to(&world, 0).await;
    world.pods(0).await;

    // Neither another change nor a restart of the operator tries the token again.
    world.bot("  logging: {level: debug}\n").await;
    operator.stop().await;
    let _operator = world.operator(&[]);
    world.bot_is("Stalled", "True", "TokenInvalid").await;
    scaled_to(&world, 0).await;

    world.secret("growshop-discord", "token", "MTEw.new.token").await;
    scaled_to(&world, 1).await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}

#[tokio::test]
async fn refused_intents_stop_the_bot_until_its_spec_changes() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let pod = world.pods(1).await.remove(0);
    let words = "Discord refused the intents MESSAGE_CONTENT";
    world.bot_ended(&pod, "stockbot", Reason::IntentsRefused, words, 1).await;
    let message = world.bot_is("Stalled", "True", "DisallowedIntents").await;
    assert!(message.contains("MESSAGE_CONTENT"), "the bot's words name the intent: {message}");
    scaled_to(&world, 0).await;
    world.bot("  database: {urlSecretRef: {name: shop-postgres}, maxConnections: 9}\n").await;
    scaled_to(&world, 1).await;
}

#[tokio::test]
async fn a_pod_that_serves_is_not_stopped_for_a_bad_new_token() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (_bot, old) = world.ready_bot("").await;
    world.secret("growshop-discord", "token", "MTEw.wrong.token").await;
    let pods = world.pods(2).await;
    let new = pods.iter().find(|pod| pod.metadata.name != old.metadata.name).unwrap();
    world.bot_ended(new, "stockbot", Reason::TokenRejected, "Discord rejected the bot token", 1).await;
    world.bot_is("Stalled", "True", "TokenInvalid").await;
    let deployment = world.api::<Deployment>().get(BOT).await.unwrap();
    assert_eq!(deployment.spec.replicas, Some(1));
    assert_eq!(world.api::<DiscordBot>().get(BOT).await.unwrap().status.unwrap().phase.as_str(), "Degraded");
}

#[tokio::test]
async fn exit_codes_of_the_migration_become_conditions() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let pod = world.pods(1).await.remove(0);
    let words = "cannot reach the database at db: connection refused";
    world.bot_ended(&pod, "migrate", Reason::DatabaseUnavailable, words, 1).await;
    let message = world.bot_is("DatabaseReady", "False", "Unreachable").await;
    assert!(message.contains("Secret shop-postgres") && message.contains(words), "{message}");
    world.bot_is("Degraded", "True", "DatabaseUnavailable").await;
    world.bot_is("Stalled", "False", "NotStalled").await;

    world.bot_ended(&pod, "migrate", Reason::SchemaTooNew, "the schema is at version 9", 2).await;
    world.bot_is("DatabaseReady", "False", "SchemaTooNew").await;
    world.bot_is("Stalled", "True", "ImageIncompatible").await;

    world.pod_ended(&pod, "migrate", 1, "relation exists", 2).await;
    world.bot_is("DatabaseReady", "False", "MigrationFailed").await;

    let bot = FakeBot::start().await;
    world.pod_runs(&pod, &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;
    world.bot_is("DatabaseReady", "True", "Migrated").await;
}

#[tokio::test]
async fn a_crash_looping_bot_is_degraded_after_the_allowed_attempts() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("  maxRestartAttempts: 2\n").await;
    let pod = world.pods(1).await.remove(0);
    world.pod_ended(&pod, "stockbot", 101, "panicked at the disco", 1).await;
    let message = world.bot_is("Ready", "False", "PodsNotReady").await;
    assert!(message.contains("0 of 1 pods are ready"), "{message}");
    world.bot_is("Degraded", "False", "AsExpected").await;
    world.pod_ended(&pod, "stockbot", 101, "panicked at the disco", 2).await;
    world.bot_is("Degraded", "True", "CrashLooping").await;
    let status = world.api::<DiscordBot>().get(BOT).await.unwrap().status.unwrap();
    assert_eq!(status.restarts, 2);
    assert_eq!(status.last_error.unwrap().message, "exit code 101: panicked at the disco");
}

#[tokio::test]
async fn what_a_running_bot_loses_becomes_conditions_and_heals() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, _) = world.ready_bot("  probes: {deep: {period: 1s, failureThreshold: 2}}\n").await;

    bot.says(|status| {
        status.gateway.state = GatewayState::Disconnected;
        status.gateway.shards.connected = 0;
    });
    world.bot_is("Ready", "False", "GatewayDisconnected").await;
    world.bot_is("GatewayConnected", "False", "Disconnected").await;
    bot.says(|status| *status = crate::fake_bot::connected());
    world.bot_is("Ready", "True", "AllReady").await;

    bot.says(|status| status.database.state = DatabaseState::Unreachable);
    world.bot_is("DatabaseReady", "False", "Unreachable").await;
    bot.says(|status| status.session_starts.as_mut().unwrap().remaining = 50);
    world.bot_is("IdentifyBudgetLow", "True", "BelowReserve").await;
    bot.says(|status| status.guild_found = Some(false));
    let message = world.bot_is("Stalled", "True", "GuildNotFound").await;
    assert!(message.contains("1100000000000000001"), "{message}");

    bot.fails();
    world.bot_is("Degraded", "True", "DatabaseUnavailable").await;
    bot.says(|status| *status = crate::fake_bot::connected());
    world.bot_is("Ready", "True", "AllReady").await;
    bot.fails();
    let message = world.bot_is("Degraded", "True", "ProbeFailing").await;
    assert!(message.contains("it answers 503 to /status"), "{message}");
}

#[tokio::test]
async fn a_spec_that_the_api_server_cannot_write_is_never_called_ready() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (_bot, _) = world.ready_bot("").await;
    // Nothing checks this before the API server merges it into the Deployment, where it fails with 500.
    world.bot("  resources: {claims: [{name: a}, {name: a}]}\n").await;
    let message = world.bot_is("Stalled", "True", "RolloutFailed").await;
    assert!(
        message.contains("cannot write Deployment growshop") && message.contains("duplicate"),
        "{message}"
    );
    world.bot_is("Ready", "False", "Stalled").await;
    world.bot("  resources: {claims: [{name: a}, {name: a}]}\n  running: false\n").await;
    world.bot_is("Ready", "False", "Stalled").await;
    let phase = world.api::<DiscordBot>().get(BOT).await.unwrap().status.unwrap().phase;
    assert_ne!(phase.as_str(), "Stopped", "the pod still runs");
    world.bot("").await;
    world.bot_is("Ready", "True", "AllReady").await;
}

#[tokio::test]
async fn of_two_bots_of_one_application_the_later_one_is_stalled_until_the_first_is_gone() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, _) = world.ready_bot("").await;
    let first = world.api::<DiscordBot>().get(BOT).await.unwrap().metadata.creation_timestamp.unwrap().0;
    // Creation times have whole seconds.
    let later = |_: Option<&DiscordBot>| k8s_openapi::jiff::Timestamp::now().as_second() > first.as_second();
    world.until(BOT, "a second passes", later).await;
    world.bot_called("second", "").await;
    let pods = world.pods(2).await;
    let pod = pods.iter().find(|pod| pod.name_any().starts_with("second")).unwrap();
    world.pod_runs(pod, &bot.ip).await;
    let message = world.bot_called_is("second", "Stalled", "True", "TokenInvalid").await;
    assert!(message.starts_with("DiscordBot growshop uses the same Discord application"), "{message}");
    world.bot_is("Ready", "True", "AllReady").await;
}
