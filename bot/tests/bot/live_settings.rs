//! What the table of live settings promises: a running bot takes them over without a restart.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::{Value, json};
use stockbot_harness::eventually;

use crate::support::{DEADLINE, Shop, assert_shows};

fn config(shop: &Shop) -> String {
    std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap()
}

async fn largest_quantity(shop: &Shop) -> Value {
    let commands = shop
        .world
        .discord
        .get(&format!("/users/{}/commands?channel_id={}", shop.admin.id, shop.world.channel))
        .await;
    let text = commands.to_string();
    let command = commands.as_array().into_iter().flatten().find(|command| command["name"] == "buy").cloned();
    let options = command.map(|command| command["options"].clone()).unwrap_or_default();
    let quantity =
        options.as_array().into_iter().flatten().find(|option| option["name"] == "quantity").cloned();
    quantity.unwrap_or_else(|| panic!("no quantity: {text}"))["max_value"].clone()
}

#[tokio::test]
async fn admins_language_and_quantity_change_while_the_bot_runs() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    let other = shop.world.manager("Other").await;
    let refused = other.command("product add", json!({"code": "VIP", "name": "VIP", "price": "5"})).await;
    assert_shows(&refused, "administrators");
    assert_eq!(largest_quantity(&shop).await, 999);

    let changed = config(&shop)
        .replace(&format!("users: [\"{}\"]", shop.admin.id), &format!("users: [\"{}\"]", other.id))
        .replace("locale: en", "locale: id\n  maxQuantity: 7");
    shop.write("config.yaml", &changed);
    eventually(DEADLINE, "the new quantity is registered", || async {
        let now = largest_quantity(&shop).await;
        if now == 7 { Ok(()) } else { Err(now) }
    })
    .await;
    assert_shows(
        &other.command("product add", json!({"code": "VIP", "name": "VIP", "price": "5"})).await,
        "VIP",
    );
    shop.world.live_message_shows("diperbarui").await;
    assert_eq!(shop.world.identifies().await, 1, "the bot was not restarted");
    bot.stop().await;
}

#[tokio::test]
async fn the_shape_of_the_log_follows_the_configuration() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    let is_json = |line: &str| serde_json::from_str::<Value>(line).is_ok();
    assert!(bot.process.output().lines().all(is_json), "{}", bot.process.output());
    shop.write("config.yaml", &format!("{}logging: {{format: text}}\n", config(&shop)));
    eventually(DEADLINE, "a line of text", || async {
        let output = bot.process.output();
        if output.lines().last().is_some_and(|line| !is_json(line)) { Ok(()) } else { Err(output) }
    })
    .await;
    shop.write("config.yaml", &config(&shop).replace("format: text", "format: json"));
    eventually(DEADLINE, "a line of JSON", || async {
        let output = bot.process.output();
        if output.lines().last().is_some_and(is_json) { Ok(()) } else { Err(output) }
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_setting_of_a_later_release_is_told_and_the_bot_runs_on() {
    let shop = Shop::new().await;
    let later = format!("contract: 99\ntenants: {{max: 5}}\n{}  layout: {{columns: 2}}\n", config(&shop));
    shop.write("config.yaml", &later);
    let bot = shop.open().await;
    let status = bot.status().await.unwrap();
    assert_eq!(status["unknownSettings"], json!(["tenants", "displays[0].layout"]), "{status}");
    assert!(bot.process.output().contains("use a newer bot image"));
    let path = shop.folder.path().join("config.yaml").display().to_string();
    let mut check =
        stockbot_harness::Process::spawn(env!("CARGO_BIN_EXE_stockbot"), ["check-config", &path], &[])
            .unwrap();
    assert_eq!(check.wait_exit(DEADLINE).await.unwrap().code(), Some(64));
    assert!(check.output().contains("tenants"), "{}", check.output());
}
