//! Operator and bot of different revisions: a shop sells with every field of the file that either of them writes.
//!
//! `STOCKBOT_TEST_BOT` names the program of another revision (see `tests/chaos/run skew`).

use stockbot_config::Config;

use crate::support::{Shop, assert_shows};

/// The file of the first contract, with every field that it has.
const FIRST: &str = include_str!("../../config/tests/contract_1.yaml");

/// That file for the shop of a test.
fn first(shop: &Shop) -> String {
    let world = &shop.world;
    let mut text = FIRST.to_owned();
    for (from, to) in [
        ("'1100000000000000001'", format!("'{}'", world.guild)),
        ("https://discord.com/api/v10", format!("{}/api/v10", shop.sim.url())),
        ("locale: id", "locale: en".into()),
        ("'1100000000000000002'", format!("'{}'", shop.admin.id)),
        ("buyerRoleId: '1100000000000000004'", "buyerRoleId: ''".into()),
        ("'1100000000000000005'", format!("'{}'", world.history)),
        ("maintenance: {enabled: true", "maintenance: {enabled: false".into()),
        ("'1100000000000000010'", format!("'{}'", world.channel)),
        (
            "  - {action: Buy, label: {id: Beli, en: Buy}, style: Primary, emoji: '', row: 1}\n",
            "  - {action: Register, label: {id: Daftar, en: Register}, style: Primary, emoji: '', row: 1}\n  \
             - {action: Buy, label: {id: Beli, en: Buy}, style: Primary, emoji: '', row: 1}\n"
                .into(),
        ),
    ] {
        assert!(text.contains(from), "the file has no {from}");
        text = text.replace(from, &to);
    }
    text
}

/// A shop with that file takes in a product that its display shows, and sells it.
async fn sells(file: impl FnOnce(&Shop) -> String) {
    let shop = Shop::new().await;
    shop.write("config.yaml", &file(&shop));
    let bot = shop.open().await;
    shop.stock("A", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let receipt = customer.confirm(&customer.choose("A", "1").await).await;
    assert_shows(&receipt, "Balance: 95 WL");
    assert!(customer.delivery().await.1.contains("key-1"));
    shop.assert_audit_is_clean().await;
    bot.stop().await;
}

#[tokio::test]
async fn a_shop_sells_with_the_file_of_the_first_contract() {
    sells(first).await;
}

#[tokio::test]
async fn a_shop_sells_with_the_file_that_is_written_now() {
    let now = |shop: &Shop| Config::parse(&first(shop), "config.yaml").unwrap().to_yaml().unwrap();
    sells(now).await;
}
