use std::time::Duration;

use stockbot_config::Currency;
use stockbot_store::{ChangeCursor, changes, shops};

use crate::shop::{Shop, admin, order};

/// Has anything changed since the cursor? Moves it on.
async fn changed(shop: &Shop, cursor: &mut ChangeCursor) -> bool {
    let (changed, next) = changes::changed_since(&shop.store, shop.id, cursor).await.unwrap();
    *cursor = next;
    changed
}

#[tokio::test]
async fn whatever_a_live_message_shows_shows_in_the_feed_and_only_once() {
    let shop = Shop::open().await;
    let mut cursor = changes::start(&shop.store, shop.id).await.unwrap();
    assert!(!changed(&shop, &mut cursor).await);
    shop.product("A", 5).await;
    assert!(changed(&shop, &mut cursor).await, "a new product");
    assert!(!changed(&shop, &mut cursor).await, "told already");
    shop.stock("A", 1..=5).await;
    assert!(changed(&shop, &mut cursor).await, "new stock");
    shop.buyer(1, 50).await;
    assert!(!changed(&shop, &mut cursor).await, "customers are not shown");
    shop.bought(&order(1, 1, "A", 5)).await;
    assert!(changed(&shop, &mut cursor).await, "a sale");
    shops::set_maintenance(&shop.store, shop.id, true, "x", &admin()).await.unwrap();
    assert!(changed(&shop, &mut cursor).await, "maintenance");
    shops::ensure_shop(&shop.store, "shops", "growshop", &Currency::default()).await.unwrap();
    assert!(!changed(&shop, &mut cursor).await);
}

#[tokio::test]
async fn changes_by_plain_sql_show_and_those_that_nobody_sees_do_not() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.product("B", 5).await;
    shop.stock("A", 1..=5).await;
    shop.buyer(1, 50).await;
    shop.bought(&order(1, 1, "A", 5)).await;
    let mut cursor = changes::start(&shop.store, shop.id).await.unwrap();
    let cases = [
        (true, "UPDATE stockbot.products SET price = 9 WHERE code = 'A'"),
        (true, "UPDATE stockbot.products SET active = false WHERE code = 'B'"),
        (
            true,
            "INSERT INTO stockbot.stock_units (shop_id, product_code, content) SELECT id, 'A', 'import' FROM stockbot.shops",
        ),
        (true, "UPDATE stockbot.stock_units SET state = 'removed' WHERE content = 'import'"),
        (false, "UPDATE stockbot.stock_units SET added_by = 7"),
        (false, "DELETE FROM stockbot.stock_units WHERE content = 'import'"),
        (true, "UPDATE stockbot.stock_units SET product_code = 'B' WHERE content = 'A-0005'"),
        (true, "DELETE FROM stockbot.stock_units WHERE content = 'A-0004'"),
        (false, "UPDATE stockbot.stock_units SET sold_at = now() WHERE state = 'sold'"),
        (false, "UPDATE stockbot.shops SET currency = currency || '{\"maxBalance\": 5}'"),
        (
            true,
            "DELETE FROM stockbot.products WHERE code = 'C' OR NOT EXISTS (SELECT FROM stockbot.stock_units u WHERE u.product_code = code)",
        ),
        (true, "TRUNCATE stockbot.stock_units"),
    ];
    // The last product without units can be deleted.
    shop.product("D", 1).await;
    changed(&shop, &mut cursor).await;
    for (shows, sql) in cases {
        shop.database.execute(sql).await;
        assert_eq!(changed(&shop, &mut cursor).await, shows, "{sql}");
    }
}

#[tokio::test]
async fn a_transaction_that_began_early_and_commits_late_is_not_missed() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.product("B", 5).await;
    let mut cursor = changes::start(&shop.store, shop.id).await.unwrap();
    let importer = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut early = importer.begin().await.unwrap();
    sqlx::query("UPDATE stockbot.products SET price = 6 WHERE code = 'A'")
        .execute(&mut *early)
        .await
        .unwrap();
    // Later ones commit first, so the cursor has seen higher ids when the early one commits.
    for price in 10..15 {
        let sql = format!("UPDATE stockbot.products SET price = {price} WHERE code = 'B'");
        shop.database.execute(&sql).await;
        assert!(changed(&shop, &mut cursor).await);
        assert!(!changed(&shop, &mut cursor).await, "an open transaction is no change");
    }
    early.commit().await.unwrap();
    assert!(changed(&shop, &mut cursor).await, "the late commit was missed");
    assert!(!changed(&shop, &mut cursor).await);
}

#[tokio::test]
async fn a_rolled_back_change_and_another_shops_change_are_none() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    let other = shops::ensure_shop(&shop.store, "else", "growshop", &Currency::default()).await.unwrap();
    let mut cursor = changes::start(&shop.store, shop.id).await.unwrap();
    let importer = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut undone = importer.begin().await.unwrap();
    sqlx::query("UPDATE stockbot.products SET price = 6").execute(&mut *undone).await.unwrap();
    undone.rollback().await.unwrap();
    let insert = format!(
        "INSERT INTO stockbot.products (shop_id, code, name, price) VALUES ({}, 'X', 'X', 1)",
        other.get()
    );
    shop.database.execute(&insert).await;
    assert!(!changed(&shop, &mut cursor).await);
    let (other_changed, _) = changes::changed_since(&shop.store, other, &cursor).await.unwrap();
    assert!(!other_changed, "the cursor has moved past it");
}

#[tokio::test]
async fn pruning_removes_old_events_only() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.database.execute("UPDATE stockbot.change_events SET at = at - interval '2 hours'").await;
    shop.product("B", 5).await;
    assert_eq!(changes::prune(&shop.store, shop.id, Duration::from_hours(1)).await.unwrap(), 1);
    assert_eq!(
        shop.database.text("SELECT string_agg(product_code, ' ') FROM stockbot.change_events").await,
        "B"
    );
}
