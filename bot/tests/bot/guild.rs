//! The bot's guild: its commands, and what happens when the bot is removed and comes back.

use serde_json::{Value, json};
use stockbot_harness::eventually;

use crate::support::{DEADLINE, Running, Shop, assert_shows};

async fn kick(shop: &Shop) {
    let place = format!("/guilds/{}/applications/{}", shop.world.guild, shop.world.application);
    shop.world.discord.delete(&place).await;
}

async fn invite(shop: &Shop) {
    let application = json!({"application_id": shop.world.application});
    shop.world.discord.post(&format!("/guilds/{}/applications", shop.world.guild), application).await;
}

async fn until_found(bot: &Running, found: bool) -> Value {
    bot.until(&format!("guildFound {found}"), |status| status["guildFound"] == found).await
}

/// Waits until this many sets of commands were sent.
async fn until_registered(shop: &Shop, times: usize) {
    eventually(DEADLINE, "commands are registered", || async {
        let sent = shop.requests("PUT", "/commands").await;
        if sent == times { Ok(()) } else { Err(sent) }
    })
    .await;
}

#[tokio::test]
async fn commands_are_registered_once_and_not_again_by_a_restart() {
    let shop = Shop::new().await;
    shop.open().await.stop().await;
    shop.open().await.stop().await;
    assert_eq!(shop.requests("PUT", "/commands").await, 1);
}

#[tokio::test]
async fn commands_that_the_guild_has_lost_or_that_have_changed_are_registered_again() {
    let shop = Shop::new().await;
    shop.open().await.stop().await;
    let path = format!(
        "{}/api/v10/applications/{}/guilds/{}/commands",
        shop.sim.url(),
        shop.world.application,
        shop.world.guild
    );
    let other = json!([{"name": "other", "description": "of another program"}]);
    let request = reqwest::Client::new().put(path).json(&other);
    let request = request
        .header("authorization", format!("Bot {}", shop.world.token))
        .header("user-agent", "DiscordBot (x, 1)");
    assert!(request.send().await.unwrap().status().is_success());

    let _bot = shop.open().await;
    assert_eq!(shop.requests("PUT", "/commands").await, 3);
    let customer = shop.customer("Grower", "").await;
    assert_shows(&customer.command("balance", json!({})).await, "0 WL");

    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    shop.write("config.yaml", &config.replace("  locale: en\n", "  locale: en\n  maxQuantity: 5\n"));
    until_registered(&shop, 4).await;
}

#[tokio::test]
async fn a_bot_that_is_removed_says_so_and_is_whole_again_when_it_is_back() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    until_found(&bot, true).await;
    kick(&shop).await;
    let status = until_found(&bot, false).await;
    let message = status["lastError"]["message"].as_str().unwrap();
    assert!(message.contains("invite it"), "{message}");

    invite(&shop).await;
    until_found(&bot, true).await;
    until_registered(&shop, 2).await;
    let customer = shop.customer("Grower", "").await;
    assert_shows(&customer.command("balance", json!({})).await, "0 WL");
    assert_eq!(shop.world.identifies().await, 1);
}

#[tokio::test]
async fn a_removal_that_was_missed_is_noticed_with_the_next_session() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    until_found(&bot, true).await;
    // The session dies with the news in it.
    shop.world.gateway("pause", json!({"for": "3s"})).await;
    kick(&shop).await;
    shop.world.gateway("invalidate", json!({})).await;
    until_found(&bot, false).await;
    assert_eq!(shop.world.identifies().await, 2);
    invite(&shop).await;
    until_found(&bot, true).await;
}

#[tokio::test]
async fn only_the_pod_that_owns_the_guilds_shard_speaks_of_it() {
    let shop = Shop::new().await;
    let old = shop.open().await;
    let new = shop.start("growshop-2-a").connected().await;
    until_found(&new, true).await;
    old.until("it says nothing", |status| status["guildFound"].is_null()).await;
    kick(&shop).await;
    until_found(&new, false).await;
    assert!(old.status().await.unwrap()["guildFound"].is_null());
}
