//! How to reach the database: URL, TLS, time limits, pooler or not.

use std::{fmt, path::PathBuf, time::Duration};

use sqlx::{ConnectOptions as _, postgres::PgConnectOptions};

use crate::{StoreError, url};

/// Longest time a statement waits for somebody else's lock; the caller is told to try again.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// A pod that froze within a transaction holds its locks no longer than this.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(15);

/// How to reach the database.
#[derive(Clone)]
pub struct ConnectOptions {
    /// `postgres://user:password@host:port/database?sslmode=...`; secret.
    pub url: String,
    /// Certificate authority (PEM) for `sslmode=verify-ca` and `verify-full`.
    pub ca_file: Option<PathBuf>,
    /// Size of the pool.
    pub max_connections: u32,
    /// Longest time a statement may run.
    pub statement_timeout: Duration,
    /// The URL is a transaction pooler (PgBouncer): no session state and no named statements are used.
    pub pooled: bool,
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("ca_file", &self.ca_file)
            .field("max_connections", &self.max_connections)
            .field("statement_timeout", &self.statement_timeout)
            .field("pooled", &self.pooled)
            .finish_non_exhaustive()
    }
}

impl ConnectOptions {
    /// Settings of a session or transaction, in milliseconds.
    fn timeouts(&self) -> [(&'static str, u128); 3] {
        [
            ("statement_timeout", self.statement_timeout.as_millis()),
            ("lock_timeout", LOCK_TIMEOUT.min(self.statement_timeout).as_millis()),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION.as_millis()),
        ]
    }

    pub(crate) fn driver_options(&self) -> Result<PgConnectOptions, StoreError> {
        let options = url::read(&self.url)?.application_name("stockbot").disable_statement_logging();
        let options = match &self.ca_file {
            Some(file) => options.ssl_root_cert(file),
            None => options,
        };
        Ok(if self.pooled {
            // Poolers refuse settings in the start-up packet that they do not track.
            options.statement_cache_capacity(0).extra_float_digits(None)
        } else {
            options.options(self.timeouts())
        })
    }

    /// What starts a transaction. A pooler hands out sessions with anybody's settings, so they come with it.
    pub(crate) fn begin_sql(&self) -> String {
        let mut sql = "BEGIN ISOLATION LEVEL READ COMMITTED;".to_owned();
        if self.pooled {
            sql.extend(self.timeouts().map(|(name, ms)| format!("SET LOCAL {name} = {ms};")));
        }
        sql
    }
}
