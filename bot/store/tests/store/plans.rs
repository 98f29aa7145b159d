//! The statements that run all the time use indexes, also when the tables are large and after they were prepared.

use std::time::Duration;

use stockbot_harness::{Postgres, eventually};
use stockbot_store::{
    DeliveredVia, Store, changes, customers, delivery, interactions, ledger, orders, outbox, products,
    purchase,
};

use crate::shop::{BOT, DEADLINE, Shop, order};

/// A shop with some 20,000 rows of everything, nearly all of them history.
async fn large(server: &Postgres) -> Shop {
    let shop = Shop::open_in(server.database().await, |_| {}).await;
    shop.product("A", 1).await;
    shop.product("B", 1).await;
    let sql = "
        INSERT INTO stockbot.customers (shop_id, discord_user_id, grow_id)
            SELECT $shop, n, 'user' || n FROM generate_series(1, 20000) AS n;
        INSERT INTO stockbot.stock_units (shop_id, product_code, content, state)
            SELECT $shop, CASE WHEN n % 2 = 0 THEN 'A' ELSE 'B' END, 'u' || n,
                CASE WHEN n < 19000 THEN 'removed' ELSE 'available' END
            FROM generate_series(1, 20000) AS n;
        INSERT INTO stockbot.interactions
                (id, shop_id, bot, application_id, token, kind, custom_id, user_id, locale, pod, payload, state, finished_at)
            SELECT n, $shop, '$bot', 1, 't', 'purchase', 'c', 1, 'en', 'p', '{}', 'finished', now()
            FROM generate_series(1, 20000) AS n;
        INSERT INTO stockbot.orders
                (id, shop_id, bot, customer_id, interaction_id, confirmation_id, product_code, product_name, quantity, unit_price, total)
            SELECT lpad(n::text, 8, '0'), $shop, '$bot', c.id, n, n, 'A', 'A', 1, 1, 1
            FROM generate_series(1, 20000) AS n JOIN stockbot.customers c ON c.discord_user_id = n % 100 + 1;
        INSERT INTO stockbot.outbox (shop_id, bot, application_id, kind, payload, nonce, state, finished_at)
            SELECT $shop, '$bot', 1, 'delivery', '{}', n, 'done', now() FROM generate_series(1, 20000) AS n;
        INSERT INTO stockbot.ledger_transfers (shop_id, kind, external_id)
            SELECT $shop, 'deposit', n FROM generate_series(1, 20000) AS n;
        INSERT INTO stockbot.ledger_entries (transfer_id, account_id, amount, balance_after, account_version)
            SELECT t.id, a.id, 1, 1, 1 FROM stockbot.ledger_transfers t
            JOIN stockbot.accounts a ON a.customer_id = t.external_id::int;
        UPDATE stockbot.accounts SET balance = 1000, version = 1 WHERE kind = 'customer';
        INSERT INTO stockbot.change_events (shop_id, kind) SELECT $shop, 'stock' FROM generate_series(1, 20000) AS n;
        ANALYZE";
    shop.database.execute(&sql.replace("$shop", &shop.id.get().to_string()).replace("$bot", BOT)).await;
    shop
}

/// What pods do all day, for user number `n`.
pub async fn a_day(shop: &Shop, store: &Store, n: u64) {
    let found = customers::customer(store, shop.id, n).await.unwrap().unwrap();
    customers::customer_by_grow_id(store, shop.id, "user7").await.unwrap().unwrap();
    assert!(!customers::search_customers(store, shop.id, "user7", 5).await.unwrap().is_empty());
    purchase::purchase(store, shop.id, &order(100_000 + n, n, "A", 1)).await.unwrap();
    let bought = orders::order_by_interaction(store, shop.id, 100_000 + n).await.unwrap().unwrap();
    orders::orders_of(store, shop.id, found.id, Some(&bought.id), 1).await.unwrap();
    assert_eq!(orders::order_units(store, shop.id, &bought.id).await.unwrap().len(), 1);
    assert_eq!(ledger::history(store, shop.id, found.id, None, 2).await.unwrap().len(), 2);
    shop.adjust(found.id, 1, &format!("gift-{n}")).await;
    for job in shop.claim("pod", DEADLINE, 1).await {
        assert!(outbox::job_sending(store, &job).await.unwrap());
        assert!(delivery::job_delivered(store, &job, DeliveredVia::Orders, None).await.unwrap());
    }
    let none = Duration::ZERO;
    interactions::unfinished_interactions(store, BOT, "pod", none, none, 5).await.unwrap();
    products::list_products(store, shop.id, true).await.unwrap();
    let cursor = changes::start(store, shop.id).await.unwrap();
    changes::changed_since(store, shop.id, &cursor).await.unwrap();
    assert_eq!(outbox::outbox_depth(store, BOT).await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_that_runs_all_day_reads_a_whole_table() {
    // A server of its own: while others have transactions open, every event counts as recent and a scan is the best plan.
    let server = Postgres::start().await.unwrap();
    let shop = large(&server).await;
    let watched = "SELECT string_agg(relname || ' ' || seq_scan, ', ') FROM pg_stat_user_tables
        WHERE seq_scan > 0 AND relname IN ('customers', 'accounts', 'stock_units', 'orders', 'ledger_transfers',
            'ledger_entries', 'outbox', 'interactions', 'change_events')";
    let store = shop.watched_anew().await;
    let day = Shop { store: store.clone(), ..shop };
    // More than five times: from then on Postgres may use a plan that fits all arguments.
    for n in 1..=8 {
        a_day(&day, &store, n).await;
    }
    store.close().await;
    let sold = "SELECT idx_scan > 0 FROM pg_stat_user_tables WHERE relname = 'stock_units'";
    eventually(DEADLINE, "the session has counted", || async {
        let counted = day.database.text(sold).await;
        if counted == "true" { Ok(()) } else { Err(counted) }
    })
    .await;
    assert_eq!(day.database.text(watched).await, "");
}
