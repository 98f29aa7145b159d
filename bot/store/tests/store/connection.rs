use std::time::Duration;

use stockbot_config::Currency;
use stockbot_harness::{Postgres, Proxy, eventually};
use stockbot_store::{ConnectOptions, Store, StoreError, shops};

use crate::shop::{DEADLINE, Shop, options};

async fn failure(url: &str) -> StoreError {
    Store::connect(&options(url)).await.expect_err("this URL cannot work")
}

#[tokio::test]
async fn a_wrong_url_says_what_is_wrong_and_shows_no_password() {
    let database = Postgres::shared().await.database().await;
    let name = &database.name;
    let port = Postgres::shared().await.port();
    let bad = [
        format!("postgres://{name}:hunter2@127.0.0.1:{port}/{name}?sslmode=disable"),
        format!("postgres://{name}:hunter2@127.0.0.1:1/{name}?sslmode=disable"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/nowhere-hunter?sslmode=disable"),
        "postgres://u:hunter2@[bad/x".into(),
        "mysql-hunter2".into(),
    ];
    for url in bad {
        let error = failure(&url).await;
        let expected_unavailable = url.contains("127.0.0.1");
        assert_eq!(error.is_unavailable(), expected_unavailable, "{error:?}");
        assert_eq!(matches!(error, StoreError::BadUrl(_)), !expected_unavailable, "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn connect_options_show_neither_url_nor_password() {
    let shown = format!("{:?}", ConnectOptions { pooled: true, ..options("postgres://u:hunter2@h/d") });
    assert!(
        shown.contains("pooled: true") && !shown.contains("hunter2") && !shown.contains("postgres:"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_restart_of_the_server_costs_no_call_once_it_is_back() {
    let server = Postgres::start().await.unwrap();
    let database = server.database().await;
    let store = Store::connect(&options(&database.url)).await.unwrap();
    store.migrate().await.unwrap();
    server.stop().await.unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    server.run().await.unwrap();
    eventually(DEADLINE, "the store answers again", || async { store.ping().await }).await;
    server.kill().await.unwrap();
    server.run().await.unwrap();
    eventually(DEADLINE, "the store answers after a crash", || async { store.ping().await }).await;
}

#[tokio::test]
async fn cut_connections_are_replaced() {
    let server = Postgres::shared().await;
    let database = server.database().await;
    let proxy = Proxy::start(server.port()).await.unwrap();
    let url = database.url.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    let store = Store::connect(&options(&url)).await.unwrap();
    store.migrate().await.unwrap();
    proxy.refuse(true);
    let error = store.schema().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    proxy.refuse(false);
    eventually(DEADLINE, "the store answers again", || async { store.schema().await }).await;
}

#[tokio::test]
async fn a_network_that_goes_silent_costs_one_wait_and_blocks_no_place_in_the_pool() {
    let shop = Shop::open().await;
    let server = Postgres::shared().await;
    let proxy = Proxy::start(server.port()).await.unwrap();
    let url = shop.database.url.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    let one =
        ConnectOptions { max_connections: 1, statement_timeout: Duration::from_secs(3), ..options(&url) };
    let store = Store::connect(&one).await.unwrap();
    // The answer is lost, because the network goes silent while the statement waits for a lock.
    let holder = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut hold = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE stockbot.shops").execute(&mut *hold).await.unwrap();
    let asked = tokio::spawn({
        let (store, id) = (store.clone(), shop.id);
        async move { shops::shop_state(&store, id).await }
    });
    shop.until_somebody_waits_for("shops").await;
    proxy.freeze();
    hold.rollback().await.unwrap();
    let error = asked.await.unwrap().unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(why) if why.contains("no answer")), "{error:?}");
    // The only connection of the pool is replaced, although nobody ever closed it. Also when it goes silent at rest.
    for _ in 0..2 {
        eventually(DEADLINE, "the store answers again", || async { store.ping().await }).await;
        proxy.freeze();
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let shop = Shop::open().await;
    let hold = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut tx = hold.begin().await.unwrap();
    sqlx::query("LOCK TABLE stockbot.shops").execute(&mut *tx).await.unwrap();
    let short = Duration::from_millis(300);
    let hasty = ConnectOptions { statement_timeout: short, ..options(&shop.database.url) };
    let hasty = Store::connect(&hasty).await.unwrap();
    let error = shops::shop_state(&hasty, shop.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Busy(_)), "{error:?}");
    tx.rollback().await.unwrap();
    crate::shop::patiently(|| shops::shop_state(&hasty, shop.id)).await;
}

#[tokio::test]
async fn a_shop_behind_a_transaction_pooler_sells_as_well() {
    let shop = Shop::open_with(|options| {
        options.pooled = true;
        options.max_connections = 2;
    })
    .await;
    shop.product("DIRT", 5).await;
    shop.stock("DIRT", 1..=2).await;
    shop.buyer(1, 10).await;
    shop.bought(&crate::shop::order(1, 1, "DIRT", 5)).await;
    shop.prove().await;
}

#[tokio::test]
async fn the_currency_of_a_shop_keeps_its_denominations() {
    let shop = Shop::open().await;
    let ensure =
        async |currency: &Currency| shops::ensure_shop(&shop.store, "shops", "growshop", currency).await;
    let mut changed = Currency { max_balance: 5, ..Currency::default() };
    changed.denominations[1].name = "Blue Lock".into();
    assert_eq!(ensure(&changed).await.unwrap(), shop.id);
    changed.denominations[1].value = 200;
    let error = ensure(&changed).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::CurrencyChanged { stored } if stored == "WL=1 DL=100 BGL=10000"),
        "{error:?}"
    );
}

#[tokio::test]
async fn shops_of_the_same_name_in_two_namespaces_are_two_and_twenty_pods_make_one() {
    let shop = Shop::open().await;
    let other = async |namespace: &'static str| {
        shops::ensure_shop(&shop.store, namespace, "growshop", &Currency::default()).await.unwrap()
    };
    assert_ne!(other("else").await, shop.id);
    let pods = (0..20).map(|_| {
        let store = shop.store.clone();
        tokio::spawn(async move { shops::ensure_shop(&store, "new", "shop", &Currency::default()).await })
    });
    let mut ids = Vec::new();
    for pod in pods.collect::<Vec<_>>() {
        ids.push(pod.await.unwrap().unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(shop.database.text("SELECT count(*) FROM stockbot.shops WHERE namespace = 'new'").await, "1");
}
