//! The connection pool, migrations and the schema's version. Must not: know what the tables mean.

use std::{fmt, path::PathBuf, time::Duration};

use sqlx::PgPool;

use crate::error::StoreError;

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

/// Number of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaVersion(pub i64);

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The database's schema compared with this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The same.
    Current(SchemaVersion),
    /// Migrations are missing; [`Store::migrate`] applies them.
    Behind {
        /// Newest applied; none on an empty database.
        database: Option<SchemaVersion>,
        /// Newest known.
        binary: SchemaVersion,
    },
    /// A newer program migrated it.
    TooNew {
        /// Newest applied.
        database: SchemaVersion,
        /// Newest known.
        binary: SchemaVersion,
    },
}

/// The bot's database: a cheap handle on a pool.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: PgPool,
}

impl Store {
    /// Opens the pool with one connection, so that a wrong URL is noticed at once.
    pub async fn connect(_options: &ConnectOptions) -> Result<Self, StoreError> {
        Err(StoreError::Unexpected("unfinished".into()))
    }

    /// Applies the missing migrations. Any number of pods may do so at once: one works, the others wait for it.
    pub async fn migrate(&self) -> Result<SchemaVersion, StoreError> {
        Err(StoreError::Unexpected("unfinished".into()))
    }

    /// Compares the database's schema with this program's, without changing anything.
    pub async fn schema(&self) -> Result<SchemaState, StoreError> {
        Err(StoreError::Unexpected("unfinished".into()))
    }

    /// One round trip.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Err(StoreError::Unexpected("unfinished".into()))
    }

    /// Closes the pool after the statements under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
