//! Why an interaction ends without what was asked for.

use stockbot_store::{CommandOutcome, StoreError};

use crate::discord::RestError;

/// The reason; the reply turns it into words.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// Discord did not take the acknowledgement within 3 s: nothing was done and nobody is listening.
    #[error("too late to acknowledge; nothing was done")]
    TooLate,
    /// Somebody else has acknowledged it: nothing was done here.
    #[error(
        "an interaction was answered already, though not by this bot; nothing was done. If it goes on, another program or \
         deployment uses this bot's token: stop it, or reset the token in the Developer Portal"
    )]
    Elsewhere,
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
            Self::TooLate | Self::Elsewhere | Self::Store(_) | Self::Discord(_) => CommandOutcome::Error,
        }
    }
}
