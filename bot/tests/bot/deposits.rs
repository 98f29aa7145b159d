//! Deposits: by message and by signed request, each credited once, and what cannot be credited is kept and told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use stockbot_harness::{eventually, text_of};

use crate::support::{DEADLINE, Running, Shop, assert_shows};

/// A shop whose deposits come by a webhook; the channel, and the webhook's address.
async fn shop() -> (Shop, String, String) {
    let shop = Shop::of(json!({"privileged_intents": ["MESSAGE_CONTENT"]})).await;
    let wanted = json!({"name": "deposit", "webhook": true});
    let made = shop.world.discord.post(&format!("/guilds/{}/channels", shop.world.guild), wanted).await;
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    let (channel, webhook) = (text("id"), text("webhook_id"));
    let config = config.replace("  channels: {", &format!("  deposits: {{webhookId: \"{webhook}\", httpSecretRef: {{name: dep}}}}\n  channels: {{deposits: \"{channel}\", "));
    shop.write("config.yaml", &config);
    shop.write_secret("deposits-hmac", "a-key");
    (shop, channel, text("webhook_url"))
}

async fn tell(url: &str, body: Value) -> String {
    let answer = reqwest::Client::new().post(format!("{url}?wait=true")).json(&body).send().await.unwrap();
    let message: Value = answer.json().await.unwrap();
    message["id"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned()
}

async fn until_told(shop: &Shop, channel: &str, part: &str) {
    eventually(DEADLINE, part, || async {
        let text: Vec<String> = shop.world.messages(channel).await.iter().map(text_of).collect();
        if text.iter().any(|text| text.contains(part)) { Ok(()) } else { Err(text) }
    })
    .await;
}

/// Sends a signed request; status and body.
async fn request(bot: &Running, at: i64, body: &str) -> (u16, Value) {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"a-key").unwrap();
    mac.update(format!("{at}{body}").as_bytes());
    let mut signature = String::new();
    for byte in mac.finalize().into_bytes() {
        write!(signature, "{byte:02x}").unwrap();
    }
    let request = reqwest::Client::new().post(format!("{}/deposits", bot.http)).body(body.to_owned());
    let request =
        request.header("x-stockbot-timestamp", at.to_string()).header("x-stockbot-signature", signature);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[tokio::test]
async fn a_message_credits_once_and_says_who_got_what_and_the_new_balance() {
    let (shop, channel, webhook) = shop().await;
    let bot = shop.open().await;
    let customer = shop.customer("Grower_1", "").await;
    let message = tell(&webhook, json!({"content": "GrowID: grower_1\nDeposit: 50 World Lock"})).await;
    until_told(&shop, &channel, "New balance: **50 WL**").await;
    until_told(&shop, &shop.world.log, &format!("DEPOSIT {message}")).await;
    assert_shows(&customer.command("balance", json!({})).await, "Total: 50 WL");

    // An edit of what was credited changes nothing; one that could not be read is read then.
    let edit = |message: String, content: &str| {
        let body = json!({"content": content});
        let request = reqwest::Client::new().patch(format!("{webhook}/messages/{message}")).json(&body);
        async move { assert!(request.send().await.unwrap().status().is_success()) }
    };
    edit(message, "GrowID: Grower_1\nDeposit: 99 Diamond Lock").await;
    let unreadable = tell(&webhook, json!({"content": "GrowID: Grower_1 Deposit soon"})).await;
    until_told(&shop, &channel, "could not be read").await;
    edit(unreadable, "GrowID: Grower_1\nJumlah: 1 DL").await;
    until_told(&shop, &channel, "New balance: **1 DL 50 WL**").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.ledger_transfers WHERE kind = 'deposit'").await, "2");
    let metrics = reqwest::get(format!("{}/metrics", bot.http)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("stockbot_deposits_total{outcome=\"credited\"} 2"), "{metrics}");
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn messages_that_arrived_while_the_bot_was_away_are_credited_when_it_is_back() {
    let (shop, channel, webhook) = shop().await;
    let bot = shop.open().await;
    shop.customer("Grower_1", "").await;
    tell(&webhook, json!({"content": "GrowID: Grower_1\nDeposit: 5 World Lock"})).await;
    until_told(&shop, &channel, "New balance: **5 WL**").await;
    bot.stop().await;
    tell(
        &webhook,
        json!({"embeds": [{"description": "Player | Item | Amount\nGrower_1 | Diamond Lock | 2"}]}),
    )
    .await;
    let _bot = shop.open().await;
    until_told(&shop, &channel, "New balance: **2 DL 5 WL**").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.deposits").await, "2");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn what_others_write_in_the_channel_credits_nobody_and_is_audited() {
    let (shop, channel, webhook) = shop().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower_1", "").await;
    let forged = json!({"channel_id": channel, "content": "GrowID: Grower_1\nDeposit: 50 Blue Gem Lock"});
    shop.world.discord.post(&format!("/users/{}/message", customer.id), forged).await;
    let other = json!({"name": "other", "webhook": true});
    let other = shop.world.discord.post(&format!("/guilds/{}/channels", shop.world.guild), other).await;
    tell(other["webhook_url"].as_str().unwrap(), json!({"content": "GrowID: Grower_1\nDeposit: 50 DL"}))
        .await;
    tell(&webhook, json!({"content": "GrowID: Grower_1\nDeposit: 1 WL"})).await;
    until_told(&shop, &channel, "New balance: **1 WL**").await;
    let forged = "SELECT count(*) FROM stockbot.discord_audit_logs WHERE action = 'security.deposit_forged'";
    assert_eq!(shop.sql(forged).await, "1");
    assert_shows(&customer.command("balance", json!({})).await, "Total: 1 WL");
}

#[tokio::test]
async fn unclaimed_deposits_and_those_above_the_cap_are_kept_and_given_once() {
    let (shop, channel, webhook) = shop().await;
    let _bot = shop.open().await;
    tell(&webhook, json!({"content": "GrowID: Nobody\nDeposit: 3 Diamond Lock"})).await;
    until_told(&shop, &channel, "nobody is registered under that name").await;
    let customer = shop.customer("Grower_1", "").await;
    assert_shows(&shop.admin.command("deposit list", json!({})).await, "Nobody · 3 DL");
    let id = shop.sql("SELECT id FROM stockbot.deposits").await;
    let claim = json!({"deposit": id, "customer": "Grower_1"});
    assert_shows(&shop.admin.command("deposit claim", claim.clone()).await, "has 3 DL now");
    assert_shows(&shop.admin.command("deposit claim", claim).await, "waits");

    tell(&webhook, json!({"content": "GrowID: Grower_1\nDeposit: 100 Blue Gem Lock"})).await;
    until_told(&shop, &channel, "it would exceed the limit").await;
    assert_shows(&customer.command("balance", json!({})).await, "3 DL");
    let id = shop.sql("SELECT max(id) FROM stockbot.deposits").await;
    let claim = json!({"deposit": id, "customer": "Grower_1"});
    assert_shows(&shop.admin.command("deposit claim", claim).await, "at most");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn signed_requests_are_credited_once_and_others_not_at_all() {
    let (shop, channel, _) = shop().await;
    let bot = shop.open().await;
    let customer = shop.customer("Grower_1", "").await;
    let body = r#"{"requestId": "r-1", "growId": "Grower_1", "amount": "1 DL 50 WL"}"#;
    let (status, answer) = request(&bot, now(), body).await;
    assert_eq!((status, &answer["data"]), (200, &json!({"outcome": "credited", "balance": 150})));
    until_told(&shop, &channel, "New balance: **1 DL 50 WL**").await;
    let (status, answer) = request(&bot, now(), body).await;
    assert_eq!((status, &answer["data"]["outcome"]), (200, &json!("known")));
    // Twice at once: one of them.
    let body = r#"{"requestId": "r-2", "growId": "grower_1", "amount": 5}"#;
    let (one, two) = tokio::join!(request(&bot, now(), body), request(&bot, now(), body));
    let mut outcomes =
        [one.1["data"]["outcome"].clone(), two.1["data"]["outcome"].clone()].map(|o| o.to_string());
    outcomes.sort();
    assert_eq!(outcomes, ["\"credited\"", "\"known\""]);

    for (at, body, status) in [
        (now() - 400, r#"{"requestId": "r-3", "growId": "Grower_1", "amount": 5}"#, 401),
        (now() + 400, r#"{"requestId": "r-3", "growId": "Grower_1", "amount": 5}"#, 401),
        (now(), r#"{"requestId": "r-3", "growId": "Grower_1", "amount": -5}"#, 400),
        (now(), r#"{"requestId": "r-3", "growId": "Grower_1", "amount": "1 DL 2 DL"}"#, 400),
        (now(), r#"{"requestId": "", "growId": "Grower_1", "amount": 5}"#, 400),
        (now(), r#"{"growId": "Grower_1", "amount": 5}"#, 400),
        (now(), "GrowID: Grower_1", 400),
    ] {
        let (answered, error) = request(&bot, at, body).await;
        assert_eq!((answered, error["success"].as_bool()), (status, Some(false)), "{body}: {error}");
    }
    let unsigned =
        reqwest::Client::new().post(format!("{}/deposits", bot.http)).body(body).send().await.unwrap();
    assert_eq!(unsigned.status().as_u16(), 401);
    assert_shows(&customer.command("balance", json!({})).await, "1 DL 55 WL");
    shop.assert_audit_is_clean().await;
}
