//! Why a job of the outbox is not done.

use stockbot_store::{Sent, StoreError};

use crate::discord::{Effect, RestError};

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
    /// It took longer than the lease allows, or crashed; another try looks first.
    #[error("the job did not come to its end: {0}")]
    Interrupted(String),
    /// Nothing was sent, because Discord would not have let it out soon.
    #[error("Discord lets no direct message out soon")]
    HeldUp,
    /// Another job of the same order has to come first.
    #[error("waits for the delivery")]
    NotYet,
    /// Another pod holds the job now.
    #[error("the lease of the job is over")]
    Lost,
}

/// Goods that did not arrive, as far as is known.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Undelivered {
    /// Why.
    pub error: JobError,
    /// Whether a message with them may have gone out.
    pub sent: Sent,
}

impl Undelivered {
    /// Nothing with goods in it was sent.
    pub fn before_sending(error: impl Into<JobError>) -> Self {
        Self { error: error.into(), sent: Sent::No }
    }

    /// The call that carries the goods failed.
    pub fn by(error: RestError) -> Self {
        let sent = match error.effect() {
            Effect::None => Sent::No,
            Effect::Unknown => Sent::Perhaps,
        };
        Self { error: error.into(), sent }
    }

    /// Nobody knows.
    pub fn in_doubt(error: impl Into<JobError>) -> Self {
        Self { error: error.into(), sent: Sent::Perhaps }
    }

    /// Was nothing sent, only because Discord lets nothing out soon?
    pub fn is_held_up(&self) -> bool {
        let held_up = match &self.error {
            JobError::HeldUp => true,
            JobError::Discord(error) => error.retry_after().is_some(),
            _ => false,
        };
        held_up && self.sent == Sent::No
    }

    /// Does Discord refuse to let the bot write to this user?
    pub fn is_user_unreachable(&self) -> bool {
        matches!(&self.error, JobError::Discord(error) if error.is_user_unreachable())
    }
}
