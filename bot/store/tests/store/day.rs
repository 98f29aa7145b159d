//! What everybody does with a shop in a day: customers and pods, and those who run the shop.

use std::time::Duration;

use stockbot_config::{Currency, Locale};
use stockbot_store::{
    Adjustment, CommandLog, CommandOutcome, EditProduct, Own, ProductChange, PurchaseOutcome, Refund,
    Registration, Reservation, Severity, ShardOf, Store, TransferKind, changes, customers, displays,
    interactions, leases, ledger, logs, outbox, products,
    pulse::{Asking, pulse},
    purchase, refund, shops, stock,
};

use crate::{
    plans::a_day,
    shop::{BOT, DEADLINE, MAX_BALANCE, Shop, admin, grow_id, order},
};

/// A shop that sells A at 1 to the customers 1 to 8, who have enough.
pub async fn open(shop: &Shop) {
    shop.product("A", 1).await;
    shop.stock("A", 1..=20).await;
    for user in 1..=8 {
        shop.buyer(user, 1000).await;
    }
}

/// Day number `n`, with the customer of that number.
pub async fn everything(shop: &Shop, store: &Store, n: u64) {
    a_day(shop, store, n).await;
    run_the_shop(shop, store, n).await;
    keep_the_books(shop, store, n).await;
}

async fn run_the_shop(shop: &Shop, store: &Store, n: u64) {
    shops::ensure_shop(store, "shops", "growshop", &Currency::default()).await.unwrap();
    shops::set_maintenance(store, shop.id, true, "cleaning", &admin()).await.unwrap();
    assert!(shops::shop_state(store, shop.id).await.unwrap().maintenance);
    shops::set_maintenance(store, shop.id, false, "", &admin()).await.unwrap();
    let code = format!("N{n}");
    shop.product(&code, 1).await;
    let change = ProductChange { description: Some(format!("day {n}")), ..ProductChange::default() };
    let edited = products::edit_product(store, shop.id, &code, &change, &admin()).await.unwrap();
    assert!(matches!(edited, EditProduct::Done(_)), "{edited:?}");
    products::set_product_active(store, shop.id, &code, false, &admin()).await.unwrap();
    assert!(products::product(store, shop.id, &code).await.unwrap().is_some_and(|product| !product.active));
    let unit = [format!("{code}-unit")];
    stock::add_units(store, shop.id, &code, &unit, &admin()).await.unwrap();
    displays::reserve_display(store, shop.id, BOT, &code, 1).await.unwrap();
    displays::save_display(store, shop.id, BOT, &code, 1, n, "hash").await.unwrap();
    let again = displays::reserve_display(store, shop.id, BOT, &code, 1).await.unwrap();
    assert!(matches!(again, Reservation::Published(_)), "{again:?}");
    assert!(!displays::displays(store, shop.id, BOT).await.unwrap().is_empty());
    assert!(displays::forget_display(store, shop.id, BOT, &code, Some(n)).await.unwrap());
    let of = ShardOf { shard: 0, total: 1 };
    let lease = leases::take(store, BOT, of, "pod", DEADLINE).await.unwrap().unwrap();
    let own = [Own { shard: 0, epoch: lease.epoch, session: None }];
    let asking = Asking {
        bot: BOT,
        shop: shop.id,
        owner: "pod",
        ttl: DEADLINE,
        own: &own,
        cursor: None,
        abandoned_after: DEADLINE,
    };
    assert!(pulse(store, &asking).await.unwrap().leases[0].renewed);
}

async fn keep_the_books(shop: &Shop, store: &Store, n: u64) {
    let name = grow_id(&format!("other{n}"));
    let done = customers::register(store, shop.id, 100 + n, &name, Locale::En).await.unwrap();
    let Registration::Created(customer) = done else { panic!("{done:?}") };
    customers::register(store, shop.id, 100 + n, &grow_id(&format!("changed{n}")), Locale::Id).await.unwrap();
    customers::set_blacklisted(store, shop.id, customer.id, true, &admin()).await.unwrap().unwrap();
    let (kind, key) = (TransferKind::Deposit, format!("deposit-{n}"));
    let done = ledger::adjust_balance(store, shop.id, customer.id, 5, kind, &key, MAX_BALANCE, &admin())
        .await
        .unwrap();
    assert_eq!(done, Adjustment::Done { balance: 5, before: 0 });
    ledger::reset_balance(store, shop.id, customer.id, &key, &admin()).await.unwrap();
    let bought = purchase::purchase(store, shop.id, &order(500_000 + n, n, "A", 1)).await.unwrap();
    let PurchaseOutcome::Bought(receipt) = bought else { panic!("{bought:?}") };
    let back = refund::refund(store, shop.id, &receipt.order.id, &key, &admin()).await.unwrap();
    assert!(matches!(back, Refund::Done { .. }), "{back:?}");
    logs::log_command(store, &command(shop, n)).await.unwrap();
    logs::audit_log(store, shop.id, Severity::Info, "x", &admin(), "y", &serde_json::json!({}))
        .await
        .unwrap();
    changes::prune(store, shop.id, DEADLINE).await.unwrap();
    interactions::prune_interactions(store, shop.id, DEADLINE).await.unwrap();
    outbox::prune_outbox(store, shop.id, DEADLINE).await.unwrap();
    logs::prune_command_log(store, shop.id, Duration::ZERO).await.unwrap();
    logs::prune_audit_log(store, shop.id, DEADLINE).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(ledger::audit(store, None).await.unwrap().problems, Vec::<String>::new());
}

fn command(shop: &Shop, n: u64) -> CommandLog {
    CommandLog {
        shop: shop.id,
        bot: BOT.into(),
        interaction_id: Some(n),
        user_id: n,
        user_name: "user".into(),
        channel_id: None,
        guild_id: None,
        command: "stock add".into(),
        arguments: serde_json::json!({}),
        outcome: CommandOutcome::Success,
        duration: DEADLINE,
        error: None,
    }
}
