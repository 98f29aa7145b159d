//! The audit finds what is wrong: each fault is planted in sound books.

use stockbot_store::{DeliveredVia::DirectMessage, Refund, delivery, ledger, refund};

use crate::shop::{DEADLINE, Shop, admin, order};

/// A shop with deposits, a delivered, a paid and a refunded order.
async fn open() -> Shop {
    let shop = Shop::open().await;
    shop.product("A", 10).await;
    shop.stock("A", 1..=5).await;
    shop.buyer(1, 100).await;
    shop.buyer(2, 100).await;
    shop.bought(&order(1, 1, "A", 10)).await;
    let jobs = shop.claim("pod", DEADLINE, 1).await;
    assert!(delivery::job_delivered(&shop.store, &jobs[0], DirectMessage, Some(1)).await.unwrap());
    shop.bought(&order(2, 2, "A", 10)).await;
    let id = shop.bought(&order(3, 1, "A", 10)).await.order.id;
    let done = refund::refund(&shop.store, shop.id, &id, "r", &admin()).await.unwrap();
    assert!(matches!(done, Refund::Done { .. }));
    shop.prove().await;
    shop
}

#[tokio::test]
async fn sound_books_are_counted_and_proved() {
    let shop = open().await;
    let report = ledger::audit(&shop.store, None).await.unwrap();
    assert_eq!((report.transfers, report.entries, report.orders, report.units), (6, 12, 3, 5));
    assert_eq!(report.problems, Vec::<String>::new());
}

#[tokio::test]
async fn each_planted_fault_is_found() {
    let paid = "(SELECT id FROM stockbot.orders WHERE state = 'paid')";
    let faults = [
        (
            "UPDATE stockbot.accounts SET balance = balance + 1 WHERE kind = 'customer' AND balance = 90",
            "its entries end with",
        ),
        (
            "UPDATE stockbot.accounts SET version = version + 1 WHERE kind = 'deposits'",
            "its entries end with",
        ),
        ("UPDATE stockbot.ledger_entries SET amount = amount + 1 WHERE amount = 10", "that sum to"),
        (
            "UPDATE stockbot.ledger_entries SET balance_after = balance_after + 1 WHERE account_version = 1 AND amount = 100",
            "expected version",
        ),
        ("DELETE FROM stockbot.ledger_entries WHERE account_version = 1 AND amount = 100", "has version 2"),
        (
            "INSERT INTO stockbot.ledger_transfers (shop_id, kind, external_id) SELECT id, 'deposit', 'x' FROM stockbot.shops",
            "0 entries",
        ),
        (
            "UPDATE stockbot.stock_units SET state = 'available', order_id = NULL, sold_at = NULL WHERE content = 'A-0001'",
            "0 units of  instead of 1 of A",
        ),
        (
            "UPDATE stockbot.stock_units SET state = 'sold', order_id = 'ABCDEFGH', sold_at = now() WHERE content = 'A-0005'",
            "1 units of A name the order ABCDEFGH",
        ),
        (
            "UPDATE stockbot.stock_units SET state = 'sold', order_id = (SELECT id FROM stockbot.orders WHERE state = 'delivered'), sold_at = now() WHERE content = 'A-0005'",
            "2 units of A instead of 1 of A",
        ),
        (
            "UPDATE stockbot.orders SET state = 'delivered', refunded_at = NULL, delivered_at = now() WHERE state = 'refunded'",
            "paid back",
        ),
        ("UPDATE stockbot.orders SET quantity = 2, total = 20 WHERE state = 'paid'", "total 20, but paid 10"),
        (
            &format!(
                "UPDATE stockbot.ledger_transfers SET kind = 'deposit', order_id = NULL WHERE kind = 'purchase' AND order_id = {paid}"
            ),
            "but paid 0",
        ),
        (&format!("DELETE FROM stockbot.outbox WHERE order_id = {paid}"), "no delivery is owed"),
        (
            "UPDATE stockbot.outbox SET state = 'pending', finished_at = NULL WHERE state = 'cancelled'",
            "still to be delivered",
        ),
        (
            "ALTER TABLE stockbot.accounts DROP CONSTRAINT customers_never_owe; UPDATE stockbot.accounts SET balance = -5 WHERE kind = 'customer' AND balance = 90",
            "has the balance -5",
        ),
        (
            "SET session_replication_role = replica; DELETE FROM stockbot.discord_audit_logs WHERE number = 2",
            "entry 3 follows entry 1",
        ),
        (
            "UPDATE stockbot.accounts SET shop_id = (SELECT min(id) FROM stockbot.shops WHERE name = 'other') WHERE kind = 'deposits' OR part = 0 AND kind = 'sales'",
            "of another shop",
        ),
    ];
    for (sql, found) in faults {
        let shop = open().await;
        let other = stockbot_config::Currency::default();
        stockbot_store::shops::ensure_shop(&shop.store, "shops", "other", &other).await.unwrap();
        if found.contains("another shop") {
            shop.database.execute("DELETE FROM stockbot.accounts a USING stockbot.shops s WHERE s.id = a.shop_id AND s.name = 'other'").await;
        }
        shop.database.execute(sql).await;
        let report = ledger::audit(&shop.store, Some(shop.id)).await.unwrap();
        assert!(
            report.problems.iter().any(|p| p.contains(found)),
            "{sql}\nfound only {:#?}",
            report.problems
        );
    }
}

#[tokio::test]
async fn the_database_itself_refuses_what_must_never_be() {
    let shop = open().await;
    let never = [
        ("UPDATE stockbot.accounts SET balance = -1 WHERE kind = 'customer'", "customers_never_owe"),
        (
            "UPDATE stockbot.stock_units SET order_id = 'ABCDEFGH' WHERE state = 'available'",
            "order_exactly_when_taken",
        ),
        ("UPDATE stockbot.stock_units SET order_id = NULL WHERE state = 'sold'", "order_exactly_when_taken"),
        ("UPDATE stockbot.orders SET interaction_id = 1", "orders_interaction_id_key"),
        ("UPDATE stockbot.stock_units SET content = 'same'", "stock_units_shop_id_content_key"),
        ("UPDATE stockbot.orders SET total = total - 1", "total_is_quantity_times_price"),
        (
            "UPDATE stockbot.ledger_transfers SET external_id = 'same' WHERE kind = 'purchase'",
            "ledger_transfers_once",
        ),
        ("UPDATE stockbot.customers SET grow_id = 'USER1' WHERE grow_id = 'user2'", "customers_grow_id_once"),
        ("UPDATE stockbot.customers SET discord_user_id = 1", "customers_user_once"),
    ];
    for (sql, constraint) in never {
        let pool = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
        let error = sqlx::raw_sql(sql).execute(&pool).await.unwrap_err();
        assert!(error.to_string().contains(constraint), "{sql}: {error}");
    }
}

#[tokio::test]
async fn many_contradictions_are_listed_in_part_and_counted() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.stock("A", 1..=50).await;
    let all = "UPDATE stockbot.stock_units SET state = 'reserved', order_id = lpad(id::text, 8, '0')";
    shop.database.execute(all).await;
    let report = ledger::audit(&shop.store, None).await.unwrap();
    assert_eq!(report.problems.len(), 21);
    assert_eq!(report.problems[20], "... and 30 more like these");
}
