//! Logging: one line per event, JSON or text, with a level that follows the configuration file.

use stockbot_config::tuning::{LogFormat, LogLevel, Logging};
use tracing_subscriber::{
    EnvFilter, Registry, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _,
};

/// Changes the level while running.
pub struct LevelHandle(reload::Handle<EnvFilter, Registry>);

/// Starts logging to standard output. Only the first call has an effect.
#[must_use]
pub fn start(logging: &Logging) -> LevelHandle {
    let (filter, handle) = reload::Layer::new(filter(logging.level));
    let registry = tracing_subscriber::registry().with(filter);
    let started = match logging.format {
        LogFormat::Json => {
            registry.with(tracing_subscriber::fmt::layer().json().flatten_event(true)).try_init()
        }
        LogFormat::Text => registry.with(tracing_subscriber::fmt::layer()).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started already");
    }
    LevelHandle(handle)
}

impl LevelHandle {
    /// Follows a changed configuration.
    pub fn set(&self, level: LogLevel) {
        if let Err(error) = self.0.reload(filter(level)) {
            tracing::warn!(%error, "the log level could not be changed; it stays as it was until the next restart");
        }
    }
}

/// Libraries speak from `warn` on: at `debug` some of them print requests, which carry tokens.
fn filter(level: LogLevel) -> EnvFilter {
    let own = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let libraries = if level == LogLevel::Error { "error" } else { "warn" };
    EnvFilter::new(format!("{libraries},stockbot={own},stockbot_store={own}"))
}
