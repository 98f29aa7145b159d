//! Displays: bound, shown, moved, refused. A display never restarts a bot.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Event, Pod, Service},
};
use kube::{ResourceExt as _, api::ListParams};
use serde_json::{Value, json};
use stockbot_config::{Config, status::DisplayState};
use stockbot_operator::api::{DiscordBot, StockDisplay, names};

use crate::{BOT, fake_bot::FakeBot, world::World};

/// Names of the displays in a bot's configuration.
fn displays(found: Option<&ConfigMap>) -> Option<Vec<String>> {
    let file = Config::parse(&found?.data.as_ref()?["config.yaml"], "config.yaml").unwrap();
    Some(file.displays.into_iter().map(|display| display.name).collect())
}

/// Waits until exactly these displays are in the bot's configuration.
pub async fn shows(world: &World, bot: &str, wanted: &[&str]) {
    let is = |found: Option<&ConfigMap>| displays(found).is_some_and(|displays| displays == wanted);
    world.until(&names::config_map(bot), &format!("{bot} shows {wanted:?}"), is).await;
}

#[tokio::test]
async fn a_display_reaches_the_running_bot_without_a_restart_and_becomes_ready() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, pod) = world.ready_bot("").await;
    let template = |deployment: Deployment| deployment.spec.template;
    let before = template(world.api().get(BOT).await.unwrap());

    let display = world.display("main", BOT, 10).await;
    shows(&world, BOT, &["main"]).await;
    world
        .until::<Pod>(&pod.name_any(), "the pod is touched, so that the kubelet hurries", |pod| {
            pod.is_some_and(|pod| pod.annotations().contains_key(names::CONFIG_SYNC))
        })
        .await;
    world.bot_is("Ready", "False", "DisplaysNotReady").await;
    world.display_is("main", "Ready", "False", "NotYetPublished").await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    world.display_is("main", "ButtonsPresent", "True", "Published").await;
    world.bot_is("Ready", "True", "AllReady").await;
    let status = world.api::<StockDisplay>().get("main").await.unwrap().status.unwrap();
    assert_eq!(status.message_id.as_deref(), Some("1100000000000000099"));
    assert_eq!((status.products.unwrap().shown, status.health.unwrap().score), (3, 100));

    // What the bot says of the old settings is not reported as the state of the new ones.
    let changed: StockDisplay = world.patch("main", json!({"spec": {"title": "New"}})).await;
    world.display_is("main", "Ready", "False", "NotYetPublished").await;
    bot.shows("main", &changed.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    assert_eq!(before, template(world.api().get(BOT).await.unwrap()), "the pod template depends on displays");
}

#[tokio::test]
async fn a_changed_display_is_brought_to_the_pods_though_another_child_cannot_be_written() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (_bot, pod) = world.ready_bot("").await;
    world.display("main", BOT, 10).await;
    let brought = async |before: Option<String>| {
        let version = |pod: &Pod| pod.annotations().get(names::CONFIG_SYNC).cloned();
        let is = |found: Option<&Pod>| {
            found.is_some_and(|pod| version(pod).is_some_and(|now| Some(now) != before))
        };
        let found = world.until(&pod.name_any(), "the pod is touched", is).await;
        version(&found.unwrap())
    };
    let first = brought(None).await;
    let paused = |paused: Value| json!({"metadata": {"annotations": {names::PAUSED: paused}}});
    world.patch::<DiscordBot>(BOT, paused("true".into())).await;
    world.bot_is("Paused", "True", "PausedByAnnotation").await;
    world.delete::<Service>(BOT).await;
    let alien = "apiVersion: v1\nkind: Service\nmetadata: {name: growshop}\nspec: {ports: [{port: 80}]}\n";
    world.apply(alien).await.unwrap();
    world.patch::<StockDisplay>("main", json!({"spec": {"title": "New"}})).await;
    world.patch::<DiscordBot>(BOT, paused(Value::Null)).await;
    world.bot_is("Stalled", "True", "NameTaken").await;
    brought(first).await;
}

#[tokio::test]
async fn a_display_of_an_unknown_bot_is_stalled_until_the_bot_exists() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.display("main", "growshopp", 10).await;
    let message = world.display_is("main", "Stalled", "True", "BotNotFound").await;
    assert!(
        message.starts_with("DiscordBot growshopp does not exist in namespace operator-test-"),
        "{message}"
    );
    world.display_is("main", "Bound", "False", "BotNotFound").await;
    world.bot_called("growshopp", "").await;
    world.display_is("main", "Bound", "True", "NotYetPublished").await;
    shows(&world, "growshopp", &["main"]).await;
}

#[tokio::test]
async fn of_two_displays_for_one_channel_the_older_wins_until_it_goes() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let older = world.display("older", BOT, 10).await;
    // Creation times have whole seconds; of equally old ones the name decides.
    world
        .until::<ConfigMap>("growshop-config", "a second passes", |found| {
            let _ = found;
            k8s_openapi::jiff::Timestamp::now().as_second()
                > older.metadata.creation_timestamp.as_ref().unwrap().0.as_second()
        })
        .await;
    world.display("newer", BOT, 10).await;
    let message = world.display_is("newer", "Stalled", "True", "ChannelTaken").await;
    assert!(message.contains("StockDisplay older of the same bot"), "{message}");
    world.display_is("older", "Bound", "True", "NotYetPublished").await;
    shows(&world, BOT, &["older"]).await;
    world.delete::<StockDisplay>("older").await;
    world.display_is("newer", "Bound", "True", "NotYetPublished").await;
    shows(&world, BOT, &["newer"]).await;
}

#[tokio::test]
async fn a_display_can_be_given_to_another_bot() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.bot_called("second", "").await;
    let display = world.display("main", BOT, 10).await;
    let bot = FakeBot::start().await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    let _bots = world.both_run(bot).await;
    shows(&world, BOT, &["main"]).await;
    shows(&world, "second", &[]).await;
    // Both are content: nothing but the change wakes them.
    world.bot_is("Ready", "True", "AllReady").await;
    world.bot_called_is("second", "Ready", "True", "AllReady").await;
    world.patch::<StockDisplay>("main", json!({"spec": {"botRef": {"name": "second"}}})).await;
    shows(&world, BOT, &[]).await;
    shows(&world, "second", &["main"]).await;
}

#[tokio::test]
async fn what_a_bot_says_is_wrong_with_a_display_is_shown() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    let display = world.display("main", BOT, 10).await;
    let pod = world.pods(1).await.remove(0);
    let bot = FakeBot::start().await;
    bot.shows("main", &display.spec.settings, DisplayState::ChannelNotFound);
    world.pod_runs(&pod, &bot.ip).await;
    let message = world.display_is("main", "Stalled", "True", "ChannelNotFound").await;
    assert!(message.contains("spec.channelId"), "{message}");
    world.bot_is("Degraded", "True", "DisplayFailing").await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    world.bot_is("Degraded", "False", "AsExpected").await;
}

#[tokio::test]
async fn a_bot_that_shows_something_goes_when_its_pod_says_that_nothing_is_left() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, _) = world.ready_bot("").await;
    let display = world.display("main", BOT, 10).await;
    bot.says(|status| status.left_behind = Some(Vec::new()));
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    let held = |found: Option<&DiscordBot>| found.is_some_and(|bot| !bot.finalizers().is_empty());
    world.until(BOT, "the bot is held", held).await;
    world.delete::<DiscordBot>(BOT).await;
    shows(&world, BOT, &[]).await;
    assert!(world.api::<Deployment>().get(BOT).await.is_ok(), "its pods have work to do");
    bot.says(|status| status.displays.clear());
    world.until::<DiscordBot>(BOT, "the bot is gone", |found| found.is_none()).await;
    let told = world.api::<Event>().list(&ListParams::default()).await.unwrap().items;
    assert!(told.iter().all(|event| event.reason.as_deref() != Some("DisplayFailing")), "{told:?}");
}

#[tokio::test]
async fn a_bot_without_a_pod_goes_at_once_and_tells_where_its_message_is() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, pod) = world.ready_bot("").await;
    let display = world.display("main", BOT, 10).await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    world.pod_ended(&pod, "stockbot", 137, "OOMKilled", 1).await;
    world.bot_is("Ready", "False", "PodsNotReady").await;
    world.delete::<DiscordBot>(BOT).await;
    world.until::<DiscordBot>(BOT, "the bot is gone", |found| found.is_none()).await;
    let events = world.api::<Event>();
    let told = stockbot_harness::eventually(crate::SOON, "it is told", || async {
        let all = events.list(&ListParams::default()).await.unwrap().items;
        all.into_iter().find(|event| event.reason.as_deref() == Some("DisplayFailing")).ok_or("no event")
    })
    .await;
    let note = told.message.unwrap();
    assert!(note.contains("of StockDisplay main at https://discord.com/channels/1/2/3"), "{note}");
}
