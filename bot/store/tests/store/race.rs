//! Many buyers at once.

use std::collections::HashSet;

use stockbot_store::{PurchaseOutcome, PurchaseRequest, Refusal};

use crate::{
    purchase::spawn_buy,
    shop::{Shop, order},
};

async fn all(shop: &Shop, requests: impl Iterator<Item = PurchaseRequest>) -> Vec<PurchaseOutcome> {
    let tasks: Vec<_> = requests.map(|request| spawn_buy(shop, request)).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// Units sold, each once.
fn sold(outcomes: &[PurchaseOutcome]) -> usize {
    let mut units = HashSet::new();
    for outcome in outcomes {
        if let PurchaseOutcome::Bought(receipt) = outcome {
            for unit in &receipt.units {
                assert!(units.insert(unit.clone()), "{unit} was sold twice");
            }
        }
    }
    units.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_buyers_of_ten_units_buy_exactly_ten() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.stock("A", 1..=10).await;
    for user in 1..=50 {
        shop.buyer(user, 5).await;
    }
    let outcomes = all(&shop, (1..=50).map(|n| order(1000 + n, n, "A", 5))).await;
    assert_eq!(sold(&outcomes), 10);
    let refused = outcomes.iter().filter(|o| !matches!(o, PurchaseOutcome::Bought(_)));
    for outcome in refused {
        assert_eq!(*outcome, PurchaseOutcome::Refused(Refusal::OutOfStock { left: 0, asked: 1 }));
    }
    assert_eq!(shop.available("A").await, 0);
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_what_is_left_and_nothing_is_left_that_somebody_wanted() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.stock("A", 1..=100).await;
    for user in 1..=60 {
        shop.buyer(user, 100).await;
    }
    // 60 buyers of 1 to 7 units want 234 of 100; whoever is refused asked for more than there was at that moment.
    let asks = (1..=60).map(|n| PurchaseRequest {
        quantity: i64::try_from(n % 7 + 1).unwrap(),
        ..order(1000 + n, n, "A", 1)
    });
    let outcomes = all(&shop, asks).await;
    let left = usize::try_from(shop.available("A").await).unwrap();
    assert_eq!(sold(&outcomes) + left, 100);
    let mut smallest_refused = i64::MAX;
    for outcome in &outcomes {
        match outcome {
            PurchaseOutcome::Bought(_) => {}
            PurchaseOutcome::Refused(Refusal::OutOfStock { left, asked }) => {
                assert!(left < asked, "refused {asked} with {left} left");
                smallest_refused = smallest_refused.min(*asked);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(i64::try_from(left).unwrap() < smallest_refused, "{left} left, {smallest_refused} refused");
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_interaction_repeated_twenty_times_at_once_buys_once() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.stock("A", 1..=10).await;
    shop.buyer(1, 50).await;
    let outcomes = all(&shop, (0..20).map(|_| order(7, 1, "A", 5))).await;
    let mut receipts = Vec::new();
    let mut bought = 0;
    for outcome in outcomes {
        match outcome {
            PurchaseOutcome::Bought(receipt) => {
                bought += 1;
                receipts.push(receipt);
            }
            PurchaseOutcome::Repeated(receipt) => receipts.push(receipt),
            PurchaseOutcome::Refused(refusal) => panic!("{refusal:?}"),
        }
    }
    assert_eq!(bought, 1);
    receipts.dedup();
    assert_eq!(receipts.len(), 1, "everybody is shown the same receipt");
    assert_eq!((shop.balance(1).await, shop.available("A").await), (45, 9));
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_no_refusal_although_the_first_one_took_the_last_coin_and_unit() {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.stock("A", 1..=1).await;
    shop.buyer(1, 5).await;
    let outcomes = all(&shop, (0..10).map(|_| order(7, 1, "A", 5))).await;
    assert!(outcomes.iter().all(|o| !matches!(o, PurchaseOutcome::Refused(_))), "{outcomes:?}");
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_buyer_who_clicks_everywhere_spends_no_more_than_he_has() {
    let shop = Shop::open().await;
    for code in ["A", "B", "C"] {
        shop.product(code, 7).await;
        shop.stock(code, 1..=20).await;
    }
    shop.buyer(1, 50).await;
    let outcomes =
        all(&shop, (0..30_u64).map(|n| order(n, 1, ["A", "B", "C"][usize::try_from(n % 3).unwrap()], 7)))
            .await;
    assert_eq!(sold(&outcomes), 7);
    assert_eq!(shop.balance(1).await, 1);
    shop.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_restocks_deposits_and_refunds_at_once_add_up() {
    let shop = Shop::open().await;
    shop.product("A", 3).await;
    shop.stock("A", 1..=20).await;
    for user in 1..=10 {
        shop.buyer(user, 30).await;
    }
    let restock = async {
        for batch in 1..=10 {
            shop.stock("A", batch * 100..=batch * 100 + 9).await;
        }
    };
    let deposits = async {
        for user in 1..=10 {
            let customer =
                stockbot_store::customers::customer(&shop.store, shop.id, user).await.unwrap().unwrap();
            shop.adjust(customer.id, 30, &format!("deposit-{user}")).await;
        }
    };
    let sales = all(&shop, (1..=300).map(|n| order(n, n % 10 + 1, "A", 3)));
    let refunds = async {
        let mut refunded = 0;
        for interaction in 1..=60 {
            let order = stockbot_store::orders::order_by_interaction(&shop.store, shop.id, interaction)
                .await
                .unwrap();
            let Some(order) = order else { continue };
            let external = format!("refund-{}", order.id);
            let actor = crate::shop::admin();
            let done = stockbot_store::refund::refund(&shop.store, shop.id, &order.id, &external, &actor)
                .await
                .unwrap();
            assert!(matches!(done, stockbot_store::Refund::Done { .. }), "{done:?}");
            refunded += 1;
        }
        refunded
    };
    let (outcomes, (), (), refunded) = tokio::join!(sales, restock, deposits, refunds);
    let bought = outcomes.iter().filter(|o| matches!(o, PurchaseOutcome::Bought(_))).count();
    let available = usize::try_from(shop.available("A").await).unwrap();
    assert_eq!(bought - refunded + available, 120, "{bought} bought, {refunded} refunded, {available} left");
    shop.prove().await;
}
