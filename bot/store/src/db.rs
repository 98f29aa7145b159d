//! Running statements: single ones and transactions, prepared or not as the pooler allows, and reading their rows.
//!
//! Behind a transaction pooler every statement runs in a transaction of its own (its parse and its execution would otherwise
//! reach different sessions) and none gets a name. Must not: know any table.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{
    AssertSqlSafe, Decode, PgConnection, Postgres, Row as _, Type,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use tokio::{
    runtime::Handle,
    time::{error::Elapsed, timeout},
};

use crate::{Store, StoreError};

/// Longest time that a connection may take to roll back or to show that it still works, before it is given up.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(3);

/// A statement with its arguments.
pub(crate) type Sql<'q> = Query<'q, Postgres, PgArguments>;

impl Store {
    /// All rows of a statement.
    pub(crate) async fn rows(&self, sql: Sql<'_>) -> Result<Vec<PgRow>, StoreError> {
        if self.pooled() {
            let mut tx = self.begin().await?;
            let rows = tx.rows(sql).await?;
            tx.commit().await?;
            return Ok(rows);
        }
        self.session(self.patience()).await?.rows(sql).await
    }

    /// The first row of a statement.
    pub(crate) async fn row(&self, sql: Sql<'_>) -> Result<Option<PgRow>, StoreError> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// The only row of a statement that always has one.
    pub(crate) async fn one(&self, sql: Sql<'_>) -> Result<PgRow, StoreError> {
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
        self.session(self.patience()).await?.execute(sql).await
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
        Ok(Tx { session: Some(session) })
    }

    async fn session(&self, patience: Duration) -> Result<Session, StoreError> {
        let connection = self.pool.acquire().await?;
        Ok(Session { connection, named: !self.pooled(), patience })
    }
}

/// A connection that is given up when no answer comes, instead of blocking its place in the pool until TCP notices.
struct Session {
    connection: PoolConnection<Postgres>,
    /// May statements get a name?
    named: bool,
    /// Longest wait for an answer.
    patience: Duration,
}

impl Session {
    async fn rows(&mut self, sql: Sql<'_>) -> Result<Vec<PgRow>, StoreError> {
        let sql = sql.persistent(self.named);
        settle(timeout(self.patience, sql.fetch_all(&mut *self.connection)).await)
    }

    async fn execute(&mut self, sql: Sql<'_>) -> Result<u64, StoreError> {
        let sql = sql.persistent(self.named);
        let done = settle(timeout(self.patience, sql.execute(&mut *self.connection)).await)?;
        Ok(done.rows_affected())
    }

    /// Runs statements without arguments.
    async fn run(&mut self, sql: String) -> Result<(), StoreError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        settle(timeout(self.patience, sql.execute(&mut *self.connection)).await)?;
        Ok(())
    }
}

fn settle<T>(answer: Result<Result<T, sqlx::Error>, Elapsed>) -> Result<T, StoreError> {
    let answer = answer.map_err(|_| StoreError::Unavailable("no answer in time".into()))?;
    Ok(answer?)
}

impl Drop for Session {
    fn drop(&mut self) {
        // The pool asks every connection that comes back for a sign of life, and would wait for it without end.
        let release = self.connection.return_to_pool();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(RELEASE_TIMEOUT, release));
        }
    }
}

/// A transaction.
pub(crate) struct Tx {
    /// Gone when committed or rolled back.
    session: Option<Session>,
}

impl Tx {
    /// All rows of a statement.
    pub(crate) async fn rows(&mut self, sql: Sql<'_>) -> Result<Vec<PgRow>, StoreError> {
        self.session()?.rows(sql).await
    }

    /// The first row of a statement.
    pub(crate) async fn row(&mut self, sql: Sql<'_>) -> Result<Option<PgRow>, StoreError> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// The only row of a statement that always has one.
    pub(crate) async fn one(&mut self, sql: Sql<'_>) -> Result<PgRow, StoreError> {
        self.row(sql).await?.ok_or_else(missing_row)
    }

    /// Number of rows that a statement changed.
    pub(crate) async fn execute(&mut self, sql: Sql<'_>) -> Result<u64, StoreError> {
        self.session()?.execute(sql).await
    }

    /// Commits. When the connection is lost meanwhile nobody knows the outcome: [`StoreError::CommitUnknown`].
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let Some(mut session) = self.session.take() else { return Err(over()) };
        session.run("COMMIT".into()).await.map_err(|error| match error {
            StoreError::Unavailable(why) => StoreError::CommitUnknown(why),
            other => other,
        })
    }

    /// Rolls back and waits for it, so that its locks are free when this returns.
    pub(crate) async fn rollback(mut self) -> Result<(), StoreError> {
        let Some(mut session) = self.session.take() else { return Err(over()) };
        session.run("ROLLBACK".into()).await
    }

    /// The connection, for the migrator.
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        Ok(&mut self.session()?.connection)
    }

    fn session(&mut self) -> Result<&mut Session, StoreError> {
        self.session.as_mut().ok_or_else(over)
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // Without a runtime the connection is closed, and the server rolls back what loses its connection.
        if let (Some(mut session), Ok(runtime)) = (self.session.take(), Handle::try_current()) {
            session.patience = RELEASE_TIMEOUT;
            runtime.spawn(async move { session.run("ROLLBACK".into()).await });
        }
    }
}

fn over() -> StoreError {
    StoreError::Unexpected("the transaction is over".into())
}

fn missing_row() -> StoreError {
    StoreError::Corrupt("a row that must exist is missing".into())
}

/// A Discord id as Postgres stores it.
pub(crate) fn id(id: u64) -> i64 {
    id.cast_signed()
}

/// A span as the argument of `make_interval(secs => ..)`.
pub(crate) fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}

/// A column of any type that sqlx reads itself.
pub(crate) fn get<'r, T>(row: &'r PgRow, column: &str) -> Result<T, StoreError>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    Ok(row.try_get(column)?)
}

/// A column with a Discord id.
pub(crate) fn get_id(row: &PgRow, column: &str) -> Result<u64, StoreError> {
    Ok(get::<i64>(row, column)?.cast_unsigned())
}

/// A column with a Discord id or NULL.
pub(crate) fn get_maybe_id(row: &PgRow, column: &str) -> Result<Option<u64>, StoreError> {
    Ok(get::<Option<i64>>(row, column)?.map(i64::cast_unsigned))
}

/// A column with a time.
pub(crate) fn get_time(row: &PgRow, column: &str) -> Result<Timestamp, StoreError> {
    Ok(get::<jiff_sqlx::Timestamp>(row, column)?.to_jiff())
}

/// A column with a time or NULL.
pub(crate) fn get_maybe_time(row: &PgRow, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(get::<Option<jiff_sqlx::Timestamp>>(row, column)?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// A text column that holds one of the words of an enum.
pub(crate) fn get_word<T: Word>(row: &PgRow, column: &str) -> Result<T, StoreError> {
    let word: &str = get(row, column)?;
    T::from_word(word).ok_or_else(|| StoreError::Corrupt(format!("{column} has the unknown value {word:?}")))
}

/// An enum that the database stores as a word.
pub(crate) trait Word: Sized {
    /// As stored.
    fn word(&self) -> &'static str;
    /// From what is stored.
    fn from_word(word: &str) -> Option<Self>;
}

/// Implements [`Word`] from one list of variants and their words.
macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $crate::db::Word for $type {
            fn word(&self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(stockbot_config::Locale { Id = "id", En = "en" });

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
        sqlx::query_as(sql).persistent(false).fetch_one(&store.pool).await.unwrap()
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
