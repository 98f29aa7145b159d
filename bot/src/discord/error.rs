//! What a REST call can end in, whether it may have been carried out all the same, and what Discord's error codes mean.

use std::time::Duration;

use serde::Deserialize;

/// Discord's JSON error codes that the bot acts on (discord.md, REST).
pub mod code {
    /// The channel is gone.
    pub const UNKNOWN_CHANNEL: i64 = 10003;
    /// The guild is gone, or the bot is no member.
    pub const UNKNOWN_GUILD: i64 = 10004;
    /// The message is gone.
    pub const UNKNOWN_MESSAGE: i64 = 10008;
    /// The webhook, and so the interaction's token, is gone.
    pub const UNKNOWN_WEBHOOK: i64 = 10015;
    /// Too late to acknowledge.
    pub const UNKNOWN_INTERACTION: i64 = 10062;
    /// Direct messages are opened too fast; passes.
    pub const OPENING_TOO_FAST: i64 = 40003;
    /// An earlier try did acknowledge.
    pub const ALREADY_ACKNOWLEDGED: i64 = 40060;
    /// The channel is hidden from the bot.
    pub const MISSING_ACCESS: i64 = 50001;
    /// A permission is missing in the channel.
    pub const MISSING_PERMISSIONS: i64 = 50013;
    /// The interaction's token has run out.
    pub const BAD_WEBHOOK_TOKEN: i64 = 50027;
}

/// What a failed call has done in Discord, over all its tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing, for sure.
    None,
    /// Nobody knows: look before doing it again, or instead of it.
    Unknown,
}

/// How a REST call failed. Never holds a token: paths with tokens are shortened before they get here.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RestError {
    /// 401: the token is dead.
    #[error("Discord refused the token (401); put a valid bot token into the Secret")]
    Unauthorized,
    /// Discord refused the request.
    #[error("Discord refused {call} with {status}, code {code}: {message}")]
    Refused {
        /// Method and path.
        call: String,
        /// HTTP status.
        status: u16,
        /// Discord's JSON error code, 0 if there was none.
        code: i64,
        /// Discord's words.
        message: String,
    },
    /// A rate limit that asks for more patience than the call has.
    #[error("Discord limits {call}; free again in {} ms", retry_after.as_millis())]
    Limited {
        /// Method and path.
        call: String,
        /// What Discord asked for.
        retry_after: Duration,
    },
    /// No connection: nothing was sent.
    #[error("Discord cannot be reached for {call}: {reason}")]
    Unreachable {
        /// Method and path.
        call: String,
        /// Why.
        reason: String,
    },
    /// No answer, or half of one: the request may or may not have been carried out.
    #[error("no answer from Discord to {call}: {reason}")]
    Unknown {
        /// Method and path.
        call: String,
        /// Why.
        reason: String,
    },
    /// An answer that is not what Discord documents.
    #[error("Discord's answer to {call} is not understood: {reason}")]
    BadAnswer {
        /// Method and path.
        call: String,
        /// Why.
        reason: String,
    },
    /// The last try did nothing, but an earlier one may have been carried out.
    #[error("{last}; an earlier try may have been carried out")]
    Doubtful {
        /// How the last try ended.
        last: Box<Self>,
    },
}

/// Discord's error body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    pub code: i64,
    pub message: String,
    pub retry_after: Option<f64>,
    pub global: bool,
    pub errors: Option<serde_json::Value>,
}

impl RestError {
    /// How the last try ended.
    fn last(&self) -> &Self {
        match self {
            Self::Doubtful { last } => last,
            error => error,
        }
    }

    /// May the call have been carried out? Discord's 5xx leave that open.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Refused { status, .. } if *status >= 500 => Effect::Unknown,
            Self::Unauthorized | Self::Refused { .. } | Self::Limited { .. } | Self::Unreachable { .. } => {
                Effect::None
            }
            Self::Unknown { .. } | Self::BadAnswer { .. } | Self::Doubtful { .. } => Effect::Unknown,
        }
    }

    /// Discord's JSON error code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self.last() {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// How long Discord wants nothing of this kind.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.last() {
            Self::Limited { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// Might a later try succeed without anybody changing anything?
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self.last() {
            Self::Limited { .. } | Self::Unreachable { .. } | Self::Unknown { .. } => true,
            Self::Refused { status, code, .. } => *status >= 500 || *code == code::OPENING_TOO_FAST,
            _ => false,
        }
    }

    /// Does Discord refuse to let the bot write to this user, now and whenever it is asked again? Closed direct messages
    /// (50007), no common server (50278), a deleted account ...: Discord has many codes for it and invents more, so every
    /// refusal in Discord's own words counts. A refusal without a code is not Discord's own.
    #[must_use]
    pub fn is_user_unreachable(&self) -> bool {
        !self.is_passing() && self.code().is_some_and(|code| code != 0)
    }

    /// Is the interaction's token of no use any more?
    #[must_use]
    pub fn is_interaction_over(&self) -> bool {
        matches!(
            self.code(),
            Some(code::BAD_WEBHOOK_TOKEN | code::UNKNOWN_WEBHOOK | code::UNKNOWN_INTERACTION)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: i64) -> RestError {
        RestError::Refused { call: "POST x".into(), status, code, message: String::new() }
    }

    #[test]
    fn every_refusal_in_discords_words_means_that_the_user_cannot_be_written_to() {
        for code in [50007, 50278, 50033, 10013, 50001] {
            assert!(refused(403, code).is_user_unreachable(), "{code}");
            assert!(RestError::Doubtful { last: Box::new(refused(403, code)) }.is_user_unreachable());
        }
        for error in [refused(403, 0), refused(500, 0), refused(400, code::OPENING_TOO_FAST)] {
            assert!(!error.is_user_unreachable(), "{error}");
        }
        assert!(!RestError::Unauthorized.is_user_unreachable());
    }

    #[test]
    fn what_discord_did_not_refuse_itself_may_have_been_done() {
        assert_eq!(refused(403, 50007).effect(), Effect::None);
        assert_eq!(refused(502, 0).effect(), Effect::Unknown);
        assert_eq!(RestError::Doubtful { last: Box::new(refused(403, 50007)) }.effect(), Effect::Unknown);
    }
}
