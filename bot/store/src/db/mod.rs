//! Running statements: single ones and transactions, prepared or not as the pooler allows, and reading their rows.
//!
//! Behind a transaction pooler every statement runs in a transaction of its own (its parse and its execution would otherwise
//! reach different sessions) and none gets a name. Must not: know any table.

mod columns;
mod connections;
mod session;
mod statement;
mod transaction;

use std::time::Duration;

use backon::{ConstantBuilder, Retryable as _};

pub(crate) use self::{
    columns::{
        Word, capitals, get, get_id, get_maybe_id, get_maybe_time, get_time, get_word, id, read_word,
        seconds, words,
    },
    connections::Connections,
    statement::{Sql, Statement},
    transaction::Tx,
};
use self::{session::Session, statement::Wire};
use crate::{Store, StoreError};

impl Store {
    /// All rows of a statement.
    pub(crate) async fn rows<S: Statement>(&self, sql: S) -> Result<Vec<S::Row>, StoreError> {
        if self.pooled() {
            let mut tx = self.begin().await?;
            let rows = tx.rows(sql).await?;
            tx.commit().await?;
            return Ok(rows);
        }
        let mut session = self.session(self.patience()).await?;
        Ok(sql.fetch_on(Wire { session: &mut session, again: true }).await?)
    }

    /// The first row of a statement.
    pub(crate) async fn row<S: Statement>(&self, sql: S) -> Result<Option<S::Row>, StoreError> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// The only row of a statement that always has one.
    pub(crate) async fn one<S: Statement>(&self, sql: S) -> Result<S::Row, StoreError> {
        self.row(sql).await?.ok_or_else(missing_row)
    }

    /// Number of rows that a statement changed.
    pub(crate) async fn execute(&self, sql: Sql<'_>) -> Result<u64, StoreError> {
        if self.pooled() {
            let mut tx = self.begin().await?;
            let changed = tx.execute(sql).await?;
            tx.commit().await?;
            return Ok(changed);
        }
        let mut session = self.session(self.patience()).await?;
        Ok(sql.execute(Wire { session: &mut session, again: true }).await?.rows_affected())
    }

    /// Does a whole transaction, and once more when the server refused it because the session was outdated: nothing of it has
    /// happened then.
    pub(crate) async fn whole<T, F>(&self, transaction: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let once_more = ConstantBuilder::new().with_delay(Duration::ZERO).with_max_times(1);
        transaction.retry(once_more).when(|error| matches!(error, StoreError::Outdated(_))).await
    }

    /// Starts a transaction; dropping it rolls back.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        self.begin_and("").await
    }

    /// Starts a transaction and runs `then` (an SQL text made by this crate alone) in the same round trip.
    pub(crate) async fn begin_and(&self, then: &str) -> Result<Tx, StoreError> {
        self.begin_patiently(then, self.patience()).await
    }

    /// As [`Self::begin_and`], for statements that may take as long as `patience`.
    pub(crate) async fn begin_patiently(&self, then: &str, patience: Duration) -> Result<Tx, StoreError> {
        let mut session = self.session(patience).await?;
        session.run(format!("{}{then}", self.begin_sql())).await?;
        Ok(Tx::new(session))
    }

    async fn session(&self, patience: Duration) -> Result<Session, StoreError> {
        let connection = self.connections.take().await?;
        Ok(Session::new(connection, &self.connections, !self.pooled(), patience))
    }
}

fn missing_row() -> StoreError {
    StoreError::Corrupt("a row that must exist is missing".into())
}

#[cfg(test)]
mod tests {
    use stockbot_harness::Postgres;

    use super::*;
    use crate::ConnectOptions;

    async fn one_session(pooled: bool) -> (Store, stockbot_harness::TestDatabase) {
        let database = Postgres::shared().await.database().await;
        let options = ConnectOptions {
            url: database.url.clone(),
            ca_file: None,
            max_connections: 1,
            statement_timeout: Duration::from_secs(7),
            pooled,
        };
        let store = Store::connect(&options).await.unwrap();
        store.migrate().await.unwrap();
        store.ping().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.row(sqlx::query("SELECT $1::int").bind(1)).await.unwrap();
        tx.commit().await.unwrap();
        (store, database)
    }

    /// Named statements of the session and its statement timeout outside of transactions.
    async fn left_behind(store: &Store) -> (i64, String) {
        let sql =
            "SELECT (SELECT count(*) FROM pg_prepared_statements), current_setting('statement_timeout')";
        let mut session = store.connections.take().await.unwrap();
        sqlx::query_as(sql).persistent(false).fetch_one(&mut session.link().connection).await.unwrap()
    }

    async fn in_session(store: &Store, sql: &'static str) {
        let mut session = store.connections.take().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut session.link().connection).await.unwrap();
    }

    #[tokio::test]
    async fn statements_that_the_server_has_forgotten_are_prepared_anew() {
        let (store, _database) = one_session(false).await;
        let ask = || sqlx::query("SELECT $1::int").bind(1);
        // As a pooler does that the configuration does not name: it resets the session between two uses.
        in_session(&store, "DEALLOCATE ALL").await;
        assert_eq!(store.rows(ask()).await.unwrap().len(), 1);
        store.rows(ask()).await.unwrap();
        in_session(&store, "DEALLOCATE ALL").await;
        let mut attempts = 0;
        let whole = store.whole(|| {
            attempts += 1;
            async {
                let mut tx = store.begin().await?;
                let rows = tx.rows(ask()).await?;
                tx.commit().await.map(|()| rows.len())
            }
        });
        assert_eq!(whole.await.unwrap(), 1);
        assert_eq!(attempts, 2);
    }

    #[tokio::test]
    async fn a_session_that_only_reads_is_replaced_and_the_statement_done_at_once() {
        let (store, _database) = one_session(false).await;
        // New sessions write: what a connection through a balancer looks like after a switch-over.
        for n in 1..=2 {
            in_session(&store, "SET default_transaction_read_only = on").await;
            crate::leases::clear_session(&store, "a", n, "pod", 1).await.unwrap();
        }
        in_session(&store, "SET default_transaction_read_only = on").await;
        let shop = crate::shops::ensure_shop(&store, "a", "b", &stockbot_config::Currency::default()).await;
        assert!(shop.is_ok(), "{shop:?}");
    }

    #[tokio::test]
    async fn a_statement_of_a_transaction_that_was_given_up_holds_nothing_up() {
        let (store, database) = one_session(false).await;
        let mut tx = store.begin().await.unwrap();
        let asleep = tx.rows(sqlx::query("SELECT pg_sleep(600)"));
        // Dropped in the middle of the statement: its connection is closed, and the only place is free again.
        assert!(tokio::time::timeout(Duration::from_millis(200), asleep).await.is_err());
        drop(tx);
        store.ping().await.unwrap();
        database.execute("SELECT 1").await;
    }

    #[tokio::test]
    async fn behind_a_pooler_nothing_outlives_its_transaction() {
        let (store, _database) = one_session(true).await;
        assert_eq!(left_behind(&store).await, (0, "0".to_owned()));
        let mut tx = store.begin().await.unwrap();
        let row = tx.one(sqlx::query("SELECT current_setting('statement_timeout') AS value")).await.unwrap();
        assert_eq!(get::<String>(&row, "value").unwrap(), "7s");
    }

    #[tokio::test]
    async fn without_a_pooler_statements_are_prepared_once_and_sessions_are_set_up_once() {
        let (store, _database) = one_session(false).await;
        let (statements, timeout) = left_behind(&store).await;
        assert!(statements > 0);
        assert_eq!(timeout, "7s");
    }
}
