//! Numbers that are shown are kept, not counted: right after whatever happens, and read without a look at the units.

use stockbot_harness::eventually;
use stockbot_store::{products, refund, stock};

use crate::shop::{DEADLINE, Shop, admin, order};

/// What differs between the counts and the units.
const DIFFERENT: &str = "SELECT string_agg(product_code || ' ' || u.units || ' ' || c.units, ', ')
    FROM (SELECT code AS product_code, (SELECT count(*) FROM stockbot.stock_units s
            WHERE s.shop_id = p.shop_id AND s.product_code = p.code AND state = 'available') AS units
        FROM stockbot.products p) AS u
    JOIN (SELECT code AS product_code, (SELECT coalesce(sum(available), 0) FROM stockbot.stock_counts s
            WHERE s.shop_id = p.shop_id AND s.product_code = p.code) AS units
        FROM stockbot.products p) AS c USING (product_code)
    WHERE u.units <> c.units";

#[tokio::test]
async fn whatever_changes_units_changes_their_count() {
    let shop = Shop::open().await;
    for code in ["A", "B", "C"] {
        shop.product(code, 1).await;
    }
    shop.stock("A", 1..=10).await;
    shop.buyer(1, 50).await;
    let receipt = shop.bought(&order(1, 1, "A", 1)).await;
    assert_eq!(shop.available("A").await, 9);
    refund::refund(&shop.store, shop.id, &receipt.order.id, "back", &admin()).await.unwrap();
    assert_eq!(shop.available("A").await, 10);
    let by_hand = [
        ("UPDATE stockbot.stock_units SET product_code = 'B' WHERE content IN ('A-0001', 'A-0002')", 8, 2),
        ("UPDATE stockbot.stock_units SET state = 'removed' WHERE content = 'A-0003'", 7, 2),
        ("UPDATE stockbot.stock_units SET state = 'available' WHERE state = 'removed'", 8, 2),
        ("UPDATE stockbot.stock_units SET content = content || '!'", 8, 2),
        ("DELETE FROM stockbot.stock_units WHERE content = 'A-0004!'", 7, 2),
        (
            "INSERT INTO stockbot.stock_units (shop_id, product_code, content, state)
             SELECT id, code, code || n, state FROM stockbot.shops, unnest(ARRAY['A', 'B']) AS code, generate_series(1, 3) AS n,
                unnest(ARRAY['available']) AS state",
            10,
            5,
        ),
        ("DELETE FROM stockbot.products WHERE code = 'C'", 10, 5),
        ("UPDATE stockbot.products SET code = 'D' WHERE code = 'C'", 10, 5),
        ("TRUNCATE stockbot.stock_units", 0, 0),
    ];
    for (sql, a, b) in by_hand {
        shop.database.execute(sql).await;
        assert_eq!((shop.available("A").await, shop.available("B").await), (a, b), "{sql}");
        assert_eq!(shop.database.text(DIFFERENT).await, "", "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_right_after_many_bought_restocked_and_refunded_at_once() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.product("B", 1).await;
    shop.stock("A", 1..=30).await;
    shop.stock("B", 1..=30).await;
    for user in 1..=8 {
        shop.buyer(user, 1000).await;
    }
    let buyers = (1..=8_u64).map(|user| {
        let (store, id) = (shop.store.clone(), shop.id);
        tokio::spawn(async move {
            for n in 0..6 {
                let code = if (user + n) % 2 == 0 { "A" } else { "B" };
                let request = order(user * 100 + n, user, code, 1);
                let outcome = stockbot_store::purchase::purchase(&store, id, &request).await.unwrap();
                if let stockbot_store::PurchaseOutcome::Bought(receipt) = outcome {
                    let unit = [format!("{user}-{n}")];
                    stock::add_units(&store, id, code, &unit, &admin()).await.unwrap();
                    refund::refund(&store, id, &receipt.order.id, &format!("{user}-{n}"), &admin())
                        .await
                        .unwrap();
                }
            }
        })
    });
    for buyer in buyers.collect::<Vec<_>>() {
        buyer.await.unwrap();
    }
    assert_eq!(shop.available("A").await + shop.available("B").await, 60 + 48);
    assert_eq!(shop.database.text(DIFFERENT).await, "");
    shop.prove().await;
}

#[tokio::test]
async fn a_wrong_count_is_found_by_the_audit() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.stock("A", 1..=3).await;
    shop.database.execute("UPDATE stockbot.stock_counts SET available = available + 1").await;
    let report = stockbot_store::ledger::audit(&shop.store, Some(shop.id)).await.unwrap();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    assert!(
        report.problems[0].contains("product A") && report.problems[0].contains("4 are counted"),
        "{report:?}"
    );
}

#[tokio::test]
async fn nothing_that_is_shown_is_counted_from_the_units() {
    let shop = Shop::open().await;
    for code in ["A", "B", "C"] {
        shop.product(code, 1).await;
    }
    shop.database
        .execute(
            "INSERT INTO stockbot.stock_units (shop_id, product_code, content)
             SELECT id, 'A', n FROM stockbot.shops, generate_series(1, 100000) AS n; ANALYZE",
        )
        .await;
    let looked = "SELECT seq_scan || ' ' || coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'stock_units'";
    let counted =
        "SELECT coalesce(idx_scan, 0) + seq_scan FROM pg_stat_user_tables WHERE relname = 'stock_counts'";
    let store = shop.watched_anew().await;
    // A tick, a key stroke, a click, and a refusal because there is not enough.
    for _ in 0..8 {
        let listed = products::list_products(&store, shop.id, false).await.unwrap();
        assert_eq!(listed.iter().map(|product| product.available).sum::<i64>(), 100_000);
        assert_eq!(products::product(&store, shop.id, "a").await.unwrap().unwrap().available, 100_000);
    }
    store.close().await;
    eventually(DEADLINE, "the session has counted", || async {
        let counted = shop.database.text(counted).await;
        if counted == "0" { Err(counted) } else { Ok(()) }
    })
    .await;
    assert_eq!(shop.database.text(looked).await, "0 0");
}
