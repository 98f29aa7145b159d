//! The status of both kinds, as api.md lists them. Written by the operator only, so it has no bounds.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use stockbot_config::status::{Health, ProductCounts};

/// One word for `kubectl get`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Phase {
    /// Nothing runs yet.
    #[default]
    Pending,
    /// Pods are coming up.
    Starting,
    /// As wanted.
    Running,
    /// A rollout is under way while the bot serves.
    Updating,
    /// Stopped as wanted.
    Stopped,
    /// Writes are stopped by the annotation.
    Paused,
    /// Running with loss.
    Degraded,
    /// Not running, and nothing will happen until somebody changes something.
    Failed,
}

impl Phase {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Starting => "Starting",
            Self::Running => "Running",
            Self::Updating => "Updating",
            Self::Stopped => "Stopped",
            Self::Paused => "Paused",
            Self::Degraded => "Degraded",
            Self::Failed => "Failed",
        }
    }
}

/// A failure and when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastErrorStatus {
    /// When.
    pub time: Time,
    /// What, and what to do.
    pub message: String,
}

/// The bot's own Discord user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BotUserStatus {
    /// Discord id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Shards of the bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ShardsStatus {
    /// That it should have.
    pub desired: i32,
    /// With a live session.
    pub connected: i32,
}

/// Discord's daily budget of session starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionStartsStatus {
    /// Left until `resetAt`.
    pub remaining: i32,
    /// Per day.
    pub total: i32,
    /// When the budget is full again.
    pub reset_at: Time,
}

/// Displays of the bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DisplaysStatus {
    /// In the bot's configuration.
    pub desired: i32,
    /// Shown (or hidden) as wanted.
    pub ready: i32,
}

/// What the operator knows of a `DiscordBot`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DiscordBotStatus {
    /// The generation of the spec that this status is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// One word for the whole state.
    pub phase: Phase,
    /// Pods.
    pub replicas: i32,
    /// Pods that are ready.
    pub ready_replicas: i32,
    /// Selects the bot's pods; for `kubectl scale` and autoscalers.
    pub selector: String,
    /// The shop that the bot serves.
    pub shop: String,
    /// Image of the bot.
    pub image: String,
    /// Discord application id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// The bot's own Discord user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_user: Option<BotUserStatus>,
    /// Shards of the bot.
    pub shards: ShardsStatus,
    /// Discord's daily budget of session starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_starts: Option<SessionStartsStatus>,
    /// Displays of the bot.
    pub displays: DisplaysStatus,
    /// Failed starts since the last good run.
    pub restarts: i32,
    /// Last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastErrorStatus>,
    /// Version of the database schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<String>,
    /// Conditions: `Ready`, `Progressing`, `Degraded`, `Stalled`, `TokenValid`, `DatabaseReady`, `GatewayConnected`,
    /// `IdentifyBudgetLow`, `Paused`.
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}

/// What the operator knows of a `StockDisplay`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct StockDisplayStatus {
    /// The generation of the spec that this status is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Discord id of the live message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Link to the live message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_url: Option<String>,
    /// Last successful post or edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_published_at: Option<Time>,
    /// Last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastErrorStatus>,
    /// Counts of products.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<ProductCounts>,
    /// Health over the last hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Conditions: `Ready`, `Published`, `ButtonsPresent`, `Degraded`, `Stalled`, `Bound`.
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}

/// A list of conditions is a map by type: two writers of different types do not overwrite each other.
fn conditions(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = Vec::<Condition>::json_schema(generator);
    schema.insert("x-kubernetes-list-type".into(), "map".into());
    schema.insert("x-kubernetes-list-map-keys".into(), serde_json::json!(["type"]));
    schema
}
