//! The connection is lost exactly in COMMIT.

use stockbot_harness::{Cut, Postgres, Proxy, TestDatabase};
use stockbot_store::{PurchaseOutcome, Store, StoreError, purchase};

use crate::shop::{Shop, options, order};

/// The whole statement, as its message ends; transactions also begin with READ COMMITTED.
const COMMIT: &[u8] = b"COMMIT\0";

/// A shop with one unit and a buyer who can pay it, and a second way into its database that can be cut.
async fn open() -> (Shop, Proxy, Store) {
    let shop = Shop::open().await;
    shop.product("A", 5).await;
    shop.stock("A", 1..=1).await;
    shop.buyer(1, 5).await;
    let proxy = Proxy::start(Postgres::shared().await.port()).await.unwrap();
    let store = through(&shop.database, &proxy).await;
    (shop, proxy, store)
}

async fn through(database: &TestDatabase, proxy: &Proxy) -> Store {
    let port = Postgres::shared().await.port();
    let url = database.url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port()));
    Store::connect(&options(&url)).await.unwrap()
}

#[tokio::test]
async fn a_commit_that_arrived_without_an_answer_is_found_again() {
    let (shop, proxy, store) = open().await;
    proxy.trap(COMMIT, Cut::BeforeReply);
    let outcome = purchase::purchase(&store, shop.id, &order(1, 1, "A", 5)).await.unwrap();
    assert!(!proxy.trap_is_set(), "the connection was never cut");
    let PurchaseOutcome::Bought(receipt) = outcome else { panic!("{outcome:?}") };
    assert_eq!((receipt.units.as_slice(), receipt.balance), (["A-0001".to_owned()].as_slice(), 0));
    assert_eq!(shop.balance(1).await, 0);
    shop.prove().await;
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_done_again() {
    let (shop, proxy, store) = open().await;
    proxy.trap(COMMIT, Cut::BeforeRequest);
    let outcome = purchase::purchase(&store, shop.id, &order(1, 1, "A", 5)).await.unwrap();
    assert!(!proxy.trap_is_set(), "the connection was never cut");
    assert!(matches!(outcome, PurchaseOutcome::Bought(_)), "{outcome:?}");
    assert_eq!((shop.balance(1).await, shop.available("A").await), (0, 0));
    shop.prove().await;
}

#[tokio::test]
async fn an_unknown_outcome_is_reported_as_such_and_asking_later_tells_it() {
    let (shop, proxy, store) = open().await;
    proxy.trap_then_refuse(COMMIT, Cut::BeforeReply);
    let request = order(1, 1, "A", 5);
    let outcome = purchase::purchase(&store, shop.id, &request).await;
    assert!(matches!(outcome, Err(StoreError::CommitUnknown(_))), "{outcome:?}");
    proxy.refuse(false);
    let later = purchase::purchase(&store, shop.id, &request).await.unwrap();
    assert!(matches!(later, PurchaseOutcome::Repeated(_)), "{later:?}");
    assert_eq!(shop.balance(1).await, 0);
    shop.prove().await;
}

#[tokio::test]
async fn a_connection_lost_before_the_commit_changes_nothing() {
    let (shop, proxy, store) = open().await;
    proxy.trap(b"ledger_transfers", Cut::BeforeReply);
    let error = purchase::purchase(&store, shop.id, &order(1, 1, "A", 5)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    shop.bought(&order(1, 1, "A", 5)).await;
    shop.prove().await;
}
