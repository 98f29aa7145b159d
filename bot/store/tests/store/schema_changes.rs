//! The schema changes under a store that has prepared its statements: a later version's migration, or somebody's ALTER TABLE.

use stockbot_store::{ConnectOptions, SchemaState, Store};

use crate::{
    day,
    shop::{Shop, options},
};

/// A store with so many sessions that have prepared everything.
async fn warm(shop: &Shop, sessions: u32) -> Store {
    day::open(shop).await;
    let store = ConnectOptions { max_connections: sessions, ..options(&shop.database.url) };
    let store = Store::connect(&store).await.unwrap();
    day::everything(shop, &store, 1).await;
    store
}

/// Changes every table of the schema.
async fn alter_every_table(shop: &Shop, change: &str) {
    let sql = format!(
        "DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'stockbot' LOOP
                EXECUTE format('ALTER TABLE stockbot.%I {change}', name);
            END LOOP;
        END $$"
    );
    shop.database.execute(&sql).await;
}

#[tokio::test]
async fn a_column_more_in_every_table_disturbs_no_statement_of_a_warm_store() {
    let shop = Shop::open().await;
    let store = warm(&shop, 2).await;
    alter_every_table(&shop, "ADD COLUMN one_more text").await;
    alter_every_table(&shop, "ADD COLUMN extra int NOT NULL DEFAULT 7").await;
    day::everything(&shop, &store, 2).await;
}

#[tokio::test]
async fn statements_that_give_other_types_than_when_they_were_prepared_are_prepared_anew() {
    let shop = Shop::open().await;
    // More sessions than one: the second attempt must not meet another session that is outdated as well.
    let store = warm(&shop, 2).await;
    shop.database
        .execute(
            "ALTER TABLE stockbot.products ALTER COLUMN name TYPE varchar(100), ALTER COLUMN description TYPE varchar(1000);
             ALTER TABLE stockbot.orders ALTER COLUMN product_name TYPE varchar(100);
             ALTER TABLE stockbot.stock_units ALTER COLUMN content TYPE varchar(2000);
             ALTER TABLE stockbot.displays ALTER COLUMN content_hash TYPE varchar(100), ALTER COLUMN name TYPE varchar(100);
             ALTER TABLE stockbot.command_sets ALTER COLUMN fingerprint TYPE varchar(100);
             ALTER TABLE stockbot.ledger_transfers ALTER COLUMN kind TYPE varchar(20);
             ALTER TABLE stockbot.customers ALTER COLUMN locale TYPE varchar(10);
             ALTER TABLE stockbot.outbox ALTER COLUMN nonce TYPE varchar(25), ALTER COLUMN kind TYPE varchar(20)",
        )
        .await;
    day::everything(&shop, &store, 2).await;
}

#[tokio::test]
async fn this_version_sells_on_the_schema_of_a_later_one() {
    let shop = Shop::open().await;
    let store = warm(&shop, 2).await;
    // What a later version may do (expand only): columns, tables, indexes, triggers, and its number.
    alter_every_table(&shop, "ADD COLUMN later jsonb").await;
    shop.database
        .execute(
            "CREATE TABLE stockbot.later (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id text REFERENCES stockbot.orders);
             GRANT ALL ON stockbot.later TO PUBLIC;
             CREATE INDEX later_index ON stockbot.outbox (application_id);
             CREATE FUNCTION stockbot.later() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO stockbot.later (order_id) VALUES (NEW.id); RETURN NULL; END $$;
             CREATE TRIGGER later AFTER INSERT ON stockbot.orders FOR EACH ROW EXECUTE FUNCTION stockbot.later();
             INSERT INTO stockbot.migrations (version, description, success, checksum, execution_time)
                VALUES (900, 'later', true, '', 0)",
        )
        .await;
    // It runs on, and a pod of this version that starts now is told why it may not.
    day::everything(&shop, &store, 2).await;
    assert!(matches!(store.schema().await.unwrap(), SchemaState::TooNew { .. }));
}
