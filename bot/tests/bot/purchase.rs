//! Buying, as customers see it: the goods once, the money once, a reason for every refusal.

use serde_json::json;
use stockbot_harness::text_of;

use crate::support::{DEADLINE, Shop, assert_shows};

#[tokio::test]
async fn a_customer_buys_and_gets_the_goods_by_direct_message() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "1 DL 50 WL", &["key-1", "key-2", "key-3"]).await;
    let customer = shop.customer("Grower", "10 DL").await;

    let confirmation = customer.choose("VIP", "2").await;
    assert_shows(&confirmation, "3 DL");
    let receipt = customer.confirm(&confirmation).await;

    assert_shows(&receipt, "Balance: 7 DL");
    assert_shows(&receipt, "direct messages");
    let (message, goods) = customer.delivery().await;
    assert!(goods.contains("1. key-1") && goods.contains("2. key-2") && !goods.contains("key-3"), "{goods}");
    let order = shop.sql("SELECT id FROM stockbot.orders").await;
    assert_eq!(message["attachments"][0]["filename"], format!("VIP_2x_{order}.txt"));
    shop.world.live_message_shows("Stock **1**").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders WHERE state = 'delivered'").await, "1");
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn a_sale_is_posted_and_logged() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    customer.confirm(&customer.choose("VIP", "1").await).await;

    for (channel, part) in [(&shop.world.history, "Grower"), (&shop.world.log, "SALE")] {
        stockbot_harness::eventually(DEADLINE, "the post", || async {
            let messages = shop.world.messages(channel).await;
            if messages.len() == 1 && text_of(&messages[0]).contains(part) { Ok(()) } else { Err(messages) }
        })
        .await;
    }
}

#[tokio::test]
async fn closed_direct_messages_bring_the_goods_with_the_reply() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    shop.world.discord.put(&format!("/users/{}", customer.id), json!({"dms": "closed"})).await;

    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;

    assert_shows(&receipt, "attached here");
    let goods = shop.world.discord.file(&receipt["response"]["attachments"][0]).await;
    assert!(goods.contains("key-1"), "{goods}");
    assert!(customer.direct_messages().await.is_empty());
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn refusals_say_why_and_change_nothing() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "8").await;

    for (quantity, reason) in [
        ("0", "from 1 to 999"),
        ("1000", "from 1 to 999"),
        ("two", "from 1 to 999"),
        ("3", "2 left, you asked for 3"),
        ("2", "short of 2 WL"),
    ] {
        assert_shows(&customer.choose("VIP", quantity).await, reason);
    }
    let unknown = customer.command("buy", json!({"product": "NONE", "quantity": 1})).await;
    assert_shows(&unknown, "no product with the code NONE");
    let stranger = shop.world.member("Stranger", json!({})).await;
    let live = shop.world.live_message().await;
    assert_shows(&stranger.click(&live, "sb1:live:buy").await, "not registered");

    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.stock_units WHERE state = 'available'").await, "2");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn what_changed_since_the_confirmation_is_refused_with_the_news() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let dearer = customer.choose("VIP", "1").await;
    shop.database.execute("UPDATE stockbot.products SET price = 7, version = version + 1").await;

    let again = customer.confirm(&dearer).await;
    assert_shows(&again, "has changed to 7 WL");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");

    assert_shows(&customer.confirm(&again).await, "Total: 7 WL");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn two_clicks_on_one_confirmation_buy_once() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2", "key-3"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;

    // Both clicks leave the client before either is answered.
    shop.world.discord.post("/faults", json!({"match": {"path": "/interactions/*/*/callback"}, "effect": {"delay": "500ms"}, "times": 2})).await;
    let (first, second) = tokio::join!(
        customer.click(&confirmation["response"], "sb1:ok:"),
        customer.click(&confirmation["response"], "sb1:ok:")
    );

    let (first, second) =
        tokio::join!(customer.settled(&first, "One moment"), customer.settled(&second, "One moment"));
    let told = [&first, &second]
        .iter()
        .flat_map(|i| i["followups"].as_array().unwrap())
        .map(text_of)
        .collect::<String>();
    assert!(told.contains("already being worked on"), "{first} {second}");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "1");
    customer.delivery().await;
    assert_eq!(customer.direct_messages().await.len(), 1);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn an_interaction_that_is_delivered_again_does_nothing() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;

    let id = receipt["id"].as_str().unwrap();
    let answers = shop.requests("POST", "/callback").await;
    shop.world.discord.post(&format!("/interactions/{id}/replay"), json!({"times": 3})).await;
    // Another command is answered after the repeats were read: the gateway keeps the order.
    customer.command("balance", json!({})).await;

    assert_eq!(shop.requests("POST", "/callback").await, answers + 1, "only the command was answered");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "1");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn twenty_customers_and_five_units_make_five_orders() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["k-1", "k-2", "k-3", "k-4", "k-5"]).await;
    let mut confirmations = Vec::new();
    for n in 0..20 {
        let customer = shop.customer(&format!("Grower{n}"), "1 DL").await;
        let confirmation = customer.choose("VIP", "1").await;
        confirmations.push((customer, confirmation));
    }
    let presses = confirmations.iter().map(|(customer, confirmation)| customer.confirm(confirmation));
    let answers = futures_util::future::join_all(presses).await;

    let bought = answers.iter().filter(|answer| text_of(&answer["response"]).contains("Thank you")).count();
    assert_eq!(bought, 5);
    let refused = answers.iter().filter(|answer| text_of(&answer["response"]).contains("0 left")).count();
    assert_eq!(refused, 15);
    shop.world.live_message_shows("sold out").await;
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn goods_can_be_fetched_again_with_orders() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    customer.confirm(&customer.choose("VIP", "1").await).await;
    customer.delivery().await;
    let order = shop.sql("SELECT id FROM stockbot.orders").await;

    let list = customer.command("orders", json!({})).await;
    assert_shows(&list, &order);
    let again = customer
        .act(
            "select",
            json!({"message_id": list["response"]["id"], "custom_id": "sb1:order", "values": [order]}),
        )
        .await;
    let goods = shop.world.discord.file(&again["response"]["attachments"][0]).await;
    assert!(goods.contains("key-1"), "{goods}");

    let thief = shop.customer("Thief", "").await;
    assert_shows(&thief.command("orders", json!({"id": order})).await, "You have no order");
}
