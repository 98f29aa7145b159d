//! The administrators' commands: what they change, what they ask first, and who may say yes.

use serde_json::{Value, json};
use stockbot_harness::text_of;

use crate::support::{Shop, assert_shows};

/// "Yes" on a question.
async fn yes(shop: &Shop, question: &Value) -> Value {
    shop.admin.click(&question["response"], "sb1:sure:").await
}

async fn audited(shop: &Shop, action: &str) -> String {
    shop.sql(&format!("SELECT count(*) FROM stockbot.discord_audit_logs WHERE action = '{action}'")).await
}

#[tokio::test]
async fn a_product_is_changed_hidden_moved_and_listed() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("AAA", "5", &["a-1"]).await;
    shop.stock("BBB", "5", &["b-1"]).await;
    let edited = json!({"code": "aaa", "name": "New name", "price": "1BGL20DL", "category": "Games"});
    assert_shows(
        &shop.admin.command("product edit", edited).await,
        "New name at 1 BGL 20 DL, category Games",
    );
    shop.world.live_message_shows("1 BGL 20 DL").await;
    let refused = shop.admin.command("product edit", json!({"code": "AAA", "price": "1 DL 2 DL"})).await;
    assert_shows(&refused, "is no amount");
    assert_shows(&shop.admin.command("product edit", json!({"code": "AAA"})).await, "Nothing to change");

    assert_shows(
        &shop.admin.command("product hide", json!({"category": "Games"})).await,
        "1 products are hidden",
    );
    assert_shows(&shop.admin.command("product list", json!({})).await, "hidden");
    assert_shows(&shop.admin.command("product hide", json!({"all": true})).await, "1 products");
    shop.world.live_message_shows("No products yet").await;
    assert_shows(&shop.admin.command("product show", json!({"all": true})).await, "2 products are listed");
    assert_shows(
        &shop.admin.command("product hide", json!({"code": "BBB", "all": true})).await,
        "Only one of them",
    );

    assert_shows(
        &shop.admin.command("product move", json!({"code": "BBB", "position": 1})).await,
        "position 1",
    );
    let order = "SELECT string_agg(code, ' ' ORDER BY position) FROM stockbot.products";
    assert_eq!(shop.sql(order).await, "BBB AAA");
    assert_shows(&shop.admin.command("product feature", json!({"code": "AAA"})).await, "listed first");
    assert_shows(
        &shop.admin.command("product feature", json!({"code": "AAA", "on": false})).await,
        "among the others",
    );
    assert_eq!(audited(&shop, "product.edit").await, "3");
}

#[tokio::test]
async fn a_product_with_stock_is_removed_after_a_question_that_names_the_units() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let question = shop.admin.command("product remove", json!({"code": "VIP"})).await;
    assert_shows(&question, "2 units in stock");

    shop.admin.command("stock add", json!({"code": "VIP", "text": "key-3"})).await;
    assert_shows(&yes(&shop, &question).await, "2 units were named, there are 3 now");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.stock_units WHERE state = 'available'").await, "3");

    let question = shop.admin.command("product remove", json!({"code": "VIP"})).await;
    assert_shows(&yes(&shop, &question).await, "3 units with it");
    shop.world.live_message_shows("No products yet").await;
    assert_shows(
        &shop.admin.command("product edit", json!({"code": "VIP", "price": "1"})).await,
        "no product",
    );
    // The code and the lines may be used again.
    shop.stock("VIP", "7", &["key-1", "new"]).await;
    shop.world.live_message_shows("Stock **2**").await;
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn only_the_administrator_who_was_asked_may_say_yes_and_in_time() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower", "5 DL").await;
    let ask = || shop.admin.command("balance-admin reset", json!({"customer": "Grower"}));
    let question = ask().await;
    assert_shows(&question, "5 DL");

    let other = shop.world.manager("Other").await;
    // Nobody else sees the question: a click of theirs is forged, and Discord takes none.
    for person in [&customer, &other] {
        let id = format!("sb1:sure:{}", question["id"].as_str().unwrap());
        let body = json!({"message_id": question["response"]["id"], "custom_id": id});
        assert!(shop.world.discord.try_post(&format!("/users/{}/click", person.id), body).await.is_err());
    }

    shop.database.execute("UPDATE stockbot.confirmations SET expires_at = now() - interval '1 second'").await;
    assert_shows(&yes(&shop, &question).await, "older than 5 minutes");
    shop.database
        .execute("UPDATE stockbot.confirmations SET expires_at = now() + interval '1 minute', user_id = 1")
        .await;
    assert_shows(&yes(&shop, &question).await, "Only the administrator who was asked");
    assert_eq!(audited(&shop, "security.confirmation_of_another").await, "1");
    assert_shows(&customer.command("balance", json!({})).await, "5 DL");

    let question = ask().await;
    assert_shows(&shop.admin.click(&question["response"], "sb1:unsure").await, "Nothing was changed");
    let question = ask().await;
    let (first, second) = tokio::join!(yes(&shop, &question), yes(&shop, &question));
    let both = format!("{}{}", text_of(&first["response"]), text_of(&second["response"]));
    assert!(both.contains("5 DL -> 0 WL") && both.contains("confirmed already"), "{both}");
    assert_shows(&ask().await, "is 0 already");
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn balances_are_added_to_taken_from_and_shown() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower", "5 DL").await;
    let of = |amount: &str| json!({"customer": "grower", "amount": amount});
    assert_shows(&shop.admin.command("balance-admin remove", of("1 DL 50 WL")).await, "5 DL -> 3 DL 50 WL");
    assert_shows(
        &shop.admin.command("balance-admin remove", of("4 DL")).await,
        "is 3 DL 50 WL, less than 4 DL",
    );
    let by_mention = json!({"customer": format!("<@{}>", customer.id), "amount": "50"});
    assert_shows(&shop.admin.command("balance-admin add", by_mention).await, "4 DL");
    let shown = shop.admin.command("balance-admin show", json!({"customer": customer.id})).await;
    assert_shows(&shown, "removed by an administrator");
    assert_shows(&shown, "4 DL");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn the_form_takes_many_lines_and_the_last_addition_can_be_taken_back() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let form = shop.admin.command("stock add", json!({"code": "VIP"})).await;
    let added = shop.admin.submit(&form, json!({"units": "key-2\nkey-3\nkey-1\n"})).await;
    let added = shop.admin.settled(&added, "being stored").await;
    assert_shows(&added, "2 of 3 units added. 3 in stock");
    assert_shows(&added, "1 duplicates");
    let asked = added["edits"].as_array().map(|edits| edits.iter().map(Value::to_string).collect::<String>());
    assert!(
        asked.unwrap_or_default().contains("3 units seen") || added.to_string().contains("3 units seen"),
        "{added}"
    );

    let question = shop.admin.command("stock undo", json!({"code": "VIP"})).await;
    assert_shows(&question, "2 units were added, 2 of them");
    let undone = yes(&shop, &question).await;
    assert_shows(&undone, "2 units of");
    let file = shop.world.discord.file(&undone["response"]["attachments"][0]).await;
    assert_eq!(file, "key-3\nkey-2\n");
    let question = shop.admin.command("stock reduce", json!({"code": "VIP", "quantity": 1})).await;
    assert_shows(&question, "newest 1 of 1 units");
    assert_shows(&yes(&shop, &question).await, "0 in stock");
    assert_shows(&shop.admin.command("stock reduce", json!({"code": "VIP", "quantity": 1})).await, "0 left");
    assert_shows(&shop.admin.command("stock undo", json!({"code": "VIP"})).await, "Nothing to undo");

    shop.admin.command("stock add", json!({"code": "VIP", "text": "key-2"})).await;
    let exported = shop.admin.command("stock export", json!({"code": "VIP"})).await;
    assert_eq!(shop.world.discord.file(&exported["response"]["attachments"][0]).await, "key-2\n");
    let history = shop.admin.command("stock history", json!({"code": "VIP"})).await;
    for part in ["2 taken back", "1 taken out", "2 added", "1 exported"] {
        assert_shows(&history, part);
    }
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn maintenance_from_discord_closes_the_shop_and_its_live_message() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "5 DL").await;
    assert_shows(&shop.admin.command("maintenance on", json!({"reason": "Back at 8"})).await, "Back at 8");
    let live = shop.world.live_message_shows("Back at 8").await;
    assert_shows(&customer.click(&live, "sb1:live:buy").await, "Back at 8");
    assert_shows(&shop.admin.command("maintenance status", json!({})).await, "Closed by");
    assert_shows(&shop.admin.command("maintenance off", json!({})).await, "The shop is open");
    shop.world.live_message_shows("VIP").await;
    assert_shows(&shop.admin.command("maintenance status", json!({})).await, "The shop is open");
}

#[tokio::test]
async fn a_blacklisted_customer_buys_nothing_until_taken_off() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "5 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    assert_shows(
        &shop.admin.command("blacklist add", json!({"customer": "Grower"})).await,
        "may not buy any more",
    );
    assert_shows(&shop.admin.command("blacklist add", json!({"customer": "Grower"})).await, "already");
    assert_shows(&shop.admin.command("blacklist list", json!({})).await, "Grower");
    assert_shows(&customer.confirm(&confirmation).await, "may not buy");
    assert_shows(
        &shop.admin.command("blacklist remove", json!({"customer": "Grower"})).await,
        "may buy again",
    );
    assert_shows(&shop.admin.command("blacklist list", json!({})).await, "Nobody");
}

#[tokio::test]
async fn a_delivered_order_is_not_refunded() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "5 DL").await;
    customer.confirm(&customer.choose("VIP", "1").await).await;
    let order = shop.sql("SELECT id FROM stockbot.orders").await;
    shop.until("SELECT state FROM stockbot.orders", "delivered").await;
    assert_shows(&shop.admin.command("refund order", json!({"id": order})).await, "was delivered");
    assert_shows(&shop.admin.command("refund order", json!({"id": "NONE0000"})).await, "no order");
}

#[tokio::test]
async fn what_administrators_do_is_in_the_trail_and_in_the_log_channel() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower", "").await;
    shop.admin.command("product add", json!({"code": "VIP", "name": "A name", "price": "5"})).await;
    assert_shows(
        &customer.command("stock add", json!({"code": "VIP", "text": "x"})).await,
        "Only administrators",
    );
    stockbot_harness::eventually(crate::support::DEADLINE, "the line in the log channel", || async {
        let posts = shop.world.messages(&shop.world.log).await;
        let text: String = posts.iter().map(text_of).collect();
        if text.contains("ADMIN Admin") && text.contains("product add") { Ok(()) } else { Err(text) }
    })
    .await;
    let outcomes = "SELECT string_agg(target || '=' || (details->>'outcome'), ';' ORDER BY number)
        FROM stockbot.discord_audit_logs WHERE action = 'admin.command' AND target LIKE '/stock%'";
    shop.until(outcomes, "/stock add code: VIP text: 1 lines=refused").await;
}

#[tokio::test]
async fn suggestions_of_admin_commands_are_for_administrators() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower", "").await;
    shop.stock("VIP", "5", &["key-1"]).await;
    shop.admin.command("product hide", json!({"code": "VIP"})).await;
    let typing = |name: &str| json!({"guild_id": shop.world.guild, "channel_id": shop.world.channel, "name": name, "options": {"code": "v"}, "focused": "code"});
    let suggested = shop.admin.act("autocomplete", typing("stock reduce")).await;
    assert!(suggested.to_string().contains("VIP"), "{suggested}");
    let suggested = customer.act("autocomplete", typing("stock reduce")).await;
    assert!(!suggested.to_string().contains("VIP"), "{suggested}");
}
