//! Servers that cannot serve, do not any more, or have no room: what is said, and how it heals.

use std::time::Duration;

use stockbot_config::Currency;
use stockbot_harness::{Postgres, Proxy, eventually};
use stockbot_store::{ConnectOptions, ShopId, Store, StoreError, products, shops};

use crate::{
    day,
    shop::{DEADLINE, Shop, options},
};

/// Time for a switch-over to heal, once the address leads to a server that writes.
const HEALED: Duration = Duration::from_secs(5);

fn through(url: &str, server: &Postgres, port: u16) -> String {
    url.replace(&format!(":{}/", server.port()), &format!(":{port}/"))
}

async fn open_shop(url: &str) -> (ShopId, Store) {
    let store = Store::connect(&options(url)).await.unwrap();
    store.migrate().await.unwrap();
    (shops::ensure_shop(&store, "shops", "growshop", &Currency::default()).await.unwrap(), store)
}

#[tokio::test]
async fn sessions_of_a_server_that_only_reads_are_left_for_the_new_primary() {
    let (old, new) = (Postgres::start().await.unwrap(), Postgres::start().await.unwrap());
    let (former, elsewhere) = (old.database().await, new.database().await);
    // The same names and passwords on both, as replication has it.
    let name = &former.name;
    elsewhere.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'")).await;
    elsewhere.execute(&format!("CREATE DATABASE {name} OWNER {name}")).await;
    let (shop, _) = open_shop(&former.url).await;
    let (same, primary) = open_shop(&through(&former.url, &old, new.port())).await;
    assert_eq!(shop, same);
    let proxy = Proxy::start(old.port()).await.unwrap();
    let store = Store::connect(&options(&through(&former.url, &old, proxy.port()))).await.unwrap();
    let close = async || shops::set_maintenance(&store, shop, true, "x", &crate::shop::admin()).await;
    close().await.unwrap();

    former.execute("ALTER SYSTEM SET default_transaction_read_only = on").await;
    former.execute("SELECT pg_reload_conf()").await;
    let told = eventually(DEADLINE, "the store says that the server only reads", || async {
        match store.ping().await {
            Err(StoreError::Unavailable(why)) if why.contains("25006") => Ok(why),
            other => Err(other),
        }
    })
    .await;
    assert!(told.contains("must lead to one that writes"), "{told}");
    assert!(close().await.unwrap_err().is_unavailable());

    proxy.lead_to(new.port());
    eventually(HEALED, "the store writes again", close).await;
    assert!(shops::shop_state(&primary, shop).await.unwrap().maintenance, "on the new primary");
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_character_is_refused_with_what_to_do() {
    let server = Postgres::shared().await;
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let options_of_it = format!("TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'");
        let database = server.database_with(&options_of_it).await.unwrap();
        let error = Store::connect(&options(&database.url)).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::WrongEncoding { encoding: found } if found == encoding),
            "{error:?}"
        );
        assert!(error.to_string().contains("ENCODING 'UTF8'") && !error.is_unavailable(), "{error}");
    }
}

#[tokio::test]
async fn no_rule_of_the_databases_locale_decides_about_codes_and_names() {
    let turkish = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C.UTF-8'";
    let shop = Shop::open_in(Postgres::shared().await.database_with(turkish).await.unwrap(), |_| {}).await;
    assert_eq!(
        shop.database.text("SELECT upper('digi')").await,
        "D\u{130}G\u{130}",
        "the locale is not Turkish"
    );
    shop.product("digi", 5).await;
    shop.product("Z-1", 5).await;
    shop.product("Z_1", 5).await;
    shop.stock("digi", 1..=3).await;
    shop.buyer(1, 100).await;
    assert_eq!(products::product(&shop.store, shop.id, " digi ").await.unwrap().unwrap().available, 3);
    let receipt = shop.bought(&crate::shop::order(1, 1, "digi", 5)).await;
    let typed = receipt.order.id.to_ascii_lowercase();
    let found = stockbot_store::orders::order(&shop.store, shop.id, &typed).await.unwrap().unwrap();
    assert_eq!(found.product_code, "DIGI");
    let name = stockbot_store::customers::customer_by_grow_id(&shop.store, shop.id, "USER1").await.unwrap();
    assert!(name.is_some());
    // In order of the codes' characters, which no dictionary knows: '-' before '1' before '_'.
    shop.database.execute("UPDATE stockbot.products SET position = 0").await;
    let listed = products::list_products(&shop.store, shop.id, true).await.unwrap();
    assert_eq!(listed.into_iter().map(|product| product.code).collect::<Vec<_>>(), ["DIGI", "Z-1", "Z_1"]);
    shop.prove().await;
}

#[tokio::test]
async fn a_server_without_room_does_not_fail_a_store_that_has_connections() {
    let shop = Shop::open().await;
    day::open(&shop).await;
    shop.store.close().await;
    let name = &shop.database.name;
    shop.database.execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 2")).await;
    // It may have eight, and gets two: everybody is served by those in turn.
    let eight = ConnectOptions { max_connections: 8, ..options(&shop.database.url) };
    let serving = Store::connect(&eight).await.unwrap();
    // Quick ones may all be served by the first.
    let taken = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{name}'");
    eventually(DEADLINE, "both are open", || async {
        let clicks = (0..100).map(|_| {
            let (store, id) = (serving.clone(), shop.id);
            tokio::spawn(
                async move { products::list_products(&store, id, true).await.map(|found| found.len()) },
            )
        });
        for click in clicks.collect::<Vec<_>>() {
            assert_eq!(click.await.unwrap().unwrap(), 1);
        }
        let taken = shop.database.text(&taken).await;
        if taken == "2" { Ok(()) } else { Err(taken) }
    })
    .await;
    // The surge finds no room, and is told which limit it was.
    let error = Store::connect(&eight).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("role's connection limit"), "{error}");
    assert!(error.to_string().contains("ALTER ROLE"), "{error}");
    serving.close().await;
    eventually(DEADLINE, "there is room again", || Store::connect(&eight)).await;
}

#[tokio::test]
async fn the_limit_that_leaves_no_room_is_named() {
    let server =
        Postgres::start_with(&["max_connections=6", "superuser_reserved_connections=3"]).await.unwrap();
    let database = server.database().await;
    let limit = format!("ALTER DATABASE {} CONNECTION LIMIT", database.name);
    database.execute(&format!("{limit} 0")).await;
    let error = Store::connect(&options(&database.url)).await.unwrap_err();
    assert!(error.to_string().contains("database's connection limit"), "{error}");
    database.execute(&format!("{limit} -1")).await;
    // All three that are not reserved.
    let mut taken = Vec::new();
    for _ in 0..3 {
        let one = async || Store::connect(&options(&database.url)).await;
        taken.push(eventually(DEADLINE, "a place is free", one).await);
    }
    let error = Store::connect(&options(&database.url)).await.unwrap_err();
    assert!(error.to_string().contains("max_connections"), "{error}");
}

#[tokio::test]
async fn an_ipv6_address_in_the_url_is_one() {
    let server = Postgres::start_on("127.0.0.1,::1").await.unwrap();
    let database = server.database().await;
    let url = database.url.replace("@127.0.0.1:", "@[::1]:");
    Store::connect(&options(&url)).await.unwrap().ping().await.unwrap();
}
