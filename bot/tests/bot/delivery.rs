//! Goods, receipts and posts under Discord's limits and refusals: once, first, and with few calls.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::{Value, json};
use stockbot_harness::{Person, eventually, text_of};

use crate::support::{DEADLINE, Running, Shop, assert_shows};

/// An open shop without posts, whose only channel messages are deliveries.
async fn quiet_shop(units: &[&str]) -> (Shop, Running) {
    let shop = Shop::new().await;
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    let posts = config.lines().find(|line| line.trim_start().starts_with("channels:")).unwrap();
    shop.write("config.yaml", &config.replace(posts, "  channels: {}"));
    let bot = shop.open().await;
    shop.stock("VIP", "5", units).await;
    (shop, bot)
}

async fn fault(shop: &Shop, method: &str, path: &str, effect: Value, times: Option<u32>) {
    let mut fault = json!({"match": {"method": method, "path": path}, "effect": effect});
    if let Some(times) = times {
        fault["times"] = json!(times);
    }
    shop.world.discord.post("/faults", fault).await;
}

async fn buy(customer: &Person) -> Value {
    customer.confirm(&customer.choose("VIP", "1").await).await
}

#[tokio::test]
async fn goods_whose_answer_was_lost_are_found_before_a_refusal_attaches_them_again() {
    let (shop, _bot) = quiet_shop(&["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    fault(&shop, "POST", "/channels/*/messages", json!({"drop_reply": true}), Some(1)).await;
    fault(&shop, "POST", "/channels/*/messages", json!({"status": 403, "code": 50007}), None).await;

    let receipt = buy(&customer).await;

    assert_shows(&receipt, "direct messages");
    assert!(receipt["response"]["attachments"][0].is_null(), "{receipt}");
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn goods_of_an_unknown_outcome_stay_unrefundable_and_are_looked_up_before_they_are_sent_again() {
    let (shop, _bot) = quiet_shop(&["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    fault(&shop, "POST", "/channels/*/messages", json!({"status": 502}), None).await;
    let confirmation = customer.choose("VIP", "1").await;
    customer.click(&confirmation["response"], "sb1:ok:").await;
    shop.until("SELECT count(*) FROM stockbot.outbox WHERE kind = 'delivery' AND attempts > 1 AND sent_at IS NOT NULL", "1").await;
    eventually(DEADLINE, "somebody looks for the goods", || async {
        if shop.requests("GET", "/messages").await > 0 { Ok(()) } else { Err(()) }
    })
    .await;

    shop.world.discord.delete("/faults").await;
    let (_, goods) = customer.delivery().await;
    assert!(goods.contains("key-1"));
    shop.until("SELECT state FROM stockbot.orders", "delivered").await;
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn every_refusal_to_write_to_a_user_brings_the_goods_with_the_reply() {
    let (shop, _bot) = quiet_shop(&["key-1", "key-2", "key-3", "key-4"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    for (n, (path, code)) in
        [("/channels/*/messages", 50278), ("/channels/*/messages", 99999), ("/users/@me/channels", 50278)]
            .into_iter()
            .enumerate()
    {
        shop.database.execute("DELETE FROM stockbot.direct_channels").await;
        fault(&shop, "POST", path, json!({"status": 403, "code": code}), None).await;
        let receipt = buy(&customer).await;
        assert_shows(&receipt, "attached here");
        let goods = shop.world.discord.file(&receipt["response"]["attachments"][0]).await;
        assert!(goods.contains(&format!("key-{}", n + 1)), "{code}: {goods}");
        shop.world.discord.delete("/faults").await;
    }
    assert!(customer.direct_messages().await.is_empty());
    shop.until("SELECT count(*) FROM stockbot.orders WHERE state = 'delivered'", "3").await;
    shop.assert_audit_is_clean().await;
}

/// Buys once under each fault of these paths; the goods come attached to the reply.
async fn goods_come_with_the_reply(shop: &Shop, customer: &Person, effects: &[(&str, Value)]) {
    for (n, (path, effect)) in effects.iter().enumerate() {
        fault(shop, "POST", path, effect.clone(), None).await;
        let receipt = buy(customer).await;
        assert_shows(&receipt, "attached here");
        let goods = shop.world.discord.file(&receipt["response"]["attachments"][0]).await;
        assert!(goods.contains(&format!("key-{}", n + 1)), "{goods}");
        shop.world.discord.delete("/faults").await;
    }
    let by_reply =
        "SELECT count(*) FROM stockbot.orders WHERE state = 'delivered' AND delivered_via = 'reply'";
    shop.until(by_reply, &effects.len().to_string()).await;
    assert!(customer.direct_messages().await.is_empty());
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn goods_come_with_the_reply_at_once_when_no_direct_channel_can_be_opened_soon() {
    let (shop, _bot) = quiet_shop(&["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let limited = json!({"status": 429, "retry_after": 600});
    let silent = json!({"delay": "1h"});
    goods_come_with_the_reply(
        &shop,
        &customer,
        &[("/users/@me/channels", limited), ("/users/@me/channels", silent)],
    )
    .await;
}

#[tokio::test]
async fn goods_come_with_the_reply_at_once_when_the_direct_channel_takes_no_message_soon() {
    let (shop, _bot) = quiet_shop(&["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let (limited, asked) =
        (json!({"status": 429, "retry_after": 600}), shop.requests("POST", "/messages").await);
    goods_come_with_the_reply(
        &shop,
        &customer,
        &[("/channels/*/messages", limited.clone()), ("/channels/*/messages", limited)],
    )
    .await;
    assert_eq!(shop.requests("POST", "/messages").await, asked + 1, "a known limit is not tried again");
    let order = shop.sql("SELECT id FROM stockbot.orders ORDER BY created_at LIMIT 1").await;
    let again = customer.command("orders", json!({"id": order})).await;
    let goods = shop.world.discord.file(&again["response"]["attachments"][0]).await;
    assert!(goods.contains("key-1"), "{goods}");
}

#[tokio::test]
async fn purchases_in_a_row_fill_the_direct_channel_as_far_as_discord_lets_them_and_none_waits() {
    let units: Vec<String> = (1..=9).map(|n| format!("key-{n}")).collect();
    let (shop, _bot) = quiet_shop(&units.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let mut attached = 0;
    for _ in 0..units.len() {
        let receipt = buy(&customer).await;
        let here = !receipt["response"]["attachments"][0].is_null();
        assert_shows(&receipt, if here { "attached here" } else { "direct messages" });
        attached += usize::from(here);
    }
    assert_eq!(customer.direct_messages().await.len() + attached, units.len(), "each once");
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn goods_that_a_dead_pod_had_attached_to_the_reply_are_found_there_and_not_sent_again() {
    let (shop, mut bot) = quiet_shop(&["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    let limited = json!({"status": 429, "retry_after": 600});
    fault(&shop, "POST", "/channels/*/messages", limited, None).await;
    fault(&shop, "PATCH", "/webhooks/*/messages/@original", json!({"drop_reply": true}), None).await;
    let click = customer.click(&confirmation["response"], "sb1:ok:").await;
    let receipt = customer.settled(&click, "One moment").await;
    bot.process.kill().unwrap();
    assert_shows(&receipt, "attached here");
    assert_eq!(shop.sql("SELECT state FROM stockbot.orders").await, "paid", "it was not noted");

    shop.world.discord.delete("/faults").await;
    let due = "UPDATE stockbot.outbox SET next_at = now(), lease_until = now()";
    shop.database.execute(due).await;
    let _bot = shop.start("growshop-1-b");
    shop.until("SELECT delivered_via FROM stockbot.orders WHERE state = 'delivered'", "reply").await;
    assert!(customer.direct_messages().await.is_empty());
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_fresh_pod_counts_the_direct_channels_that_others_have_just_opened() {
    let (shop, bot) = quiet_shop(&["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    bot.stop().await;
    // As many as Discord allows; ahead of time, so that it does not matter how long the rest takes.
    shop.database
        .execute(&format!(
            "INSERT INTO stockbot.direct_channels (application_id, user_id, channel_id, opened_at)
             SELECT {}, n, n, now() + interval '1 hour' FROM generate_series(1, 10) AS n",
            shop.world.application
        ))
        .await;
    let _bot = shop.start("growshop-1-b").connected().await;
    assert_shows(&buy(&customer).await, "attached here");
    assert_eq!(shop.requests("POST", "/users/@me/channels").await, 0);
}

#[tokio::test]
async fn a_direct_channel_is_opened_once_kept_over_restarts_and_forgotten_when_it_is_gone() {
    let (shop, bot) = quiet_shop(&["key-1", "key-2", "key-3", "key-4"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    for _ in 0..2 {
        buy(&customer).await;
    }
    assert_eq!(shop.requests("POST", "/users/@me/channels").await, 1);
    bot.stop().await;
    let _bot = shop.start("growshop-1-b").connected().await;
    let confirmation = customer.choose("VIP", "1").await;
    let (posts, edits) = calls(&shop).await;
    customer.confirm(&confirmation).await;
    assert_eq!(shop.requests("POST", "/users/@me/channels").await, 1);
    assert_eq!(calls(&shop).await, (posts + 1, edits + 1), "goods and receipt are one call each");

    fault(&shop, "POST", "/channels/*/messages", json!({"status": 404, "code": 10003}), Some(1)).await;
    assert_shows(&buy(&customer).await, "direct messages");
    assert_eq!(shop.requests("POST", "/users/@me/channels").await, 2);
    assert_eq!(customer.direct_messages().await.len(), 4);
}

/// Messages posted, and replies edited.
async fn calls(shop: &Shop) -> (usize, usize) {
    (shop.requests("POST", "/messages").await, shop.requests("PATCH", "/messages/@original").await)
}

#[tokio::test]
async fn a_limit_of_ten_minutes_on_posts_holds_up_nothing_else_and_outlives_a_restart() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2", "key-3"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let history = format!("/channels/{}/messages", shop.world.history);
    fault(&shop, "POST", &history, json!({"status": 429, "retry_after": 600}), None).await;
    for _ in 0..2 {
        assert_shows(&buy(&customer).await, "direct messages");
    }
    let waiting = "SELECT count(*) FROM stockbot.outbox
        WHERE kind = 'history_post' AND state = 'pending' AND next_at > now() + interval '9 minutes'";
    shop.until(waiting, "2").await;
    assert_eq!(reqwest::get(format!("{}/livez", bot.http)).await.unwrap().status(), 200);
    bot.stop().await;

    let asked = shop.requests("POST", &history).await;
    let _bot = shop.start("growshop-1-b").connected().await;
    assert_shows(&buy(&customer).await, "direct messages");
    shop.until("SELECT count(*) FROM stockbot.outbox WHERE kind = 'log_post' AND order_id IS NOT NULL AND state = 'done'", "3").await;
    assert!(shop.requests("POST", &history).await <= asked + 1, "the old posts asked again");
}

#[tokio::test]
async fn goods_never_wait_for_posts_and_posts_that_queue_up_become_one_message() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2", "key-3", "key-4", "key-5"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let history = format!("/channels/{}/messages", shop.world.history);
    fault(&shop, "POST", &history, json!({"delay": "9s"}), Some(1)).await;
    for _ in 0..5 {
        assert_shows(&buy(&customer).await, "direct messages");
    }
    assert!(shop.world.messages(&shop.world.history).await.is_empty(), "the goods waited for the post");
    shop.until("SELECT count(*) FROM stockbot.orders WHERE state = 'delivered'", "5").await;

    let messages = eventually(DEADLINE, "all posts", || async {
        let messages = shop.world.messages(&shop.world.history).await;
        let posts: usize = messages.iter().map(|message| text_of(message).matches("Grower").count()).sum();
        if posts == 5 { Ok(messages) } else { Err(messages) }
    })
    .await;
    assert!(messages.len() < 5, "{} messages", messages.len());
    let log = shop.world.messages(&shop.world.log).await;
    for order in shop.sql("SELECT string_agg(id, ' ') FROM stockbot.orders").await.split(' ') {
        assert_eq!(log.iter().map(|message| text_of(message).matches(order).count()).sum::<usize>(), 1);
    }
    shop.assert_no_violations().await;
}
