//! No secret in any line of the bot's log, at the level that tells most, in either shape.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::{Value, json};

use crate::support::{Shop, assert_shows};

/// What customers pay for, and what else must stay between two parties.
const GOODS: [&str; 3] = ["canary-goods-1", "canary-goods-2", "canary-goods-3"];

/// Everything that people do with the bot once, well and badly; the interactions.
async fn walk_through(shop: &Shop) -> Vec<Value> {
    let customer = shop.customer("Grower", "1 DL").await;
    let live = shop.world.live_message_shows("Name of VIP").await;
    let mut done = Vec::new();
    for button in ["register", "balance", "world", "buy", "history"] {
        done.push(customer.click(&live, &format!("sb1:live:{button}")).await);
    }
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;
    assert_shows(&receipt, "direct messages");
    done.push(receipt);
    done.push(customer.choose("VIP", "99").await);
    let order = shop.sql("SELECT id FROM stockbot.orders").await;
    for (command, options) in [
        ("orders", json!({"id": order})),
        ("orders", json!({"id": "nothing"})),
        ("history", json!({})),
        ("stock list", json!({})),
        ("stock add", json!({"code": "VIP", "text": GOODS[2]})),
    ] {
        done.push(customer.command(command, options).await);
    }
    done.push(shop.admin.command("stock add", json!({"code": "VIP", "text": GOODS[2]})).await);
    // Discord fails in the middle of a delivery: the reason is logged, the goods are not.
    let faults = [
        json!({"match": {"path": "/channels/*/messages"}, "effect": {"status": 500}, "times": 1}),
        json!({"match": {"path": "/webhooks/*"}, "effect": {"reset": true}, "times": 1}),
    ];
    for fault in faults {
        shop.world.discord.post("/faults", fault).await;
    }
    let again = customer.choose("VIP", "1").await;
    done.push(customer.confirm(&again).await);
    customer.delivery().await;
    done
}

#[tokio::test]
async fn secrets_never_reach_the_log() {
    for format in ["json", "text"] {
        let shop = Shop::new().await;
        let config = std::fs::read_to_string(shop.folder.path().join("config.yaml")).unwrap();
        shop.write("config.yaml", &format!("{config}logging: {{level: trace, format: {format}}}\n"));
        let bot = shop.open().await;
        shop.stock("VIP", "5", &GOODS[..2]).await;
        let done = walk_through(&shop).await;
        let log = bot.process.output();
        assert!(log.contains("slash commands registered"), "there is a log: {log}");

        let tokens = done.iter().map(|interaction| interaction["token"].as_str().unwrap().to_owned());
        let mut secrets: Vec<String> = tokens.collect();
        assert!(secrets.len() > 10 && secrets.iter().all(|token| token.len() > 20));
        let session = shop.sql("SELECT session_id FROM stockbot.shard_leases").await;
        let password = shop.database.url.split(['/', ':', '@']).nth(4).unwrap();
        secrets.extend([
            shop.world.token.clone(),
            shop.database.url.clone(),
            format!(":{password}@"),
            session,
        ]);
        secrets.extend(GOODS.map(str::to_owned));
        for secret in &secrets {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} is in the log");
        }
        bot.stop().await;
    }
}
