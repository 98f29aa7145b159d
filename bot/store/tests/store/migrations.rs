use stockbot_config::Currency;
use stockbot_harness::Postgres;
use stockbot_store::{SchemaState, SchemaVersion, Store, StoreError, shops};

use crate::shop::{Shop, options, patiently};

/// Numbers of the migrations, in order.
fn known() -> Vec<u32> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let names =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<u32> = names.map(|name| name.split('_').next().unwrap().parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn twenty_pods_that_migrate_at_once_all_succeed() {
    let database = Postgres::shared().await.database().await;
    let pods = (0..20).map(|_| {
        let options = options(&database.url);
        tokio::spawn(async move { Store::connect(&options).await?.migrate().await })
    });
    for pod in pods.collect::<Vec<_>>() {
        pod.await.unwrap().unwrap();
    }
    let applied = database
        .text("SELECT string_agg(version::text, ' ' ORDER BY version) FROM stockbot.migrations")
        .await;
    let known: Vec<String> = known().iter().map(u32::to_string).collect();
    assert_eq!(applied, known.join(" "));
}

#[tokio::test]
async fn the_schema_tells_behind_current_and_too_new() {
    let database = Postgres::shared().await.database().await;
    let store = Store::connect(&options(&database.url)).await.unwrap();
    let SchemaState::Behind { database: None, binary } = store.schema().await.unwrap() else { panic!() };
    assert_eq!(store.migrate().await.unwrap(), binary);
    assert_eq!(store.schema().await.unwrap(), SchemaState::Current(binary));

    let newer = "INSERT INTO stockbot.migrations VALUES (900, 'later', now(), true, '', 0)";
    database.execute(newer).await;
    let database_version = SchemaVersion(900);
    assert_eq!(store.schema().await.unwrap(), SchemaState::TooNew { database: database_version, binary });
    let error = store.migrate().await.unwrap_err();
    assert!(matches!(error, StoreError::SchemaTooNew { database: SchemaVersion(900), .. }), "{error:?}");

    // One that was left out is missing, whatever came after it.
    database.execute("DELETE FROM stockbot.migrations WHERE version IN (900, 3)").await;
    let hole = SchemaState::Behind { database: Some(binary), binary };
    assert_eq!(store.schema().await.unwrap(), hole);
    database.execute(&format!("DELETE FROM stockbot.migrations WHERE version = {binary}")).await;
    let before = known()[known().len() - 2];
    let behind = SchemaState::Behind { database: Some(SchemaVersion(before.into())), binary };
    assert_eq!(store.schema().await.unwrap(), behind);
}

#[tokio::test]
async fn a_migration_whose_text_changed_is_refused() {
    let shop = Shop::open().await;
    shop.database.execute("UPDATE stockbot.migrations SET checksum = '' WHERE version = 2").await;
    let error = shop.store.migrate().await.unwrap_err();
    assert!(matches!(&error, StoreError::MigrationFailed(why) if why.contains("migration 2")), "{error:?}");
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_behind_and_says_which() {
    let database = Postgres::shared().await.database().await;
    // In the way of a later migration, not of the first.
    database.execute(&format!("CREATE SCHEMA stockbot AUTHORIZATION {}", database.name)).await;
    database.execute("CREATE TABLE stockbot.interactions (a int)").await;
    let store = Store::connect(&options(&database.url)).await.unwrap();
    let error = store.migrate().await.unwrap_err();
    assert!(matches!(&error, StoreError::MigrationFailed(why) if why.contains("migration 3")), "{error:?}");
    assert_eq!(database.text("SELECT to_regclass('stockbot.shops')").await, "");
    database.execute("DROP TABLE stockbot.interactions").await;
    store.migrate().await.unwrap();
}

#[tokio::test]
async fn a_migration_gives_way_to_those_who_sell_and_is_tried_again() {
    let shop = Shop::open().await;
    // A migration is undone, and a table that it would have to create is being created by somebody else.
    shop.database
        .execute(
            "DELETE FROM stockbot.migrations WHERE version = 6;
             DROP TABLE stockbot.discord_command_logs, stockbot.discord_audit_logs,
                stockbot.discord_performance_metrics, stockbot.button_analytics;
             DROP FUNCTION stockbot.audit_number, stockbot.audit_is_append_only,
                stockbot.prune_audit_logs(bigint, interval), stockbot.prune_audit_logs(bigint, interval, bigint)",
        )
        .await;
    let seller = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut sale = seller.begin().await.unwrap();
    // Migration 6 references the shops, so it needs a lock that this one excludes.
    sqlx::query("LOCK TABLE stockbot.shops IN ROW EXCLUSIVE MODE").execute(&mut *sale).await.unwrap();
    let migration = tokio::spawn({
        let store = shop.store.clone();
        async move { store.migrate().await }
    });
    shop.until_somebody_waits_for("shops").await;
    // Whoever sells has to queue behind the waiting migration, but not for long: it gives way before they give up.
    let changed = Currency { max_balance: 5, ..Currency::default() };
    patiently(|| shops::ensure_shop(&shop.store, "shops", "growshop", &changed)).await;
    assert!(!migration.is_finished());
    sale.commit().await.unwrap();
    migration.await.unwrap().unwrap();
}
