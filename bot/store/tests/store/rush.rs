//! A rush on the last units while the shop's owner goes on working: restocks, prices, the blacklist and the doors.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use stockbot_store::{ProductChange, PurchaseOutcome, PurchaseRequest, Refusal, customers, products, shops};

use crate::{
    purchase::spawn_buy,
    shop::{DEADLINE, Shop, admin, order},
};

const PRODUCTS: u64 = 100;
const CUSTOMERS: u64 = 64;
/// Purchases that each customer has under way at once.
const EACH: u64 = 8;

/// The purchases of all customers, spread over all products so that several want the last unit of each.
fn rush() -> impl Iterator<Item = PurchaseRequest> {
    let of = |customer| {
        (0..EACH).map(move |n| {
            let code = format!("P{}", (customer * 7 + n * 13) % PRODUCTS);
            order(customer * 1000 + n, customer, &code, 5)
        })
    };
    (1..=CUSTOMERS).flat_map(of)
}

/// Two units of each product, and customers who can pay for what they ask for.
async fn open() -> Shop {
    let shop = Shop::open().await;
    for n in 0..PRODUCTS {
        shop.product(&format!("P{n}"), 5).await;
        shop.stock(&format!("P{n}"), 1..=2).await;
    }
    for user in 1..=CUSTOMERS {
        shop.buyer(user, 1000).await;
    }
    shop
}

async fn count(shop: &Shop, of: &str) -> usize {
    shop.database.text(&format!("SELECT count(*) FROM stockbot.{of}")).await.parse().unwrap()
}

/// No unit is in two receipts, and the database has an order for each receipt and no other.
async fn receipts(shop: &Shop, outcomes: &[PurchaseOutcome]) -> usize {
    let (mut units, mut orders) = (HashSet::new(), 0);
    for outcome in outcomes {
        if let PurchaseOutcome::Bought(receipt) = outcome {
            orders += 1;
            for unit in &receipt.units {
                assert!(units.insert(unit.clone()), "{unit} was sold twice");
            }
        }
    }
    assert_eq!(count(shop, "orders").await, orders);
    assert_eq!(count(shop, "stock_units WHERE state = 'sold'").await, orders);
    orders
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_customers_take_the_last_units_of_a_hundred_products() {
    let shop = open().await;
    let outcomes = join_all(rush().map(|request| spawn_buy(&shop, request))).await;
    let outcomes: Vec<PurchaseOutcome> = outcomes.into_iter().map(Result::unwrap).collect();
    let sold = receipts(&shop, &outcomes).await;
    // Every product is asked for more often than it has units.
    assert_eq!(sold, 200);
    let refused =
        |o: &&PurchaseOutcome| **o == PurchaseOutcome::Refused(Refusal::OutOfStock { left: 0, asked: 1 });
    assert_eq!(outcomes.iter().filter(refused).count(), outcomes.len() - sold);
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restocks_and_prices_change_during_a_rush_and_everything_adds_up() {
    let shop = open().await;
    let buying: Vec<_> = rush().map(|request| spawn_buy(&shop, request)).collect();
    let owner = async {
        for n in 0..PRODUCTS {
            let code = format!("P{n}");
            shop.stock(&code, 11..=11).await;
            let price = Some(6);
            let dearer = ProductChange { price, ..ProductChange::default() };
            products::edit_product(&shop.store, shop.id, &code, &dearer, &admin()).await.unwrap();
        }
    };
    let (outcomes, ()) = tokio::join!(join_all(buying), owner);
    let outcomes: Vec<PurchaseOutcome> = outcomes.into_iter().map(Result::unwrap).collect();
    let sold = receipts(&shop, &outcomes).await;
    for outcome in &outcomes {
        match outcome {
            // Nobody paid another price than was shown to him.
            PurchaseOutcome::Bought(receipt) => assert_eq!(receipt.order.total, 5),
            PurchaseOutcome::Refused(
                Refusal::OutOfStock { left: 0, asked: 1 } | Refusal::PriceChanged { now: 6 },
            ) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(count(&shop, "stock_units WHERE state = 'available'").await, 300 - sold);
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_the_shop_is_closed_in_a_rush_nothing_more_is_sold() {
    let shop = open().await;
    let buying: Vec<_> = rush().map(|request| spawn_buy(&shop, request)).collect();
    shops::set_maintenance(&shop.store, shop.id, true, "counting", &admin()).await.unwrap();
    let when_closed = count(&shop, "orders").await;
    let outcomes: Vec<PurchaseOutcome> = join_all(buying).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(receipts(&shop, &outcomes).await, when_closed);
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_customer_is_blacklisted_no_purchase_of_his_commits() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.stock("A", 1..=1).await;
    let customer = shop.buyer(1, 100).await;
    // The purchase has looked at the customer and waits for a unit that somebody else holds.
    let pool = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("SELECT FROM stockbot.stock_units FOR UPDATE").execute(&mut *holder).await.unwrap();
    let buying = spawn_buy(&shop, order(1, 1, "A", 5));
    shop.until_somebody_waits_for("transactionid").await;

    let (store, id) = (shop.store.clone(), shop.id);
    let mut banning =
        tokio::spawn(
            async move { customers::set_blacklisted(&store, id, customer.id, true, &admin()).await },
        );
    // It waits for that purchase: it has not returned while the purchase can still commit.
    assert!(tokio::time::timeout(Duration::from_millis(500), &mut banning).await.is_err());
    holder.rollback().await.unwrap();
    assert!(matches!(buying.await.unwrap(), PurchaseOutcome::Bought(_)));
    tokio::time::timeout(DEADLINE, banning).await.unwrap().unwrap().unwrap();

    assert_eq!(shop.refused(&order(2, 1, "A", 5)).await, Refusal::Blacklisted);
    shop.prove().await;
}
