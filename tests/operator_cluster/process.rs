//! The operator as a process: what it writes, several of them, its end, its endpoints.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use stockbot_config::status::DisplayState;
use stockbot_harness::eventually;

use crate::{BOT, SOON, fake_bot::FakeBot, world::World};

#[tokio::test]
async fn an_idle_operator_and_a_restarted_one_write_nothing() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    world
        .bot("  probes: {deep: {period: 1s}}\n  resources: {requests: {cpu: \"0.05\", memory: 1Gi}}\n")
        .await;
    let display = world.display("main", BOT, 10).await;
    let pod = world.pods(1).await.remove(0);
    let bot = FakeBot::start().await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.pod_runs(&pod, &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;
    world.display_is("main", "Ready", "True", "Published").await;

    // Events about what happened until now may still be under way, so only the second look counts.
    operator.probed(3).await;
    let before = operator.writes().await;
    operator.probed(5).await;
    assert_eq!(operator.writes().await, before, "an idle operator writes");
    operator.stop().await;

    let operator = world.operator(&[]);
    operator.leads().await;
    operator.probed(3).await;
    assert_eq!(operator.writes().await, 0, "a restarted operator writes");
}

#[tokio::test]
async fn of_two_operators_only_one_acts_and_the_other_takes_over() {
    let world = World::new().await;
    let first = world.operator(&[]);
    world.bot("").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
    let second = world.operator(&[]);
    eventually(SOON, "the second is ready, and stands by", || async {
        match second.get("/readyz").await {
            Some((200, _)) => Ok(()),
            other => Err(other),
        }
    })
    .await;
    world.bot("  terminationGracePeriodSeconds: 31\n").await;
    let grace = |seconds| {
        move |found: Option<&Deployment>| {
            found.is_some_and(|one| {
                one.spec.template.spec.as_ref().unwrap().termination_grace_period_seconds == Some(seconds)
            })
        }
    };
    world.until(BOT, "the first acts", grace(31)).await;
    assert_eq!((first.metric("leader", &[]).await, second.metric("leader", &[]).await), (1, 0));
    assert_eq!(second.metric("reconcile_runs_total", &[]).await, 0);

    first.stop().await;
    world.bot("  terminationGracePeriodSeconds: 32\n").await;
    world.until(BOT, "the second acts", grace(32)).await;
    assert_eq!(second.metric("leader", &[]).await, 1);
}

#[tokio::test]
async fn it_waits_for_an_api_server_that_is_away_and_still_stops_in_time() {
    let world = World::new().await;
    let kubeconfig = tempfile::NamedTempFile::new().unwrap();
    let nowhere = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]\n\
                   contexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {}}]\ncurrent-context: c\n";
    std::fs::write(&kubeconfig, nowhere).unwrap();
    let operator = world.operator_as(kubeconfig.path().to_str().unwrap(), &[]);
    eventually(SOON, "it is alive but not ready", || async {
        let (live, ready) = (operator.get("/livez").await, operator.get("/readyz").await);
        match (&live, &ready) {
            (Some((200, _)), Some((503, _))) => Ok(()),
            _ => Err((live, ready)),
        }
    })
    .await;
    let begun = std::time::Instant::now();
    operator.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}
