//! Limits, resilience, cache, features, retention and logging: numbers with defaults, shared by the custom resource and the config file.

use serde::{Deserialize, Serialize};

use crate::{duration::Span, shop::SecretKeyRef};

/// A sliding window: at most `count` in any `window`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Window {
    /// How many.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 10_000)))]
    pub count: i32,
    /// In how long.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1s", "1h"))))]
    pub window: Span,
}

/// Rate limits, shared by all pods of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// Per user and action.
    pub user: Window,
    /// Per channel.
    pub channel: Window,
    /// Over the whole shop.
    pub global: Window,
    /// Refusals within a minute that block a user for `blockFor`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000)))]
    pub block_after: i32,
    /// How long a user stays blocked.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1s", "30d"))))]
    pub block_for: Span,
}

impl Default for Limits {
    fn default() -> Self {
        let window = |count| Window { count, window: Span::seconds(5) };
        Self {
            user: window(3),
            channel: window(10),
            global: window(50),
            block_after: 5,
            block_for: Span::seconds(60),
        }
    }
}

/// How failing calls are repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Retry {
    /// Attempts in all.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 10)))]
    pub attempts: i32,
    /// Wait before the second attempt; doubles from there.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("10ms", "1m"))))]
    pub base_delay: Span,
    /// Longest wait.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("10ms", "5m"))))]
    pub max_delay: Span,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 3, base_delay: Span::seconds(1), max_delay: Span::seconds(60) }
    }
}

/// When a failing dependency is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Breaker {
    /// Failures in a row that open the breaker.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub failure_threshold: i32,
    /// When one probe is let through again.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1s", "1h"))))]
    pub recovery_after: Span,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { failure_threshold: 5, recovery_after: Span::seconds(60) }
    }
}

/// Retry, breaker and workers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Resilience {
    /// How failing calls are repeated.
    pub retry: Retry,
    /// When a failing dependency is left alone.
    pub breaker: Breaker,
    /// Workers of the job queue.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 32)))]
    pub workers: i32,
}

impl Default for Resilience {
    fn default() -> Self {
        Self { retry: Retry::default(), breaker: Breaker::default(), workers: 3 }
    }
}

/// The read-through cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CacheSettings {
    /// Longest age of an entry.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1s", "1d"))))]
    pub ttl: Span,
    /// URL of a Redis shared by the pods; optional. The key defaults to `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_url_secret_ref: Option<SecretKeyRef>,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { ttl: Span::seconds(300), redis_url_secret_ref: None }
    }
}

/// Switches of optional parts; the bot sees them as environment variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Features {
    /// `DISCORD_ENABLE_TRACKING`: log every command and click.
    pub tracking: bool,
    /// `DISCORD_CACHE_ENABLED`.
    pub cache: bool,
    /// `DISCORD_WEBSOCKET_ENABLED`.
    pub websocket: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { tracking: true, cache: true, websocket: true }
    }
}

/// How long logs are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Retention {
    /// Rows of `discord_command_logs`.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1h", "3650d"))))]
    pub command_logs: Span,
    /// Rows of `discord_audit_logs`.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1h", "3650d"))))]
    pub audit_logs: Span,
    /// Rows of `discord_performance_metrics`.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1h", "3650d"))))]
    pub performance: Span,
    /// Rows of `button_analytics`.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("1h", "3650d"))))]
    pub analytics: Span,
}

impl Default for Retention {
    fn default() -> Self {
        let days = Span::days;
        Self { command_logs: days(90), audit_logs: days(365), performance: days(30), analytics: days(90) }
    }
}

/// Least severe level that is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Failures only.
    Error,
    /// And what may become one.
    Warn,
    /// And what happened.
    #[default]
    Info,
    /// And why.
    Debug,
    /// Everything.
    Trace,
}

/// Shape of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// Logging; hot-reloaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Logging {
    /// Least severe level that is logged.
    pub level: LogLevel,
    /// Shape of a log line.
    pub format: LogFormat,
}
