//! Why an interaction ends without what was asked for.

use stockbot_store::{CommandOutcome, StoreError};

use crate::discord::RestError;

/// The reason; the reply turns it into words.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// Discord did not take the acknowledgement within 3 s: nothing was done and nobody is listening.
    #[error("too late to acknowledge; nothing was done")]
    TooLate,
    /// A refusal in the user's language that says why and what is left.
    #[error("refused: {0}")]
    Refused(String),
    /// Postgres.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord.
    #[error(transparent)]
    Discord(#[from] RestError),
}

impl ReplyError {
    /// The outcome in metrics and the command log.
    pub fn outcome(&self) -> CommandOutcome {
        match self {
            Self::Refused(_) => CommandOutcome::Refused,
            Self::TooLate | Self::Store(_) | Self::Discord(_) => CommandOutcome::Error,
        }
    }
}
