//! What the compiler was told about the checked statements (bot/store/.sqlx) is what the schema says of them.

use std::path::Path;

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _};

use crate::shop::Shop;

/// The files of `make queries`.
fn saved() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.map(|file| serde_json::from_slice(&file).unwrap()).collect()
}

#[tokio::test]
async fn checked_statements_are_described_as_the_schema_has_them() {
    let shop = Shop::open().await;
    let mut connection = PgConnection::connect(&shop.database.url).await.unwrap();
    let saved = saved();
    assert!(!saved.is_empty());
    for query in saved {
        let sql = query["query"].as_str().unwrap().to_owned();
        let described = connection.describe(AssertSqlSafe(sql.clone()).into_sql_str()).await;
        let described = described.unwrap_or_else(|error| panic!("{sql}: {error}; run make queries"));
        let described = serde_json::to_value(described).unwrap();
        // What may be NULL is guessed from the plan, and so from what the tables hold; the statements say it where it matters.
        for part in ["columns", "parameters"] {
            assert_eq!(described[part], query["describe"][part], "{sql}\nrun make queries");
        }
    }
}

/// What macros put around or between the parts of a statement.
const SHARED: [&str; 3] = [
    " WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'pending' ",
    "UPDATE stockbot.shard_leases SET ",
    " WHERE bot = $1 AND shard = $2 AND owner = $3 AND epoch = $4 RETURNING shard",
];

#[test]
fn every_description_belongs_to_a_statement_of_the_store() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let files = crate::statements::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let code = files.iter().map(|file| words(&std::fs::read_to_string(file).unwrap())).collect::<String>();
    for query in saved() {
        let sql = query["query"].as_str().unwrap();
        let parts = SHARED
            .iter()
            .fold(vec![sql], |parts, shared| parts.into_iter().flat_map(|part| part.split(shared)).collect());
        let is_there = parts.iter().all(|part| code.contains(&words(part)));
        assert!(is_there, "no statement any more, run make queries: {sql}");
    }
}
