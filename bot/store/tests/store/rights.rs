//! The rights that a role needs: those that the README grants, and no more.

use stockbot_harness::{Postgres, TestDatabase};
use stockbot_store::{ConnectOptions, SchemaState, Store, StoreError};

use crate::{
    day,
    shop::{Shop, options},
};

/// The statements of the README's section.
fn grants() -> String {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let section = text.split("### Rights in the database").nth(1).unwrap();
    section.split("```").nth(1).unwrap().trim_start_matches("sql").to_owned()
}

/// A database in which the README's two roles may do what it says; how they connect.
async fn two_roles() -> (TestDatabase, ConnectOptions, ConnectOptions) {
    let database = Postgres::shared().await.database().await;
    let name = &database.name;
    let (owner, bot) = (format!("{name}_owner"), format!("{name}_bot"));
    database
        .execute(&format!("CREATE ROLE {owner} LOGIN PASSWORD 'p'; CREATE ROLE {bot} LOGIN PASSWORD 'p'"))
        .await;
    let sql = grants().replace("stockbot_owner", &owner).replace("stockbot_bot", &bot);
    database.execute(&sql).await;
    let as_role =
        |role: &str| options(&database.url.replace(&format!("{name}:{name}@"), &format!("{role}:p@")));
    let (owner, bot) = (as_role(&owner), as_role(&bot));
    (database, owner, bot)
}

#[tokio::test]
async fn the_rights_in_the_readme_are_enough_for_everything() {
    let (database, owner, bot) = two_roles().await;
    let store = Store::connect(&owner).await.unwrap();
    store.migrate().await.unwrap();
    let store = Store::connect(&bot).await.unwrap();
    // A pod migrates before it runs; with nothing to do it needs no right to do it.
    store.migrate().await.unwrap();
    assert!(matches!(store.schema().await.unwrap(), SchemaState::Current(_)));
    let shop = Shop::open_as(database, store.clone()).await;
    day::open(&shop).await;
    day::everything(&shop, &store, 1).await;
}

#[tokio::test]
async fn a_role_that_may_not_migrate_says_so_and_names_the_section() {
    let (_database, _, bot) = two_roles().await;
    let error = Store::connect(&bot).await.unwrap().migrate().await.unwrap_err();
    assert!(!error.is_unavailable() && error.to_string().contains("Rights in the database"), "{error:?}");
}

#[tokio::test]
async fn a_missing_right_is_told_with_where_to_read_about_it() {
    let (database, owner, bot) = two_roles().await;
    Store::connect(&owner).await.unwrap().migrate().await.unwrap();
    let role = format!("{}_bot", database.name);
    database.execute(&format!("REVOKE INSERT ON stockbot.shops FROM {role}")).await;
    let store = Store::connect(&bot).await.unwrap();
    let currency = stockbot_config::Currency::default();
    let error = stockbot_store::shops::ensure_shop(&store, "shops", "growshop", &currency).await.unwrap_err();
    assert!(matches!(&error, StoreError::MissingRight(what) if what == "table shops"), "{error:?}");
    assert!(error.to_string().contains("Rights in the database"), "{error}");
}
