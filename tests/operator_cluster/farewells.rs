//! The end of displays: the live message goes before the object does, and nobody hangs in Terminating.

use k8s_openapi::api::core::v1::Event;
use kube::{ResourceExt as _, api::ListParams};
use serde_json::json;
use stockbot_config::status::{DisplayState, LeftBehind};
use stockbot_harness::eventually;
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::{BOT, SOON, displays::shows, fake_bot::FakeBot, world::World};

/// A ready bot with a published display that is held.
async fn published(world: &World) -> FakeBot {
    let (bot, _) = world.ready_bot("  probes: {deep: {period: 1s}}\n").await;
    let display = world.display("main", BOT, 10).await;
    bot.says(|status| status.left_behind = Some(Vec::new()));
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    is_held(world, true).await;
    bot
}

async fn is_held(world: &World, held: bool) {
    let is = |found: Option<&StockDisplay>| found.unwrap().finalizers().is_empty() != held;
    world.until("main", "the display is held, or not", is).await;
}

async fn is_gone(world: &World) {
    let api = world.api::<StockDisplay>();
    eventually(2 * SOON, "the display is gone", || async {
        let found = api.get_opt("main").await.unwrap();
        found.map_or(Ok(()), |found| Err(found.finalizers().to_owned()))
    })
    .await;
}

/// What warnings tell of messages that are left.
async fn warnings(world: &World) -> Vec<String> {
    let all = world.api::<Event>().list(&ListParams::default()).await.unwrap().items;
    let of_messages = all.into_iter().filter(|event| event.reason.as_deref() == Some("DisplayFailing"));
    of_messages.filter_map(|event| event.message).collect()
}

#[tokio::test]
async fn a_display_goes_when_its_bot_has_removed_the_message() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let bot = published(&world).await;
    world.delete::<StockDisplay>("main").await;
    shows(&world, BOT, &[]).await;
    operator.probed(2).await;
    let going = world.api::<StockDisplay>().get("main").await.unwrap();
    assert!(going.metadata.deletion_timestamp.is_some(), "its message is still there");
    bot.says(|status| status.displays.clear());
    is_gone(&world).await;
    assert_eq!(warnings(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_display_whose_message_cannot_be_removed_goes_all_the_same_and_that_is_told() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let bot = published(&world).await;
    bot.says(|status| {
        status.displays.clear();
        status.left_behind = Some(vec![LeftBehind {
            display: "main".into(),
            channel_id: "2".into(),
            message_id: None,
            message: "Missing Access".into(),
        }]);
    });
    world.delete::<StockDisplay>("main").await;
    is_gone(&world).await;
    let told = eventually(SOON, "it is told", || async {
        let told = warnings(&world).await;
        if told.is_empty() { Err(()) } else { Ok(told) }
    })
    .await;
    assert!(told[0].contains("Missing Access"), "{told:?}");
}

#[tokio::test]
async fn a_bot_and_its_display_that_are_deleted_together_go_when_the_message_is_gone() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let bot = published(&world).await;
    world.delete::<DiscordBot>(BOT).await;
    world.delete::<StockDisplay>("main").await;
    shows(&world, BOT, &[]).await;
    bot.says(|status| status.displays.clear());
    is_gone(&world).await;
    world.until::<DiscordBot>(BOT, "the bot is gone", |found| found.is_none()).await;
    assert_eq!(warnings(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_display_of_a_stopped_bot_goes_at_once() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let _bot = published(&world).await;
    world.patch::<DiscordBot>(BOT, json!({"spec": {"running": false}})).await;
    let message = world.display_is("main", "Stalled", "True", "BotStopped").await;
    assert!(
        message.ends_with("its buttons at https://discord.com/channels/1/2/3 do not answer until then"),
        "{message}"
    );
    is_held(&world, false).await;
    world.delete::<StockDisplay>("main").await;
    world.until::<StockDisplay>("main", "the display is gone", |found| found.is_none()).await;
    world.delete::<DiscordBot>(BOT).await;
    world.until::<DiscordBot>(BOT, "the bot is gone", |found| found.is_none()).await;
}
