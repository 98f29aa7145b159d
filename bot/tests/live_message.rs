//! Exactly one live message per display, equal to the database, through restarts and outside changes.

mod support;

use serde_json::json;
use stockbot_harness::{custom_ids, eventually};
use support::{DEADLINE, Shop};

#[tokio::test]
async fn there_is_one_message_with_all_buttons_and_a_restart_posts_no_second() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let before = shop.world.live_message_shows("Name of VIP").await;
    assert_eq!(custom_ids(&before).len(), 5);
    bot.stop().await;

    let _bot = shop.start("growshop-1-b").connected().await;
    shop.stock("DLT", "7", &["key-2"]).await;
    let after = shop.world.live_message_shows("Name of DLT").await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(shop.world.messages(&shop.world.channel).await.len(), 1);
}

#[tokio::test]
async fn a_killed_bot_resumes_its_session_and_keeps_its_message() {
    let shop = Shop::new().await;
    let mut bot = shop.open().await;
    let before = shop.world.live_message().await;
    bot.process.kill().unwrap();

    // Of the same pod: a restarted container need not wait for its own lease to run out.
    let bot = shop.start("growshop-1-a").connected().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    assert_eq!(shop.world.live_message_shows("Name of VIP").await["id"], before["id"]);
    assert_eq!(shop.world.identifies().await, 1);
    let told = bot.status().await.expect("a status");
    assert_eq!(
        told["sessionStarts"]["remaining"], 999,
        "one start of 1000 is used, none by the resume: {told}"
    );
    assert_eq!(shop.world.messages(&shop.world.channel).await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_to_the_first_post_makes_no_second_message() {
    let shop = Shop::new().await;
    let fault = json!({"match": {"method": "POST", "path": "/channels/*/messages"}, "effect": {"drop_reply": true}, "times": 1});
    shop.world.discord.post("/faults", fault).await;
    let bot = shop.open().await;
    bot.until("the display is published", |status| status["displays"][0]["state"] == "Published").await;
    assert_eq!(shop.world.messages(&shop.world.channel).await.len(), 1);
}

#[tokio::test]
async fn a_deleted_message_is_created_once_more() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let before = shop.world.live_message().await;
    shop.world.discord.delete(&format!("/messages/{}", before["id"].as_str().unwrap())).await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let after = shop.world.live_message_shows("Name of VIP").await;
    assert_ne!(after["id"], before["id"]);
    assert_eq!(shop.world.messages(&shop.world.channel).await.len(), 1);
}

#[tokio::test]
async fn changes_by_plain_sql_show_as_well() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    shop.world.live_message_shows("Name of VIP").await;
    shop.database.execute("UPDATE stockbot.products SET name = 'Imported' WHERE code = 'VIP'").await;
    shop.world.live_message_shows("Imported").await;
}

#[tokio::test]
async fn a_display_can_be_hidden_shown_and_changed_while_the_bot_runs() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.write_config("  hidden: true\n");
    eventually(DEADLINE, "the message is removed", || async {
        let messages = shop.world.messages(&shop.world.channel).await;
        if messages.is_empty() { Ok(()) } else { Err(messages) }
    })
    .await;
    shop.write_config("  description: Open again\n");
    shop.world.live_message_shows("Open again").await;
    let status = bot
        .until("the new settings are reported", |status| status["displays"][0]["state"] == "Published")
        .await;
    assert_eq!(status["displays"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_channel_is_reported_and_heals() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    shop.world.discord.delete(&format!("/channels/{}", shop.world.channel)).await;
    shop.database.execute("UPDATE stockbot.products SET price = 6").await;
    let lost = bot
        .until("the channel is missed", |status| status["displays"][0]["state"] == "ChannelNotFound")
        .await;
    assert!(lost["displays"][0]["message"].as_str().unwrap().contains("channelId"), "{lost}");

    let made = shop
        .world
        .discord
        .post(&format!("/guilds/{}/channels", shop.world.guild), json!({"name": "new"}))
        .await;
    let mut moved = shop.world.clone();
    made["id"].as_str().unwrap().clone_into(&mut moved.channel);
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    shop.write("config.yaml", &config.replace(&shop.world.channel, &moved.channel));
    moved.live_message_shows("Name of VIP").await;
}
