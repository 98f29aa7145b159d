//! Why a job of the outbox is not done.

use stockbot_store::StoreError;

use crate::discord::RestError;

/// Why a job is not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Discord.
    #[error(transparent)]
    Discord(#[from] RestError),
    /// Postgres.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The order or its payload is not what the job needs; repeating does not help.
    #[error("{0}")]
    Impossible(String),
    /// Another job of the same order has to come first.
    #[error("waits for the delivery")]
    NotYet,
    /// Another pod holds the job now.
    #[error("the lease of the job is over")]
    Lost,
}
