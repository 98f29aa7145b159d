//! Exactly one live message per display, equal to the database, through restarts and outside changes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::json;
use stockbot_harness::{custom_ids, eventually};

use crate::support::{DEADLINE, Shop};

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
    // Nothing else changes, and the next look of its own is a minute away.
    shop.world.discord.delete(&format!("/channels/{}", shop.world.channel)).await;
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

#[tokio::test]
async fn a_late_edit_with_an_old_price_is_repaired() {
    let shop = Shop::new().await;
    shop.write_config("  refresh: 1s\n");
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let old = shop.world.live_message_shows("5 WL").await;
    shop.database.execute("UPDATE stockbot.products SET price = 7 WHERE code = 'VIP'").await;
    shop.world.live_message_shows("7 WL").await;
    // What an edit does that Discord carries out long after the bot gave it up.
    edit_as_the_bot(&shop, &old).await;
    shop.world.live_message_shows("5 WL").await;
    shop.world.live_message_shows("7 WL").await;
}

/// Sends embeds and buttons of `message` to the live message once more.
async fn edit_as_the_bot(shop: &Shop, message: &serde_json::Value) {
    let path = format!("channels/{}/messages/{}", shop.world.channel, message["id"].as_str().unwrap());
    let edit = reqwest::Client::new()
        .patch(format!("{}/api/v10/{path}", shop.sim.url()))
        .header("authorization", format!("Bot {}", shop.world.token))
        .header("user-agent", "DiscordBot (https://example.org, 1)")
        .json(&json!({"embeds": message["embeds"], "components": message["components"]}));
    let answer = edit.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn what_discord_trims_is_accepted_and_causes_no_edits() {
    let shop = Shop::new().await;
    let emoji = "<:cart:1100000000000000099>";
    shop.write_config(&format!(
        "  footer: \" \"\n  description: \" Fast \"\n  refresh: 1s\n  buttons: [{{action: Buy, label: {{en: \" Get \"}}, emoji: \"{emoji}\"}}, {{action: Help, label: {{en: \" \"}}, emoji: \" 🛒\"}}]\n"
    ));
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    shop.write("config.yaml", &config.replace("title: GrowShop", "title: \"Shop \""));
    let bot = shop.open().await;
    let live = shop.world.live_message().await;
    assert_eq!(live["embeds"][0]["title"], "Shop");
    let buttons = &live["components"][0]["components"];
    assert_eq!((&buttons[0]["label"], &buttons[0]["emoji"]["name"]), (&json!("Get"), &json!("cart")));
    assert_eq!(buttons[1]["label"], "Help");
    let path = format!("/channels/{}/messages/{}", shop.world.channel, live["id"].as_str().unwrap());
    eventually(DEADLINE, "the message was compared several times", || async {
        let looks = shop.requests("GET", &path).await;
        if looks >= 3 { Ok(()) } else { Err(looks) }
    })
    .await;
    assert_eq!(shop.requests("PATCH", &path).await, 0);
    shop.assert_no_violations().await;
    bot.stop().await;
}

#[tokio::test]
async fn a_hand_over_never_says_that_a_published_display_is_not() {
    let shop = Shop::new().await;
    let old = shop.open().await;
    let published = |status: &serde_json::Value| status["displays"][0]["state"] == "Published";
    let first = old.until("the display is published", published).await;
    let new = shop.start("growshop-2-a");
    // What an operator sees that asks both pods again and again until the new one speaks.
    let told = eventually(DEADLINE, "the new pod tells of the display", || async {
        let (from_old, from_new) = (old.status().await, new.status().await);
        let displays = |status: &Option<serde_json::Value>| {
            status.as_ref().and_then(|status| status["displays"].as_array().cloned()).unwrap_or_default()
        };
        let (before, after) = (displays(&from_old), displays(&from_new));
        let seen: Vec<_> = before.iter().chain(&after).map(|display| display["state"].clone()).collect();
        assert!(!seen.is_empty(), "nobody tells of the display");
        assert!(seen.iter().all(|state| state == "Published"), "{seen:?}");
        after.first().cloned().ok_or(seen)
    })
    .await;
    assert_eq!(
        told["lastPublishedAt"].as_str().map(|at| &at[..19]),
        first["displays"][0]["lastPublishedAt"].as_str().map(|at| &at[..19]),
        "nothing was published"
    );
    old.stop().await;
    new.stop().await;
}

#[tokio::test]
async fn pods_that_follow_each_other_keep_to_the_limit_on_edits_of_old_messages() {
    let shop = Shop::new().await;
    let mut bot = shop.open().await;
    shop.stock("VIP", "1", &["key-1"]).await;
    let live = shop.world.live_message_shows("Name of VIP").await;
    let id = live["id"].as_str().unwrap();
    shop.world.discord.post(&format!("/messages/{id}/age"), json!({"by": "2h"})).await;
    for price in 2..9 {
        shop.database
            .execute(&format!("UPDATE stockbot.products SET price = {price} WHERE code = 'VIP'"))
            .await;
        shop.world.live_message_shows(&format!("{price} WL")).await;
        // Of the same pod: it need not wait for its own lease to run out.
        bot.process.kill().unwrap();
        bot = shop.start("growshop-1-a").connected().await;
    }
    shop.assert_no_violations().await;
}
