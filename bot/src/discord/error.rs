//! What a REST call can end in, and what each Discord error code means to the bot.

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
    /// An earlier try did acknowledge.
    pub const ALREADY_ACKNOWLEDGED: i64 = 40060;
    /// The channel is hidden from the bot.
    pub const MISSING_ACCESS: i64 = 50001;
    /// The user's direct messages are closed.
    pub const CANNOT_DM: i64 = 50007;
    /// A permission is missing in the channel.
    pub const MISSING_PERMISSIONS: i64 = 50013;
    /// The interaction's token has run out.
    pub const BAD_WEBHOOK_TOKEN: i64 = 50027;
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
    /// 429 past the patience of the call.
    #[error("Discord limits {call}; free again in {} ms", retry_after.as_millis())]
    Limited {
        /// Method and path.
        call: String,
        /// What Discord asked for.
        retry_after: Duration,
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
}

/// Discord's error body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub code: i64,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub retry_after: Option<f64>,
    #[serde(default)]
    pub global: bool,
    #[serde(default)]
    pub errors: Option<serde_json::Value>,
}

impl RestError {
    /// Discord's JSON error code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Might a later try succeed without anybody changing anything?
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Limited { .. } | Self::Unknown { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::Unauthorized | Self::BadAnswer { .. } => false,
        }
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
