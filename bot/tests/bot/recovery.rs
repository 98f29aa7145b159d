//! A pod that dies or ends at any step of an interaction: its successor finishes, answers, or leaves alone what nobody waits for.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use serde_json::{Value, json};
use stockbot_harness::{Person, eventually};

use crate::support::{DEADLINE, Running, Shop, assert_shows};

/// A shop with one unit, its running bot, a customer who can pay, and the customer's confirmation.
async fn about_to_buy() -> (Shop, Running, Person, Value) {
    about_to_buy_in(Shop::new().await).await
}

/// The same in a shop that is not open yet.
async fn about_to_buy_in(shop: Shop) -> (Shop, Running, Person, Value) {
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    (shop, bot, customer, confirmation)
}

async fn delay(shop: &Shop, method: &str, path: &str) {
    let fault = json!({"match": {"method": method, "path": path}, "effect": {"delay": "8s"}, "times": 1});
    shop.world.discord.post("/faults", fault).await;
}

/// Presses a button and waits for nothing.
async fn press(customer: &Person, message: &Value, prefix: &str) -> Value {
    let ids = stockbot_harness::custom_ids(message);
    let id = ids.iter().find(|id| id.starts_with(prefix)).unwrap();
    let click = json!({"message_id": message["id"], "custom_id": id});
    customer.world.discord.post(&format!("/users/{}/click", customer.id), click).await
}

/// Ends every lease and makes every interaction old, as if a minute had passed.
async fn a_minute_later(shop: &Shop) {
    let past = "now() - interval '1 minute'";
    shop.database
        .execute(&format!(
            "UPDATE stockbot.outbox SET next_at = {past}, lease_until = {past} WHERE state = 'pending';
             UPDATE stockbot.interactions SET received_at = {past}"
        ))
        .await;
}

async fn successor(shop: &Shop) -> Running {
    a_minute_later(shop).await;
    shop.start("growshop-2-a").connected().await
}

const OPEN: &str = "SELECT count(*) FROM stockbot.interactions WHERE finished_at IS NULL";

#[tokio::test]
async fn death_before_the_acknowledgement_sells_nothing() {
    let (shop, mut bot, customer, confirmation) = about_to_buy().await;
    delay(&shop, "POST", "/interactions/*/*/callback").await;
    press(&customer, &confirmation["response"], "sb1:ok:").await;
    shop.until(OPEN, "1").await;
    bot.process.kill().unwrap();

    let _bot = successor(&shop).await;
    shop.until("SELECT count(*) FROM stockbot.interactions WHERE state = 'too_late'", "1").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn death_between_the_acknowledgement_and_the_commit_buys_once_and_delivers() {
    let (shop, mut bot, customer, confirmation) = about_to_buy().await;
    // The sale waits for the shop's doors, which somebody else holds.
    let holder = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut doors = holder.begin().await.unwrap();
    let hold = "SELECT pg_advisory_xact_lock(stockbot.lock_key('doors', id)) FROM stockbot.shops";
    sqlx::query(hold).execute(&mut *doors).await.unwrap();
    let pressed = press(&customer, &confirmation["response"], "sb1:ok:").await;
    let path = format!("/interactions/{}", pressed["interaction_id"].as_str().unwrap());
    eventually(DEADLINE, "the acknowledgement", || async {
        let seen = shop.world.discord.get(&path).await;
        if seen["callback"].is_null() { Err(seen) } else { Ok(()) }
    })
    .await;
    bot.process.kill().unwrap();
    doors.rollback().await.unwrap();
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");

    let _bot = successor(&shop).await;
    let (_, goods) = customer.delivery().await;
    assert!(goods.contains("key-1"));
    assert_shows(
        &customer.settled(&shop.world.discord.get(&path).await, "One moment").await,
        "direct messages",
    );
    shop.until(OPEN, "0").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "1");
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn death_between_the_goods_and_their_note_sends_them_no_second_time() {
    let (shop, mut bot, customer, confirmation) = about_to_buy().await;
    delay(&shop, "PATCH", "/webhooks/*/*/messages/@original").await;
    let pressed = press(&customer, &confirmation["response"], "sb1:ok:").await;
    customer.delivery().await;
    bot.process.kill().unwrap();
    assert_eq!(shop.sql("SELECT state FROM stockbot.orders").await, "paid");
    // Discord's memory of nonces is over as well by then.
    let _bot = successor(&shop).await;
    shop.until("SELECT state FROM stockbot.orders", "delivered").await;
    let path = format!("/interactions/{}", pressed["interaction_id"].as_str().unwrap());
    assert_shows(
        &customer.settled(&shop.world.discord.get(&path).await, "One moment").await,
        "direct messages",
    );
    assert_eq!(customer.direct_messages().await.len(), 1);
    assert!(shop.requests("GET", "/messages").await > 0, "nobody looked");
    shop.until(OPEN, "0").await;
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn an_answer_that_a_dead_pod_owed_is_given_by_its_successor() {
    let (shop, mut bot, customer, _) = about_to_buy().await;
    delay(&shop, "PATCH", "/webhooks/*/*/messages/@original").await;
    let place = json!({"guild_id": shop.world.guild, "channel_id": shop.world.channel, "name": "stock list", "options": {}});
    let asked = shop.world.discord.post(&format!("/users/{}/command", customer.id), place).await;
    let path = format!("/interactions/{}", asked["interaction_id"].as_str().unwrap());
    eventually(DEADLINE, "the acknowledgement", || async {
        let seen = shop.world.discord.get(&path).await;
        if seen["callback"].is_null() { Err(seen) } else { Ok(()) }
    })
    .await;
    bot.process.kill().unwrap();

    let _bot = successor(&shop).await;
    assert_shows(&customer.settled(&shop.world.discord.get(&path).await, "thinking").await, "interrupted");
    shop.until(OPEN, "0").await;
}

#[tokio::test]
async fn a_pod_that_is_told_to_end_first_finishes_what_it_has_begun() {
    let (shop, bot, customer, confirmation) = about_to_buy().await;
    let fault = json!({"match": {"method": "POST", "path": "/channels/*/messages"}, "effect": {"delay": "3s"}, "times": 1});
    shop.world.discord.post("/faults", fault).await;
    press(&customer, &confirmation["response"], "sb1:ok:").await;
    shop.until("SELECT count(*) FROM stockbot.orders", "1").await;
    bot.stop().await;
    assert_eq!(shop.sql("SELECT state FROM stockbot.orders").await, "delivered");
    assert_eq!(shop.sql(OPEN).await, "0");
    assert_eq!(customer.direct_messages().await.len(), 1);
}

#[tokio::test]
async fn what_was_begun_is_waited_for_no_longer_than_the_pod_may_live() {
    let shop = Shop::new().await;
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    shop.write("config.yaml", &format!("{config}terminationGracePeriodSeconds: 12\n"));
    let (shop, mut bot, customer, confirmation) = about_to_buy_in(shop).await;
    let fault =
        json!({"match": {"method": "POST", "path": "/channels/*/messages"}, "effect": {"delay": "1h"}});
    shop.world.discord.post("/faults", fault).await;
    press(&customer, &confirmation["response"], "sb1:ok:").await;
    shop.until("SELECT count(*) FROM stockbot.orders", "1").await;
    bot.process.signal("TERM").unwrap();
    // Two seconds of its twelve, and time enough for a busy machine; those of the usual thirty would be twenty.
    let status = bot.process.wait_exit(Duration::from_secs(15)).await.unwrap();
    assert!(status.success(), "{}", bot.process.output());

    shop.world.discord.delete("/faults").await;
    let _bot = successor(&shop).await;
    shop.until("SELECT state FROM stockbot.orders", "delivered").await;
    assert_eq!(customer.direct_messages().await.len(), 1);
}

#[tokio::test]
async fn no_row_keeps_a_token_beyond_its_15_minutes() {
    let (shop, bot, customer, confirmation) = about_to_buy().await;
    let refused = json!({"status": 403, "code": 50013});
    let history = format!("/channels/{}/messages", shop.world.history);
    let fault = json!({"match": {"method": "POST", "path": history}, "effect": refused});
    shop.world.discord.post("/faults", fault).await;
    customer.confirm(&confirmation).await;
    shop.until("SELECT count(*) FROM stockbot.outbox WHERE state = 'failed'", "1").await;
    bot.stop().await;
    let tokens = "SELECT (SELECT count(*) FROM stockbot.interactions WHERE token <> '')
        || ' ' || (SELECT count(*) FROM stockbot.outbox WHERE payload->>'token' <> '')";
    assert_eq!(
        shop.sql(tokens).await,
        "0 2",
        "those of the goods and of the receipt, while they may be of use"
    );
    shop.database
        .execute(
            "UPDATE stockbot.interactions SET received_at = received_at - interval '15 minutes';
             UPDATE stockbot.outbox SET created_at = created_at - interval '15 minutes'",
        )
        .await;
    let _bot = shop.start("growshop-1-b");
    shop.until(tokens, "0 0").await;
}
