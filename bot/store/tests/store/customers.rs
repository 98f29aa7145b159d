use stockbot_config::Locale;
use stockbot_store::{
    Adjustment, Customer, GrowId, Registration, StoreError, TransferKind, customers, ledger,
};

use crate::shop::{MAX_BALANCE, Shop, admin, grow_id, order, patiently};

async fn register(shop: &Shop, user: u64, name: &GrowId) -> Registration {
    customers::register(&shop.store, shop.id, user, name, Locale::En).await.unwrap()
}

#[tokio::test]
async fn a_grow_id_belongs_to_one_user_in_any_case() {
    let shop = Shop::open().await;
    let Registration::Created(first) = register(&shop, 1, &grow_id("Alice_1")).await else { panic!() };
    assert_eq!((first.user_id, first.grow_id.as_str(), first.balance), (1, "Alice_1", 0));
    assert_eq!(register(&shop, 2, &grow_id("aLICE_1")).await, Registration::Taken);
    assert_eq!(register(&shop, 1, &grow_id("Alice_1")).await, Registration::Unchanged(first.clone()));
    let by_name = customers::customer_by_grow_id(&shop.store, shop.id, "ALICE_1").await.unwrap();
    assert_eq!(by_name, Some(first));
    assert_eq!(customers::customer(&shop.store, shop.id, 2).await.unwrap(), None);
}

#[tokio::test]
async fn a_change_of_the_grow_id_keeps_balance_and_history_and_moves_nobody_elses() {
    let shop = Shop::open().await;
    let alice = shop.buyer(1, 100).await;
    let bob = shop.buyer(2, 7).await;
    let Registration::Changed { customer, from } = register(&shop, 1, &grow_id("NewName")).await else {
        panic!()
    };
    assert_eq!((from.as_str(), customer.balance, customer.id), ("user1", 100, alice.id));
    assert_eq!(ledger::history(&shop.store, shop.id, alice.id, None, 10).await.unwrap().len(), 1);
    // Only the case changes: still one's own name.
    assert!(matches!(register(&shop, 1, &grow_id("NEWNAME")).await, Registration::Changed { .. }));
    // The old name is free now, and whoever takes it takes nothing with it.
    let Registration::Changed { customer, .. } = register(&shop, 2, &grow_id("user1")).await else {
        panic!()
    };
    assert_eq!((customer.id, customer.balance), (bob.id, 7));
    assert_eq!(register(&shop, 2, &grow_id("newname")).await, Registration::Taken);
}

#[tokio::test]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let shop = Shop::open().await;
    let tries = (1..=20).map(|user| {
        let store = shop.store.clone();
        let id = shop.id;
        let name = grow_id(if user % 2 == 0 { "Wanted" } else { "wANTED" });
        tokio::spawn(async move { customers::register(&store, id, user, &name, Locale::Id).await.unwrap() })
    });
    let mut created = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Registration::Created(_) => created += 1,
            Registration::Taken => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn a_user_who_registers_twice_at_once_is_one_customer() {
    let shop = Shop::open().await;
    // The first registration has not committed yet when the second one looks.
    let first = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut open = first.begin().await.unwrap();
    let insert = "INSERT INTO stockbot.customers (shop_id, discord_user_id, grow_id) VALUES ($1, 5, 'first')";
    sqlx::query(insert).bind(shop.id.get()).execute(&mut *open).await.unwrap();
    let second = tokio::spawn({
        let (store, id) = (shop.store.clone(), shop.id);
        let name = grow_id("second");
        async move { patiently(|| customers::register(&store, id, 5, &name, Locale::Id)).await }
    });
    shop.until_somebody_waits_for("transactionid").await;
    open.commit().await.unwrap();
    let Registration::Changed { from, .. } = second.await.unwrap() else { panic!() };
    assert_eq!(from, "first");
    assert_eq!(
        shop.database.text("SELECT count(*) FROM stockbot.accounts WHERE kind = 'customer'").await,
        "1"
    );
}

#[tokio::test]
async fn a_search_finds_by_the_beginning_in_any_case_and_takes_nothing_as_a_pattern() {
    let shop = Shop::open().await;
    for (user, name) in [(1, "ab_c"), (2, "abxc"), (3, "ABz"), (4, "zzz")] {
        register(&shop, user, &grow_id(name)).await;
    }
    let search = async |prefix: &str| {
        let found = customers::search_customers(&shop.store, shop.id, prefix, 2).await.unwrap();
        found.into_iter().map(|c: Customer| c.grow_id).collect::<Vec<_>>()
    };
    assert_eq!(search("aB").await, ["ab_c", "abxc"]);
    assert_eq!(search("ab_").await, ["ab_c"]);
    assert_eq!(search("%").await, Vec::<String>::new());
    assert_eq!(search("z").await, ["zzz"]);
}

#[tokio::test]
async fn a_balance_moves_once_per_external_id_within_its_bounds() {
    let shop = Shop::open().await;
    let alice = shop.buyer(1, 0).await.id;
    assert_eq!(shop.adjust(alice, 150, "a").await, Adjustment::Done { balance: 150, before: 0 });
    assert_eq!(shop.adjust(alice, 150, "a").await, Adjustment::AlreadyDone { balance: 150 });
    assert_eq!(shop.adjust(alice, -151, "b").await, Adjustment::TooLow { balance: 150 });
    assert_eq!(shop.adjust(alice, -50, "b").await, Adjustment::Done { balance: 100, before: 150 });
    let above = Adjustment::AboveCap { balance: 100, max: MAX_BALANCE };
    assert_eq!(shop.adjust(alice, MAX_BALANCE - 99, "c").await, above);
    assert_eq!(shop.adjust(alice, i64::MAX, "c").await, above);
    assert_eq!(shop.adjust(alice, i64::MIN, "c").await, Adjustment::TooLow { balance: 100 });
    assert_eq!(
        shop.adjust(alice, MAX_BALANCE - 100, "c").await,
        Adjustment::Done { balance: MAX_BALANCE, before: 100 }
    );
    assert_eq!(shop.adjust(alice + 99, 1, "d").await, Adjustment::UnknownCustomer);
    let reset = ledger::reset_balance(&shop.store, shop.id, alice, "e", &admin()).await.unwrap();
    assert_eq!(reset, Adjustment::Done { balance: 0, before: MAX_BALANCE });
    // A repeat is one, although the balance would not allow it any more.
    assert_eq!(shop.adjust(alice, -50, "b").await, Adjustment::AlreadyDone { balance: 0 });
    let again = ledger::reset_balance(&shop.store, shop.id, alice, "f", &admin()).await.unwrap();
    assert_eq!(again, Adjustment::Done { balance: 0, before: 0 });
    shop.prove().await;
}

#[tokio::test]
async fn the_same_external_id_for_two_customers_at_once_moves_money_once() {
    let shop = Shop::open().await;
    let (one, two) = (shop.buyer(1, 0).await.id, shop.buyer(2, 0).await.id);
    let (first, second) = tokio::join!(shop.adjust(one, 5, "deposit-1"), shop.adjust(two, 5, "deposit-1"));
    let done = [first, second].iter().filter(|a| matches!(a, Adjustment::Done { .. })).count();
    assert_eq!(done, 1);
    assert_eq!(shop.balance(1).await + shop.balance(2).await, 5);
    shop.prove().await;
}

#[tokio::test]
async fn a_balance_is_never_negative_however_many_take_from_it_at_once() {
    let shop = Shop::open().await;
    let alice = shop.buyer(1, 30).await.id;
    let takers = (0..20).map(|n| {
        let (store, id) = (shop.store.clone(), shop.id);
        tokio::spawn(async move {
            let (kind, external) = (TransferKind::AdminRemove, format!("take-{n}"));
            ledger::adjust_balance(&store, id, alice, -2, kind, &external, MAX_BALANCE, &admin())
                .await
                .unwrap()
        })
    });
    let mut taken = 0;
    for taker in takers.collect::<Vec<_>>() {
        match taker.await.unwrap() {
            Adjustment::Done { .. } => taken += 1,
            Adjustment::TooLow { balance } => assert!((0..2).contains(&balance)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((taken, shop.balance(1).await), (15, 0));
    shop.prove().await;
}

#[tokio::test]
async fn history_is_paged_newest_first() {
    let shop = Shop::open().await;
    let alice = shop.buyer(1, 100).await.id;
    shop.product("A", 3).await;
    shop.stock("A", 1..=5).await;
    for interaction in 1..=4 {
        shop.bought(&order(interaction, 1, "A", 3)).await;
    }
    let page = async |before| ledger::history(&shop.store, shop.id, alice, before, 2).await.unwrap();
    let first = page(None).await;
    assert_eq!(first.iter().map(|m| (m.amount, m.balance_after)).collect::<Vec<_>>(), [(-3, 88), (-3, 91)]);
    assert!(first.iter().all(|m| m.kind == TransferKind::Purchase && m.order_id.is_some()));
    let second = page(Some(first[1].entry_id)).await;
    let third = page(Some(second[1].entry_id)).await;
    assert_eq!(third.len(), 1);
    assert_eq!((third[0].kind, third[0].amount, third[0].balance_after), (TransferKind::AdminAdd, 100, 100));
}

#[tokio::test]
async fn money_of_orders_cannot_be_moved_by_hand() {
    let shop = Shop::open().await;
    let alice = shop.buyer(1, 5).await.id;
    let kind = TransferKind::Refund;
    let moved =
        ledger::adjust_balance(&shop.store, shop.id, alice, 1, kind, "x", MAX_BALANCE, &admin()).await;
    assert!(matches!(moved, Err(StoreError::Unexpected(_))), "{moved:?}");
    assert_eq!(shop.balance(1).await, 5);
}
