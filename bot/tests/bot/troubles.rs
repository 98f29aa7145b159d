//! What does not work although the bot runs is told in `/status`, in words that say what to do, until it works.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::{Value, json};

use crate::support::Shop;

fn says(status: &Value, about: &str, part: &str) -> bool {
    status["troubles"][about].as_str().is_some_and(|message| message.contains(part))
}

fn replace(shop: &Shop, from: &str, to: &str) {
    let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
    assert!(config.contains(from), "{from} is not in {config}");
    shop.write("config.yaml", &config.replace(from, to));
}

#[tokio::test]
async fn channels_that_are_not_there_are_named_until_they_are_corrected() {
    let shop = Shop::new().await;
    let (history, log) = (shop.world.history.clone(), shop.world.log.clone());
    let missing = "1100000000000000098";
    replace(&shop, &format!("history: \"{history}\""), &format!("history: \"{missing}\""));
    let all = format!("log: \"{log}\", restock: \"{missing}\", deposits: \"{missing}\"");
    replace(&shop, &format!("log: \"{log}\""), &all);
    let bot = shop.start("growshop-1-a");
    for name in ["history", "restock", "deposits"] {
        let name = format!("shop.channels.{name}");
        bot.until("it is named", |status| {
            says(status, &name, "does not exist") && says(status, &name, missing)
        })
        .await;
    }
    assert!(bot.status().await.unwrap()["troubles"]["shop.channels.log"].is_null());
    replace(&shop, missing, &history);
    bot.until("nothing is wrong", |status| status["troubles"].is_null()).await;
}

#[tokio::test]
async fn a_channel_that_takes_no_posts_is_named_until_it_does() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let refused = json!({"status": 403, "code": 50013});
    let history = format!("/channels/{}/messages", shop.world.history);
    let fault = json!({"match": {"method": "POST", "path": history}, "effect": refused});
    shop.world.discord.post("/faults", fault).await;
    customer.confirm(&customer.choose("VIP", "1").await).await;
    let about = "posts to shop.channels.history";
    bot.until("it is named", |status| says(status, about, "Send Messages")).await;
    shop.world.discord.delete("/faults").await;
    customer.confirm(&customer.choose("VIP", "1").await).await;
    bot.until("it works", |status| status["troubles"].is_null()).await;
}

#[tokio::test]
async fn a_schema_that_is_gone_is_told_by_its_name() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    shop.database.execute("DROP SCHEMA stockbot CASCADE").await;
    let told = |status: &Value| {
        status["database"]["state"] == "MigrationFailed"
            && status["database"]["message"].as_str().is_some_and(|why| why.contains("stockbot."))
    };
    let status = bot.until("it is told", told).await;
    assert_eq!(status["ready"], false, "{status}");
}
