//! Why an interaction ends without what was asked for.

use stockbot_store::{CommandOutcome, StoreError};

use crate::{custom_id::CustomId, discord::RestError};

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
    #[error("refused: {text}")]
    Refused {
        /// Why.
        text: String,
        /// What the user can do next, as buttons.
        next: Vec<CustomId>,
    },
    /// Postgres.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord.
    #[error(transparent)]
    Discord(#[from] RestError),
}

impl ReplyError {
    /// A refusal that leads on to this.
    #[must_use]
    pub fn or(mut self, more: CustomId) -> Self {
        if let Self::Refused { next, .. } = &mut self {
            next.push(more);
        }
        self
    }

    /// The outcome in metrics and the command log.
    pub fn outcome(&self) -> CommandOutcome {
        match self {
            Self::Refused { .. } => CommandOutcome::Refused,
            Self::TooLate | Self::Elsewhere | Self::Store(_) | Self::Discord(_) => CommandOutcome::Error,
        }
    }
}
