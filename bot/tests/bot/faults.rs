//! Restarts, faults and bad input: nothing is lost or doubled, and the reason is told.

use serde_json::json;
use stockbot_harness::eventually;

use crate::support::{DEADLINE, Shop, assert_shows};

#[tokio::test]
async fn a_rejected_token_ends_with_65_and_uses_no_session_start() {
    let shop = Shop::new().await;
    shop.write_secret("token", "wrong");
    let mut bot = shop.start("growshop-1-a");
    let status = bot.process.wait_exit(DEADLINE).await.unwrap();
    assert_eq!(status.code(), Some(65), "{}", bot.process.output());
    assert!(bot.process.output().contains("put the new one into the Secret"));
    assert_eq!(shop.world.identifies().await, 0);
}

#[tokio::test]
async fn a_malformed_configuration_or_secret_ends_with_64_and_names_the_place() {
    let shop = Shop::new().await;
    shop.write_secret("token", "");
    let mut bot = shop.start("growshop-1-a");
    assert_eq!(bot.process.wait_exit(DEADLINE).await.unwrap().code(), Some(64));
    assert!(bot.process.output().contains("secrets/token"), "{}", bot.process.output());
    shop.write("config.yaml", "bot: growshop\nnamespace: [");
    let mut bot = shop.start("growshop-1-a");
    assert_eq!(bot.process.wait_exit(DEADLINE).await.unwrap().code(), Some(64));
    assert!(bot.process.output().contains("config.yaml"));
}

#[tokio::test]
async fn an_unreachable_database_keeps_the_bot_waiting_and_not_ready() {
    let shop = Shop::new().await;
    let nowhere = format!("postgres://a:b@127.0.0.1:{}/c", stockbot_harness::free_port());
    shop.write_secret("database-url", &nowhere);
    let bot = shop.start("growshop-1-a");
    bot.until("the database is missed", |status| status["database"]["state"] == "Unreachable").await;
    let ready = reqwest::get(format!("{}/readyz", bot.http)).await.unwrap();
    assert_eq!(ready.status(), 503);
    assert_eq!(reqwest::get(format!("{}/livez", bot.http)).await.unwrap().status(), 200);
    assert_eq!(shop.world.identifies().await, 0);
    let mut migrate = shop.spawn("migrate", &["--wait", "1"], "migrate");
    assert_eq!(migrate.wait_exit(DEADLINE).await.unwrap().code(), Some(69));
}

#[tokio::test]
async fn a_bot_that_dies_after_the_acknowledgement_delivers_after_its_restart() {
    let shop = Shop::new().await;
    let mut bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    // Deliveries hang, so the process dies between the sale and the goods.
    let fault = json!({"match": {"method": "POST", "path": "/users/@me/channels"}, "effect": {"delay": "9s"}, "times": 1});
    shop.world.discord.post("/faults", fault).await;
    customer.click(&confirmation["response"], "sb1:ok:").await;
    eventually(DEADLINE, "the sale is committed", || async {
        let orders = shop.sql("SELECT count(*) FROM stockbot.orders").await;
        if orders == "1" { Ok(()) } else { Err(orders) }
    })
    .await;
    bot.process.kill().unwrap();
    // Its lease on the job is what a dead pod leaves behind; an hour later it would have run out as well.
    shop.database.execute("UPDATE stockbot.outbox SET next_at = now() - interval '1 second', lease_until = NULL WHERE state = 'pending'").await;

    let _bot = shop.start("growshop-1-a").connected().await;
    let (_, goods) = customer.delivery().await;
    assert!(goods.contains("key-1"));
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_lost_answer_to_a_delivery_sends_the_goods_once() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    let fault = json!({"match": {"method": "POST", "path": "/channels/*/messages"}, "effect": {"drop_reply": true}, "times": 2});
    shop.world.discord.post("/faults", fault).await;

    assert_shows(&customer.confirm(&confirmation).await, "direct messages");
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn an_acknowledgement_that_is_too_late_sells_nothing() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    let fault = json!({"match": {"path": "/interactions/*/*/callback"}, "effect": {"status": 404, "code": 10062}, "times": 1});
    shop.world.discord.post("/faults", fault).await;
    customer.click(&confirmation["response"], "sb1:ok:").await;
    // The next command is handled after it.
    customer.command("balance", json!({})).await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.stock_units WHERE state = 'available'").await, "1");
}

/// The stand-in answers the first acknowledgements of the next interaction like this.
async fn acknowledgements_fail(shop: &Shop, effect: serde_json::Value, times: u32) {
    let fault = json!({"match": {"method": "POST", "path": "/interactions/*/*/callback"}, "effect": effect, "times": times});
    shop.world.discord.post("/faults", fault).await;
}

#[tokio::test]
async fn an_acknowledgement_that_discord_fails_is_tried_again_while_the_user_waits() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let live = shop.world.live_message().await;
    acknowledgements_fail(&shop, json!({"status": 503}), 3).await;
    assert_shows(&customer.click(&live, "sb1:live:balance").await, "1 DL");
    acknowledgements_fail(&shop, json!({"reset": true}), 3).await;
    assert_shows(&customer.command("balance", json!({})).await, "1 DL");
    let confirmation = customer.choose("VIP", "1").await;
    acknowledgements_fail(&shop, json!({"status": 500}), 3).await;
    assert_shows(&customer.confirm(&confirmation).await, "direct messages");
}

#[tokio::test]
async fn an_acknowledgement_of_which_nobody_knows_is_followed_by_an_answer() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    // It arrives, and the bot never hears of it.
    acknowledgements_fail(&shop, json!({"drop_reply": true}), 1).await;
    acknowledgements_fail(&shop, json!({"status": 500}), 1000).await;
    let click = customer.click(&confirmation["response"], "sb1:ok:").await;
    eventually(DEADLINE, "the bot gives up", || async {
        let output = bot.process.output();
        if output.contains("an interaction failed") { Ok(()) } else { Err(output) }
    })
    .await;
    shop.world.discord.delete("/faults").await;
    let answer = customer.settled(&click, "One moment").await;
    assert_shows(&answer, "something went wrong");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0", "nothing was bought");
}
