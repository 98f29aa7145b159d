//! Others with the same application or the same token: each leaves the other's customers alone.

use serde_json::{Value, json};
use stockbot_harness::eventually;

use crate::support::{DEADLINE, Shop, assert_shows};

#[tokio::test]
async fn an_interaction_of_another_guild_is_left_to_its_own_bot() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let world = &shop.world;
    let other = json!({"name": "Other", "applications": [world.application]});
    let guild = world.discord.post("/guilds", other).await["id"].as_str().unwrap().to_owned();
    let channel = world.discord.post(&format!("/guilds/{guild}/channels"), json!({"name": "stok"})).await;
    let member = world.discord.post(&format!("/guilds/{guild}/members"), json!({"name": "Stranger"})).await;
    let path =
        format!("{}/api/v10/applications/{}/guilds/{guild}/commands", shop.sim.url(), world.application);
    let request = reqwest::Client::new()
        .put(path)
        .json(&json!([{"name": "balance", "description": "of the other bot"}]));
    let request = request
        .header("authorization", format!("Bot {}", world.token))
        .header("user-agent", "DiscordBot (x, 1)");
    assert!(request.send().await.unwrap().status().is_success());

    let user = member["user_id"].as_str().unwrap();
    let command = json!({"guild_id": guild, "channel_id": channel["id"], "name": "balance"});
    let asked = world.discord.post(&format!("/users/{user}/command"), command).await;
    // The gateway keeps the order: this one is handled after it.
    let customer = shop.customer("Grower", "").await;
    assert_shows(&customer.command("balance", json!({})).await, "0 WL");
    let id = asked["interaction_id"].as_str().unwrap();
    assert_eq!(shop.callbacks(&format!("/interactions/{id}/")).await, 0);
    assert_eq!(shop.sql(&format!("SELECT count(*) FROM stockbot.interactions WHERE id = {id}")).await, "0");
}

#[tokio::test]
async fn a_click_that_another_deployment_has_acknowledged_does_nothing_and_is_told() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    let fault = json!({"match": {"path": "/interactions/*/*/callback"}, "effect": {"status": 400, "code": 40060}, "times": 1});
    shop.world.discord.post("/faults", fault).await;
    let id = confirmation["response"]["id"].clone();
    let ids = stockbot_harness::custom_ids(&confirmation["response"]);
    let confirm = ids.iter().find(|id| id.starts_with("sb1:ok:")).unwrap();
    shop.world
        .discord
        .post(&format!("/users/{}/click", customer.id), json!({"message_id": id, "custom_id": confirm}))
        .await;
    let told = |status: &Value| {
        status["lastError"]["message"]
            .as_str()
            .is_some_and(|message| message.contains("uses this bot's token"))
    };
    let status = bot.until("it is told", told).await;
    assert!(
        status["troubles"]["token"].as_str().is_some_and(|told| told.contains("another program")),
        "{status}"
    );
    assert!(bot.process.output().contains("uses this bot's token"));
    eventually(DEADLINE, "the interaction is over", || async {
        let state =
            shop.sql("SELECT state FROM stockbot.interactions ORDER BY received_at DESC LIMIT 1").await;
        if state == "too_late" { Ok(()) } else { Err(state) }
    })
    .await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.stock_units WHERE state = 'available'").await, "1");
    shop.assert_audit_is_clean().await;
}
