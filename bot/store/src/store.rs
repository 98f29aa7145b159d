//! The bot's database: a cheap handle on a pool. Must not: know what the tables mean.

use std::{fmt, sync::Arc, time::Duration};

use sqlx::{Connection as _, PgPool, postgres::PgPoolOptions};

use crate::{ConnectOptions, StoreError};

/// Longest wait for a free or new connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// The server ends a statement that takes too long; no answer this much later means that the server cannot be reached.
const ANSWER_MARGIN: Duration = Duration::from_secs(2);
/// A connection that rested longer is checked before it is used.
const CHECK_AFTER: Duration = Duration::from_secs(1);

/// The bot's database: a cheap handle on a pool.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: PgPool,
    settings: Arc<Settings>,
}

struct Settings {
    begin: String,
    pooled: bool,
    patience: Duration,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("connections", &self.pool.size()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the pool with one connection, so that a wrong URL is noticed at once.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    // A dead connection is replaced by a new one instead of failing the statement.
                    Ok(meta.idle_for < CHECK_AFTER || connection.ping().await.is_ok())
                })
            })
            .connect_with(options.driver_options()?)
            .await?;
        let (begin, pooled) = (options.begin_sql(), options.pooled);
        let settings = Settings { begin, pooled, patience: options.statement_timeout + ANSWER_MARGIN };
        Ok(Self { pool, settings: Arc::new(settings) })
    }

    pub(crate) fn pooled(&self) -> bool {
        self.settings.pooled
    }

    /// Longest wait for the answer to a statement.
    pub(crate) fn patience(&self) -> Duration {
        self.settings.patience
    }

    pub(crate) fn begin_sql(&self) -> &str {
        &self.settings.begin
    }

    /// One round trip.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.execute(sqlx::query("SELECT 1")).await?;
        Ok(())
    }

    /// Closes the pool after the statements under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
