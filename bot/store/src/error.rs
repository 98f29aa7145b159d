//! What can go wrong between the bot and its database. Must not: carry a URL, a password or a row's content.

use crate::store::SchemaVersion;

/// A failed call. The messages say what to do and never contain a secret.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL cannot be read.
    #[error("the database URL is not valid ({0}); it looks like postgres://user:password@host:5432/database")]
    BadUrl(String),
    /// No connection, no answer, or no free connection in time.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Others hold the rows for too long; nothing happened, try again.
    #[error("the database is busy: {0}; nothing was changed, try again")]
    Busy(String),
    /// The schema was migrated by a newer version.
    #[error("the database schema is at version {database}, this program knows {binary}; run a newer image")]
    SchemaTooNew {
        /// Newest migration applied.
        database: SchemaVersion,
        /// Newest migration of this program.
        binary: SchemaVersion,
    },
    /// A migration failed and was rolled back.
    #[error("migrating the database failed: {0}")]
    MigrationFailed(String),
    /// The shop's balances are stored in another currency.
    #[error(
        "the shop's currency was changed; its balances are stored as {stored}. \
         Restore the denominations or use another shop name"
    )]
    CurrencyChanged {
        /// Codes and values as stored.
        stored: String,
    },
    /// The connection was lost while committing and the outcome could not be learned; look it up by its external id.
    #[error("the connection was lost while committing ({0}); look the outcome up before doing it again")]
    CommitUnknown(String),
    /// A row contradicts what this program guarantees.
    #[error("the database contradicts itself: {0}")]
    Corrupt(String),
    /// The database refused a statement.
    #[error("the database refused a statement: {0}")]
    Unexpected(String),
}

impl StoreError {
    /// Would the same call succeed once the database is reachable and less busy?
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Busy(_) | Self::CommitUnknown(_))
    }
}
