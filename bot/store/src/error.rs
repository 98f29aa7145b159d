//! What can go wrong between the bot and its database. Must not: carry a URL, a password or a row's content.

use crate::{refusal::refused, schema::SchemaVersion};

/// A failed call. The messages say what to do and never contain a secret.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL or the certificate authority cannot be read.
    #[error("the database URL is not valid ({0}); it looks like postgres://user:password@host:5432/database")]
    BadUrl(String),
    /// No connection, no answer, or no free connection in time.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Others hold the rows for too long; nothing happened, try again.
    #[error("the database is busy: {0}; nothing was changed, try again")]
    Busy(String),
    /// The schema or the server changed under the session: a statement prepared before does not fit any more, or the server only
    /// reads now. Nothing happened; a fresh connection may do it.
    #[error("the database changed under a connection: {0}; nothing was changed, try again")]
    Outdated(String),
    /// The database cannot hold every text.
    #[error(
        "the database stores text as {encoding}, which lacks most characters; create one with \
         `CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'`, move the data and correct the URL"
    )]
    WrongEncoding {
        /// Its encoding.
        encoding: String,
    },
    /// The role may not do what this program does.
    #[error("the role lacks a right that it needs ({0}); see \"Rights in the database\" in the README")]
    MissingRight(String),
    /// A table, column or function of the schema is not there.
    #[error(
        "the schema stockbot lacks a part that it had ({0}); restore the database, or delete the bot's pods, which migrate it anew"
    )]
    SchemaIncomplete(String),
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
    /// A unique key of this constraint exists already; nothing was changed.
    #[error("the database has this already ({0})")]
    Conflict(String),
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
        matches!(self, Self::Unavailable(_) | Self::Busy(_) | Self::Outdated(_) | Self::CommitUnknown(_))
    }

    /// Was a row with this unique constraint there already?
    pub(crate) fn is_conflict(&self, constraint: &str) -> bool {
        matches!(self, Self::Conflict(name) if name == constraint)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(refusal) => refused(refusal.as_ref()),
            sqlx::Error::Io(why) => Self::Unavailable(why.to_string()),
            sqlx::Error::Tls(why) => Self::Unavailable(format!("TLS: {why}")),
            // The reader of the protocol lost its place: whatever the reason, the connection is useless.
            sqlx::Error::Protocol(why) => Self::Unavailable(why),
            sqlx::Error::ColumnDecode { index, source } => Self::Corrupt(format!("column {index}: {source}")),
            sqlx::Error::AnyDriverError(own) => match own.downcast() {
                Ok(own) => *own,
                Err(why) => Self::Unexpected(why.to_string()),
            },
            other => Self::Unexpected(other.to_string()),
        }
    }
}

/// What this crate says itself passes through the driver unchanged.
impl From<StoreError> for sqlx::Error {
    fn from(error: StoreError) -> Self {
        Self::AnyDriverError(Box::new(error))
    }
}
