//! What the bot asks about itself before it connects: user, application, guild, gateway and its budget.

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use stockbot_config::status::SessionStarts;

use super::{Call, Rest, RestError, messages::parse};

/// The bot's own user.
#[derive(Clone, Debug, Deserialize)]
pub struct CurrentUser {
    /// Discord id.
    pub id: String,
    /// Name.
    pub username: String,
}

/// The application of the token.
#[derive(Clone, Debug, Deserialize)]
pub struct Application {
    /// Discord id.
    pub id: String,
}

/// Budget of session starts, as Discord counts it.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionStartLimit {
    /// Starts per day.
    pub total: i32,
    /// Starts left.
    pub remaining: i32,
    /// Milliseconds until the budget is full again.
    pub reset_after: i64,
    /// Identifies that may run side by side, each 5 s apart.
    #[serde(default = "one")]
    pub max_concurrency: i32,
}

fn one() -> i32 {
    1
}

impl SessionStartLimit {
    /// As the status tells it.
    #[must_use]
    pub fn starts(&self) -> SessionStarts {
        let now = Timestamp::now();
        let reset_at = now.checked_add(jiff::SignedDuration::from_millis(self.reset_after)).unwrap_or(now);
        SessionStarts { remaining: self.remaining, total: self.total, reset_at }
    }
}

/// Where and how to connect.
#[derive(Clone, Debug, Deserialize)]
pub struct GatewayInfo {
    /// Websocket URL.
    pub url: String,
    /// Recommended number of shards.
    pub shards: i32,
    /// Budget of session starts.
    pub session_start_limit: SessionStartLimit,
}

/// What people read when the bot is not in its guild.
#[must_use]
pub fn not_a_member(guild: u64) -> String {
    format!("the bot is not a member of guild {guild}; invite it, or correct guildId")
}

impl Rest {
    /// The bot's own user; 401 here means that the token is dead, and costs no session start.
    pub async fn current_user(&self) -> Result<CurrentUser, RestError> {
        parse("users/@me", self.send(Call::new(Method::GET, "/users/@me")).await?)
    }

    /// The application of the token.
    pub async fn current_application(&self) -> Result<Application, RestError> {
        parse("applications/@me", self.send(Call::new(Method::GET, "/applications/@me")).await?)
    }

    /// Is the bot a member of this guild? `Err` if Discord did not say.
    pub async fn is_member_of(&self, guild: u64) -> Result<bool, RestError> {
        match self.send(Call::new(Method::GET, format!("/guilds/{guild}"))).await {
            Ok(_) => Ok(true),
            Err(RestError::Refused { status: 403 | 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Where to connect and what is left of the budget.
    pub async fn gateway(&self) -> Result<GatewayInfo, RestError> {
        parse("gateway/bot", self.send(Call::new(Method::GET, "/gateway/bot")).await?)
    }
}
