//! The `DiscordBot` kind: one bot, its shop and how it runs. Fields and bounds are those of api.md section 1.

use k8s_openapi::api::core::v1::{LocalObjectReference, ResourceRequirements};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stockbot_config::{
    DatabaseSettings, DiscordSettings, SecretKeyRef, Shop, Snowflake, Span,
    schema::within,
    tuning::{CacheSettings, Features, Limits, Logging, Resilience, Retention},
};

use super::{
    bounds::named,
    status::DiscordBotStatus,
    workload::{NetworkPolicySpec, PodTemplate, Probes, PullPolicy, default_resources},
};

/// A reference to an image, by tag, digest or both; or nothing.
const IMAGE: &str = r"^$|^([a-zA-Z0-9][-a-zA-Z0-9.]*(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[a-zA-Z0-9_][-a-zA-Z0-9_.]{0,127})?(@[a-z0-9+._-]+:[0-9a-fA-F]{32,128})?$";

/// A Discord shop bot: the operator turns it into running pods and their configuration.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "stockbot.dev",
    version = "v1alpha1",
    kind = "DiscordBot",
    plural = "discordbots",
    singular = "discordbot",
    shortname = "dbot",
    category = "stockbot",
    namespaced,
    status = "DiscordBotStatus",
    derive = "PartialEq",
    doc = "A Discord shop bot: the operator turns it into running pods and their configuration.",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    ),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase", description = "One word for the whole state"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status", description = "Pods ready, shards connected, displays published"),
    printcolumn(name = "Shards", type_ = "integer", json_path = ".status.shards.connected", description = "Shards with a live session"),
    printcolumn(name = "Displays", type_ = "integer", json_path = ".status.displays.ready", description = "Displays that are published"),
    printcolumn(name = "Starts-Left", type_ = "integer", json_path = ".status.sessionStarts.remaining", description = "Session starts left today"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp", description = "Age"),
    printcolumn(name = "Shop", type_ = "string", json_path = ".status.shop", priority = 1, description = "Shop"),
    printcolumn(name = "Image", type_ = "string", json_path = ".status.image", priority = 1, description = "Image of the bot"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1, description = "Why it is ready or not"),
    validation = named("self.metadata.name.size() <= 52", "metadata.name must not be longer than 52 characters"),
    validation = named("self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        "metadata.name must start with a letter and hold only lower-case letters, digits and dashes: the bot's Service has this name"),
)]
#[serde(rename_all = "camelCase")]
pub struct DiscordBotSpec {
    /// False scales the bot to 0 and keeps everything else.
    #[serde(default = "yes")]
    pub running: bool,
    /// Pods, 0 to 5; those above 1 are hot standbys.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 5))]
    pub replicas: i32,
    /// Image of the bot, by tag or digest; empty = the operator's --bot-image.
    #[serde(default)]
    #[schemars(length(max = 500), regex(pattern = IMAGE))]
    pub image: String,
    /// When the image is pulled.
    #[serde(default)]
    pub image_pull_policy: PullPolicy,
    /// Secrets with credentials of the registry.
    #[serde(default)]
    #[schemars(length(max = 10), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    /// Secret with the bot's token; the key defaults to `token`.
    pub token_secret_ref: SecretKeyRef,
    /// Id of the Discord server that the shop is in.
    pub guild_id: Snowflake,
    /// Postgres.
    pub database: Database,
    /// How the bot talks to Discord.
    #[serde(default)]
    pub discord: Discord,
    /// The shop.
    #[serde(default)]
    pub shop: Shop,
    /// Rate limits, shared by all pods of a shop.
    #[serde(default)]
    pub limits: Limits,
    /// Retry, breaker and workers.
    #[serde(default)]
    pub resilience: Resilience,
    /// The read-through cache.
    #[serde(default)]
    pub cache: CacheSettings,
    /// Switches of optional parts.
    #[serde(default)]
    pub features: Features,
    /// How long logs are kept.
    #[serde(default)]
    pub retention: Retention,
    /// Logging; changed without a restart.
    #[serde(default)]
    pub logging: Logging,
    /// Probes of the kubelet and of the operator.
    #[serde(default)]
    pub probes: Probes,
    /// Failed starts after which the bot counts as crash-looping (condition Degraded).
    #[serde(default = "three")]
    #[schemars(range(min = 1, max = 100))]
    pub max_restart_attempts: i32,
    /// Requests and limits of the bot's container.
    #[serde(default = "default_resources")]
    pub resources: ResourceRequirements,
    /// Extras of the pods.
    #[serde(default)]
    pub pod_template: PodTemplate,
    /// Who may reach the pods.
    #[serde(default)]
    pub network_policy: NetworkPolicySpec,
    /// Time a pod has to hand its shards over before it is killed, in seconds. The bot itself takes all but the last 10.
    #[serde(default = "thirty")]
    #[schemars(range(min = 25, max = 600))]
    pub termination_grace_period_seconds: i64,
}

impl DiscordBotSpec {
    /// Pods that should run: none while the bot is stopped.
    #[must_use]
    pub fn wanted(&self) -> i32 {
        if self.running { self.replicas } else { 0 }
    }
}

/// How the bot reaches Postgres.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// Secret with the URL, `postgres://user:password@host/database`; the key defaults to `url`.
    pub url_secret_ref: SecretKeyRef,
    /// Secret with the certificate authority; the key defaults to `ca.crt`. TLS as the URL's sslmode says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_secret_ref: Option<SecretKeyRef>,
    /// The URL is a transaction pooler (PgBouncer): no session state is used.
    #[serde(default)]
    pub pooled: bool,
    /// Size of each pod's pool.
    #[serde(default = "eight")]
    #[schemars(range(min = 2, max = 50))]
    pub max_connections: i32,
    /// Longest time of one statement.
    #[serde(default = "five_seconds")]
    #[schemars(extend("x-kubernetes-validations" = within("100ms", "1m")))]
    pub statement_timeout: Span,
}

impl Database {
    /// The part that goes into the configuration file.
    #[must_use]
    pub fn settings(&self) -> DatabaseSettings {
        DatabaseSettings {
            pooled: self.pooled,
            max_connections: self.max_connections,
            statement_timeout: self.statement_timeout.clone(),
        }
    }
}

/// How the bot talks to Discord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Discord {
    /// Base URL of the REST API: Discord's own, a REST proxy or a stand-in. The gateway's URL comes from it.
    #[schemars(length(max = 500), regex(pattern = r"^https?://[^\s]+$"))]
    pub api_url: String,
    /// Number of shards; 0 = what Discord recommends.
    #[schemars(range(min = 0, max = 1000))]
    pub shards: i32,
    /// Session starts per day that are never used for rollouts and restarts.
    #[schemars(range(min = 0, max = 1000))]
    pub identify_reserve: i32,
    /// Secret with the URL of a Discord webhook for failures and low stock; the key defaults to `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_webhook_secret_ref: Option<SecretKeyRef>,
}

impl Default for Discord {
    fn default() -> Self {
        let DiscordSettings { api_url, shards, identify_reserve } = DiscordSettings::default();
        Self { api_url, shards, identify_reserve, alert_webhook_secret_ref: None }
    }
}

impl Discord {
    /// The part that goes into the configuration file.
    #[must_use]
    pub fn settings(&self) -> DiscordSettings {
        DiscordSettings {
            api_url: self.api_url.clone(),
            shards: self.shards,
            identify_reserve: self.identify_reserve,
        }
    }
}

fn yes() -> bool {
    true
}

fn one() -> i32 {
    1
}

fn three() -> i32 {
    3
}

fn eight() -> i32 {
    DatabaseSettings::default().max_connections
}

fn thirty() -> i64 {
    30
}

fn five_seconds() -> Span {
    DatabaseSettings::default().statement_timeout
}
