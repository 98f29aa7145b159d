//! Two documents become a shop that sells, and goes on selling through restarts.

use serde_json::json;
use stockbot_harness::{custom_ids, eventually, text_of};

use crate::{cluster::DEADLINE, stage::Stage};

#[tokio::test]
async fn two_documents_become_a_selling_shop_that_survives_restarts() {
    let stage = Stage::set().await;
    stage.secrets().await;
    stage.cluster.apply(&stage.documents()).await;
    stage.cluster.wait_ready().await;

    // Exactly one message, with its buttons.
    let live = stage.world.live_message().await;
    assert_eq!((stage.messages().await, custom_ids(&live).len()), (1, 5));
    let columns = stage.cluster.in_shop(&["get", "stockbot"]).await;
    assert!(
        columns.contains("growshop") && columns.contains("Running") && columns.contains("main"),
        "{columns}"
    );

    sell_one(&stage).await;

    // A restart of the bot and of the operator changes nothing and posts no second message.
    let before = stage.world.live_message().await["id"].clone();
    let pods = stage.cluster.pods().await;
    stage.cluster.in_shop(&["delete", "pod", &pods[0], "--wait=false"]).await;
    eventually(DEADLINE, "another pod", || async {
        let now = stage.cluster.pods().await;
        if now.iter().any(|pod| !pods.contains(pod)) { Ok(()) } else { Err(now) }
    })
    .await;
    let generation = stage.cluster.get("deployment/growshop").await["metadata"]["generation"].clone();
    stage.cluster.kubectl(&["-n", &stage.cluster.system, "rollout", "restart", "deployment"]).await;
    stage
        .cluster
        .kubectl(&["-n", &stage.cluster.system, "rollout", "status", "deployment", "--timeout=120s"])
        .await;
    stage.cluster.wait_ready().await;
    stage.admin.command("stock add", json!({"code": "VIP", "text": "key-4"})).await;
    let after = stage.world.live_message_shows("Stock **3**").await;
    assert_eq!((after["id"].clone(), stage.messages().await), (before, 1));
    assert_eq!(stage.cluster.get("deployment/growshop").await["metadata"]["generation"], generation);
    let violations = stage.world.discord.get("/violations").await;
    assert_eq!(violations.as_array().map(Vec::len), Some(0), "{violations}");
}

/// Products and stock by the administrator, a purchase by a customer: one order, one unit, one delivery, a ledger that sums to 0.
async fn sell_one(stage: &Stage) {
    stage.admin.command("product add", json!({"code": "VIP", "name": "VIP account", "price": "1 DL"})).await;
    stage.admin.command("stock add", json!({"code": "VIP", "text": "key-1\nkey-2\nkey-3"})).await;
    let customer = stage.world.member("Customer", json!({})).await;
    customer.register("Grower").await;
    stage.admin.command("balance-admin add", json!({"customer": "Grower", "amount": "5 DL"})).await;
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;
    assert!(text_of(&receipt["response"]).contains("Balance: 4 DL"), "{receipt}");
    let (_, goods) = customer.delivery().await;
    assert!(goods.contains("key-1"), "{goods}");
    stage.world.live_message_shows("Stock **2**").await;
    assert_eq!(customer.direct_messages().await.len(), 1);
    for (query, expected) in [
        ("SELECT count(*) FROM stockbot.orders WHERE state = 'delivered'", "1"),
        ("SELECT count(*) FROM stockbot.stock_units WHERE state = 'sold'", "1"),
        ("SELECT sum(amount) FROM stockbot.ledger_entries", "0"),
        (
            "SELECT count(*) FROM (SELECT 1 FROM stockbot.ledger_entries GROUP BY transfer_id HAVING sum(amount) <> 0) t",
            "0",
        ),
    ] {
        assert_eq!(stage.sql(query).await, expected, "{query}");
    }
}
