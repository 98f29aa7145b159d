//! The bot's `/status` document: what a pod knows of itself, for the operator's deep probe. JSON, camelCase, no secrets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A failure and when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// When.
    pub time: Timestamp,
    /// What, and what to do; never a secret.
    pub message: String,
}

/// Connection of this pod to Discord's gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GatewayState {
    /// Warm, another pod owns the shards.
    Standby,
    /// Every owned shard has a live session.
    Connected,
    /// A session is being resumed.
    Resuming,
    /// No session.
    Disconnected,
    /// Session starts are at the reserve; waits for the daily reset.
    WaitingForBudget,
    /// Not asked yet, or a word of a later release.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Did Discord accept the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenState {
    /// Accepted.
    Accepted,
    /// Rejected; the process is about to end with exit code 65.
    Rejected,
    /// Not asked yet, or a word of a later release.
    #[default]
    #[serde(other)]
    Unknown,
}

/// State of the database as this pod sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatabaseState {
    /// Reachable and at this binary's schema.
    Migrated,
    /// No connection.
    Unreachable,
    /// A migration failed.
    MigrationFailed,
    /// The schema is newer than this binary.
    SchemaTooNew,
    /// Not asked yet, or a word of a later release.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Number of shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shards {
    /// Of the whole bot.
    pub desired: i32,
    /// With a live session in this pod.
    pub connected: i32,
}

/// Discord's daily budget of session starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionStarts {
    /// Left until `reset_at`.
    pub remaining: i32,
    /// Per day.
    pub total: i32,
    /// When the budget is full again.
    pub reset_at: Timestamp,
}

/// The gateway part of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Gateway {
    /// Connection.
    pub state: GatewayState,
    /// Shards.
    pub shards: Shards,
    /// Heartbeat round trip, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<i64>,
}

/// The database part of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Database {
    /// Reachable and migrated?
    pub state: DatabaseState,
    /// Version of the newest migration applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<String>,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The bot's own Discord user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotUser {
    /// Discord id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// State of one display; each is a reason of `StockDisplay`'s conditions (api.md section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the reason of that name in api.md")]
pub enum DisplayState {
    Published,
    ChannelNotFound,
    MissingPermissions,
    ButtonsFailing,
    FallbackShown,
    Hidden,
    Maintenance,
    BreakerOpen,
    #[default]
    #[serde(other)]
    NotYetPublished,
}

/// Counts of products of a display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ProductCounts {
    /// Listed.
    pub shown: i32,
    /// Active but not listed here.
    pub hidden: i32,
    /// Listed without stock.
    pub sold_out: i32,
}

/// Health of a display over the last hour; rates are decimals of two digits as strings, "1.00" = all succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// 0 to 100.
    pub score: i32,
    /// Share of edits that succeeded.
    pub update_success_rate: String,
    /// Share of button sets that could be built and sent.
    pub button_success_rate: String,
    /// Mean time of an edit, like `120ms`.
    pub average_response_time: String,
    /// Failed edits.
    pub errors_last_hour: i32,
    /// Repeated edits.
    pub retries: i32,
}

/// One display as the bot sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisplayStatus {
    /// Name of the `StockDisplay`.
    pub name: String,
    /// What the configuration file called the settings that this status is about ([`crate::DisplayConfig::settings_hash`]).
    pub settings_hash: String,
    /// Where it stands.
    pub state: DisplayState,
    /// More about `state`: what is wrong and what to do.
    #[serde(default)]
    pub message: String,
    /// Discord id of the live message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Link to the live message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_url: Option<String>,
    /// Last successful post or edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_published_at: Option<Timestamp>,
    /// Last failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
    /// Does the live message carry its buttons?
    #[serde(default)]
    pub buttons_present: bool,
    /// Counts.
    #[serde(default)]
    pub products: ProductCounts,
    /// Health over the last hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
}

/// A live message that is not wanted any more and could not be removed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftBehind {
    /// Name of the `StockDisplay` that it was.
    pub display: String,
    /// Where it is.
    pub channel_id: String,
    /// The message; none if it is not known whether its post ever arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Why it is still there.
    pub message: String,
}

/// Everything a pod says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BotStatus {
    /// Pod.
    pub pod: String,
    /// Version of the binary.
    pub version: String,
    /// Warm and able to take over (what `/readyz` says).
    pub ready: bool,
    /// Discord application id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// The bot's own user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_user: Option<BotUser>,
    /// Did Discord accept the token.
    pub token: TokenState,
    /// Is the bot a member of its guild; unknown before the first answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guild_found: Option<bool>,
    /// Gateway.
    pub gateway: Gateway,
    /// Budget of session starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_starts: Option<SessionStarts>,
    /// Postgres.
    pub database: Database,
    /// State per dependency: `Closed`, `Open`, `HalfOpen`.
    pub breakers: BTreeMap<String, String>,
    /// Displays, only from the pod that publishes them.
    pub displays: Vec<DisplayStatus>,
    /// Live messages of no display of the configuration, only from the pod that publishes; unknown until it has looked since the
    /// configuration changed. Empty together with `displays` means that every live message of the bot is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_behind: Option<Vec<LeftBehind>>,
    /// Settings of the configuration file that this version does not know, so that they have no effect: paths like `shop.colour`.
    pub unknown_settings: Vec<String>,
    /// Fingerprint of the mounted Secrets as they are now, if they are not what the process started with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets_changed: Option<String>,
    /// What does not work although the bot runs, and what to do, by what it is about (a path of the configuration file, `token`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub troubles: BTreeMap<String, String>,
    /// Last failure of any kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
}
