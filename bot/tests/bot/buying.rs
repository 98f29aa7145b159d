//! The way to a purchase: a closed shop sells nowhere, everything can be found, and no refusal is a dead end.

use serde_json::{Value, json};
use stockbot_harness::{custom_ids, eventually, text_of};

use crate::support::{DEADLINE, Shop, assert_shows};

/// A button that leads on from an answer.
#[track_caller]
fn assert_leads_to(interaction: &Value, prefix: &str) {
    let ids = custom_ids(&interaction["response"]);
    assert!(ids.iter().any(|id| id.starts_with(prefix)), "no {prefix} among {ids:?}: {interaction}");
}

/// A product for each number, of which every `per` share a category.
async fn many_products(shop: &Shop, count: u32, per: u32) {
    shop.database
        .execute(&format!(
            "INSERT INTO stockbot.products (shop_id, code, name, price, category, position)
             SELECT id, 'P' || n, 'Name of P' || n, 1, 'Group ' || (n - 1) / {per}, n
             FROM stockbot.shops, generate_series(1, {count}) AS n;
             INSERT INTO stockbot.stock_units (shop_id, product_code, content)
             SELECT shop_id, code, 'unit of ' || code FROM stockbot.products"
        ))
        .await;
}

#[tokio::test]
async fn the_maintenance_of_a_display_closes_what_is_reached_through_it_at_every_step() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let live = shop.world.live_message_shows("Name of VIP").await;
    let menu = customer.click(&live, "sb1:live:buy").await;
    let form = customer.select(&menu["response"], "sb1:pick", "VIP").await;
    let confirmation = customer.choose("VIP", "1").await;
    let by_command = customer.command("buy", json!({"product": "VIP", "quantity": 1})).await;

    shop.edit_config("title: GrowShop", "title: GrowShop\n  mode: Maintenance");
    let closed = shop.world.live_message_shows("Maintenance").await;

    for answer in [
        customer.click(&closed, "sb1:live:buy").await,
        customer.select(&menu["response"], "sb1:pick", "VIP").await,
        customer.click(&menu["response"], "sb1:code").await,
        customer.submit(&form, json!({"quantity": "1"})).await,
        customer.click(&confirmation["response"], "sb1:ok:").await,
    ] {
        assert_shows(&answer, "closed for maintenance");
    }
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
    // The shop itself is open.
    assert_shows(&customer.confirm(&by_command).await, "Thank you");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn the_maintenance_of_the_shop_closes_every_way_to_buy_from_the_first_step() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;
    let live = shop.world.live_message().await;
    let menu = customer.click(&live, "sb1:live:buy").await;
    let confirmation = customer.command("buy", json!({"product": "VIP", "quantity": 1})).await;

    // As `/maintenance on` does.
    shop.database
        .execute("UPDATE stockbot.shops SET maintenance = true, maintenance_reason = 'counting'")
        .await;

    for answer in [
        customer.click(&live, "sb1:live:buy").await,
        customer.select(&menu["response"], "sb1:pick", "VIP").await,
        customer.click(&menu["response"], "sb1:code").await,
        customer.command("buy", json!({"product": "VIP", "quantity": 1})).await,
        customer.click(&receipt["response"], "sb1:more:").await,
        customer.click(&confirmation["response"], "sb1:ok:").await,
    ] {
        assert_shows(&answer, "closed for maintenance: counting");
    }
    // What was bought is still there for its buyer.
    assert_shows(&customer.click(&receipt["response"], "sb1:do:orders").await, "Name of VIP");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "1");
}

#[tokio::test]
async fn products_of_one_category_are_turned_over_page_by_page_in_both_directions() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    many_products(&shop, 60, 60).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let live = shop.world.live_message_shows("Name of P1").await;

    let first = customer.click(&live, "sb1:live:buy").await;
    assert_shows(&first, "page 1 of 3");
    let second = customer.click(&first["response"], "sb1:page:1").await;
    assert_shows(&second, "page 2 of 3");
    let third = customer.click(&second["response"], "sb1:page:2").await;
    assert_shows(&third, "page 3 of 3");
    let back = customer.click(&third["response"], "sb1:page:1").await;
    assert_shows(&back, "page 2 of 3");
    let form = customer.select(&back["response"], "sb1:pick", "P30").await;
    let confirmation = customer.submit(&form, json!({"quantity": "1"})).await;
    assert_shows(&customer.confirm(&confirmation).await, "Name of P30");
}

#[tokio::test]
async fn many_products_are_chosen_by_category_first() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    many_products(&shop, 60, 30).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let live = shop.world.live_message_shows("Name of P1").await;

    let categories = customer.click(&live, "sb1:live:buy").await;
    assert_shows(&categories, "Choose a category");
    let options = categories["response"]["components"][0]["components"][0]["options"].clone();
    let labels: Vec<&str> = options.as_array().unwrap().iter().filter_map(|o| o["label"].as_str()).collect();
    assert_eq!(labels, ["Group 0", "Group 1"]);
    let second = options[1]["value"].as_str().unwrap();
    let products = customer.select(&categories["response"], "sb1:group", second).await;
    assert_shows(&products, "page 1 of 2");
    let back = customer.click(&products["response"], "sb1:groups:").await;
    assert_shows(&back, "Choose a category");
    let products = customer.select(&back["response"], "sb1:group", second).await;
    let form = customer.select(&products["response"], "sb1:pick", "P31").await;
    let confirmation = customer.submit(&form, json!({"quantity": "1"})).await;
    assert_shows(&customer.confirm(&confirmation).await, "Name of P31");
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn who_is_not_registered_is_given_the_button_wherever_that_matters() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let stranger = shop.world.member("Stranger", json!({})).await;
    let live = shop.world.live_message().await;
    for answer in [
        stranger.click(&live, "sb1:live:balance").await,
        stranger.click(&live, "sb1:live:history").await,
        stranger.click(&live, "sb1:live:buy").await,
        stranger.command("balance", json!({})).await,
        stranger.command("history", json!({})).await,
        stranger.command("orders", json!({})).await,
        stranger.command("buy", json!({"product": "VIP", "quantity": 1})).await,
    ] {
        assert_shows(&answer, "not registered");
        assert_leads_to(&answer, "sb1:do:register");
    }
    let refused = stranger.command("balance", json!({})).await;
    let form = stranger.click(&refused["response"], "sb1:do:register").await;
    assert_shows(&stranger.submit(&form, json!({"grow_id": "Grower"})).await, "Registered as");
}

#[tokio::test]
async fn every_refusal_leads_on() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "8").await;
    let live = shop.world.live_message_shows("Name of VIP").await;
    let menu = customer.click(&live, "sb1:live:buy").await;
    let form = customer.click(&menu["response"], "sb1:code").await;

    let unknown = customer.submit(&form, json!({"code": "NONE", "quantity": "1"})).await;
    assert_shows(&unknown, "no product with the code NONE");
    let form = customer.click(&unknown["response"], "sb1:code").await;
    let too_many = customer.submit(&form, json!({"code": "vip", "quantity": "3"})).await;
    assert_shows(&too_many, "2 left, you asked for 3");
    let form = customer.click(&too_many["response"], "sb1:again:VIP").await;
    let too_dear = customer.submit(&form, json!({"quantity": "2"})).await;
    assert_shows(&too_dear, "short of 2 WL");
    let form = customer.click(&too_dear["response"], "sb1:again:VIP").await;
    let confirmation = customer.submit(&form, json!({"quantity": "1"})).await;
    let cancelled = customer.click(&confirmation["response"], "sb1:no").await;
    assert_leads_to(&cancelled, "sb1:do:buy");
    assert_shows(&customer.click(&cancelled["response"], "sb1:do:buy").await, "What would you like to buy");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
}

#[tokio::test]
async fn a_receipt_leads_to_the_orders_and_to_more_of_the_same_and_stays() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;

    assert_shows(&customer.click(&receipt["response"], "sb1:do:orders").await, "Name of VIP");
    let form = customer.click(&receipt["response"], "sb1:more:VIP").await;
    let confirmation = customer.submit(&form, json!({"quantity": "1"})).await;
    let second = customer.confirm(&confirmation).await;
    assert_shows(&second, "Balance: 90 WL");
    let first = customer.settled(&receipt, "One moment").await;
    assert_shows(&first, "Balance: 95 WL");
    assert_ne!(first["response"]["id"], second["response"]["id"]);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_buyer_who_has_the_role_is_not_given_it_again() {
    let shop = Shop::new().await;
    let roles = format!("/guilds/{}/roles", shop.world.guild);
    let role = shop.world.discord.post(&roles, json!({"name": "Buyer"})).await;
    let role = role["id"].as_str().unwrap().to_owned();
    shop.edit_config("  locale: en", &format!("  locale: en\n  buyerRoleId: \"{role}\""));
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2", "key-3"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let given = format!("/roles/{role}");

    customer.confirm(&customer.choose("VIP", "1").await).await;
    eventually(DEADLINE, "the role is given", || async {
        match shop.requests("PUT", &given).await {
            1 => Ok(()),
            other => Err(other),
        }
    })
    .await;
    for _ in 0..2 {
        customer.confirm(&customer.choose("VIP", "1").await).await;
    }

    let roles = "SELECT count(*) FROM stockbot.outbox WHERE kind = 'buyer_role'";
    assert_eq!(shop.sql(roles).await, "1");
    shop.until("SELECT count(*) FROM stockbot.outbox WHERE state = 'pending'", "0").await;
    assert_eq!(shop.requests("PUT", &given).await, 1);
    assert!(!text_of(&customer.command("balance", json!({})).await["response"]).is_empty());
}
