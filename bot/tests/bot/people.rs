//! Registration, balance, languages and the administrators' commands.

use serde_json::json;

use crate::support::{Shop, assert_shows};

#[tokio::test]
async fn a_grow_id_belongs_to_one_user_in_any_case_and_can_be_changed() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let first = shop.customer("Grower", "5 DL").await;
    let second = shop.world.member("Second", json!({})).await;

    assert_shows(&second.register("gROWER").await, "belongs to another user");
    assert_shows(&second.register("no spaces").await, "is no GrowID");
    let live = shop.world.live_message().await;
    let card = first.click(&live, "sb1:live:register").await;
    let form = first.click(&card["response"], "sb1:regchange").await;
    assert_shows(&first.submit(&form, json!({"grow_id": "Renamed"})).await, "it was Grower");
    assert_shows(&first.command("balance", json!({})).await, "5 DL");
    assert_shows(&second.register("Grower").await, "Registered as");
}

#[tokio::test]
async fn balances_are_shown_exactly_with_what_moved() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower", "1 BGL 2 DL 3 WL").await;
    let live = shop.world.live_message().await;
    let card = customer.click(&live, "sb1:live:balance").await;
    assert_shows(&card, "1 BGL 2 DL 3 WL");
    assert_shows(&card, "10203 WL");
    assert_shows(&card, "added by an administrator");
}

#[tokio::test]
async fn people_are_answered_in_their_own_language() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let indonesian = shop.world.member("Budi", json!({"locale": "id"})).await;
    let live = shop.world.live_message().await;
    assert_shows(&indonesian.click(&live, "sb1:live:buy").await, "Anda belum terdaftar");
}

#[tokio::test]
async fn only_administrators_change_the_shop() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.customer("Grower", "").await;
    let refused = customer.command("stock add", json!({"code": "VIP", "text": "x"})).await;
    assert_shows(&refused, "Only administrators");
    assert_eq!(
        shop.sql("SELECT count(*) FROM stockbot.discord_audit_logs WHERE action = 'stock.add'").await,
        "0"
    );
}

#[tokio::test]
async fn stock_comes_from_a_file_too_and_duplicates_come_back() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let file = json!({"filename": "units.txt", "content": "key-1\nkey-2\r\n\nkey-3\nkey-3\n"});
    let added = shop.admin.command("stock add", json!({"code": "vip", "file": file})).await;
    assert_shows(&added, "2 of 4 units added");
    let duplicates = shop.world.discord.file(&added["response"]["attachments"][0]).await;
    assert_eq!(duplicates, "key-1\nkey-3");

    let wrong = json!({"filename": "units.exe", "content": "x"});
    let refused = shop.admin.command("stock add", json!({"code": "VIP", "file": wrong})).await;
    assert_shows(&refused, "only .txt and .csv");
}

#[tokio::test]
async fn malformed_administration_is_refused_with_the_reason() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    shop.customer("Grower", "").await;
    for (command, options, reason) in [
        ("product add", json!({"code": "vip", "name": "x", "price": "5"}), "exists already"),
        ("product add", json!({"code": "a b", "name": "x", "price": "5"}), "is no product code"),
        ("product add", json!({"code": "NEW", "name": "x", "price": "five"}), "is no amount"),
        ("product add", json!({"code": "NEW", "name": "x", "price": "0"}), "more than 0"),
        ("stock add", json!({"code": "NONE", "text": "x"}), "no product with the code NONE"),
        ("stock add", json!({"code": "VIP", "text": "\u{feff}"}), "Nothing to add"),
        ("balance-admin add", json!({"customer": "Nobody", "amount": "5"}), "No customer Nobody"),
        ("balance-admin add", json!({"customer": "Grower", "amount": "101 BGL"}), "at most"),
    ] {
        assert_shows(&shop.admin.command(command, options).await, reason);
    }
    shop.assert_audit_is_clean().await;
}
