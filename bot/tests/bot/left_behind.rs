//! No live message is left behind: not by a display that moved, was hidden or deleted while its post was under way, nor by a bot
//! that could not see a channel for a while.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::{Value, json};
use stockbot_harness::{World, custom_ids, eventually};

use crate::support::{DEADLINE, Running, Shop};

/// A bot that died after Discord had the live message and before the bot knew its id.
async fn with_a_lost_post() -> (Shop, Value) {
    let shop = Shop::new().await;
    let lost =
        json!({"match": {"method": "POST", "path": "/channels/*/messages"}, "effect": {"drop_reply": true}});
    shop.world.discord.post("/faults", lost).await;
    let mut bot = shop.start("growshop-1-a");
    let message = shop.world.live_message().await;
    bot.process.kill().unwrap();
    shop.world.discord.delete("/faults").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.displays WHERE message_id IS NULL").await, "1");
    (shop, message)
}

async fn new_channel(shop: &Shop) -> World {
    let path = format!("/guilds/{}/channels", shop.world.guild);
    let made = shop.world.discord.post(&path, json!({"name": "new"})).await;
    let mut moved = shop.world.clone();
    made["id"].as_str().unwrap().clone_into(&mut moved.channel);
    moved
}

fn move_display(shop: &Shop, to: &World) {
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    shop.write("config.yaml", &config.replace(&shop.world.channel, &to.channel));
}

fn without_displays(shop: &Shop) {
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    let (before, _) = config.split_once("displays:").unwrap();
    shop.write("config.yaml", before);
}

async fn is_empty(world: &World, channel: &str) {
    eventually(DEADLINE, "the channel has no live message", || async {
        let messages = world.messages(channel).await;
        let live: Vec<&Value> = messages.iter().filter(|message| !custom_ids(message).is_empty()).collect();
        if live.is_empty() { Ok(()) } else { Err(messages) }
    })
    .await;
}

async fn nothing_is_left_behind(bot: &Running) {
    bot.until("nothing is left behind", |status| status["leftBehind"] == json!([])).await;
}

#[tokio::test]
async fn a_lost_post_is_found_behind_many_messages_and_not_repeated() {
    let (shop, message) = with_a_lost_post().await;
    for n in 0..120 {
        let body = json!({"channel_id": shop.world.channel, "content": format!("talk {n}")});
        shop.world.discord.post(&format!("/users/{}/message", shop.admin.id), body).await;
    }
    let posts = format!("/channels/{}/messages", shop.world.channel);
    let begun = shop.requests("POST", &posts).await;
    let bot = shop.start("growshop-1-a").connected().await;
    let told =
        bot.until("the display is published", |status| status["displays"][0]["state"] == "Published").await;
    assert_eq!(told["displays"][0]["messageId"], message["id"]);
    assert_eq!(shop.requests("POST", &posts).await, begun, "Discord remembers a nonce for minutes only");
}

#[tokio::test]
async fn a_display_that_moves_while_its_post_is_unknown_leaves_nothing_in_the_old_channel() {
    let (shop, _) = with_a_lost_post().await;
    let moved = new_channel(&shop).await;
    move_display(&shop, &moved);
    let bot = shop.start("growshop-1-a").connected().await;
    moved.live_message().await;
    is_empty(&shop.world, &shop.world.channel).await;
    nothing_is_left_behind(&bot).await;
}

#[tokio::test]
async fn a_display_that_is_hidden_or_deleted_while_its_post_is_unknown_leaves_nothing() {
    let (shop, _) = with_a_lost_post().await;
    shop.write_config("  hidden: true\n");
    let bot = shop.start("growshop-1-a").connected().await;
    is_empty(&shop.world, &shop.world.channel).await;
    bot.until("it is hidden", |status| status["displays"][0]["state"] == "Hidden").await;

    let (shop, _) = with_a_lost_post().await;
    without_displays(&shop);
    let bot = shop.start("growshop-1-a").connected().await;
    is_empty(&shop.world, &shop.world.channel).await;
    nothing_is_left_behind(&bot).await;
}

#[tokio::test]
async fn a_message_in_a_channel_that_the_bot_cannot_see_is_told_and_removed_when_it_can() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    let moved = new_channel(&shop).await;
    let hidden = json!({"match": {"path": format!("/channels/{}/*", shop.world.channel)}, "effect": {"status": 403, "code": 50001}});
    shop.world.discord.post("/faults", hidden).await;
    move_display(&shop, &moved);
    // The new place does not wait for the old one.
    moved.live_message().await;
    let told = bot.until("the old message is told", |status| !status["leftBehind"][0].is_null()).await;
    assert_eq!(told["leftBehind"][0]["channelId"], shop.world.channel, "{told}");
    without_displays(&shop);
    is_empty(&shop.world, &moved.channel).await;
    bot.stop().await;

    // Not forgotten by the next process either.
    let bot = shop.start("growshop-1-b").connected().await;
    bot.until("it is still told", |status| !status["leftBehind"][0].is_null()).await;
    shop.world.discord.delete("/faults").await;
    is_empty(&shop.world, &shop.world.channel).await;
    nothing_is_left_behind(&bot).await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.display_leftovers").await, "0");
}
