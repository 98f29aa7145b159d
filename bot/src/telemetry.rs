//! Logging: one line per event, JSON or text; level and shape follow the configuration file.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use stockbot_config::tuning::{LogFormat, LogLevel, Logging};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer as _, Registry,
    filter::dynamic_filter_fn,
    fmt,
    layer::{Filter, SubscriberExt as _},
    reload,
    util::SubscriberInitExt as _,
};

/// Changes level and shape while running.
pub struct LogControl {
    level: reload::Handle<EnvFilter, Registry>,
    json: Arc<AtomicBool>,
}

/// Starts logging to standard output. Only the first call has an effect.
#[must_use]
pub fn start(logging: &Logging) -> LogControl {
    let (filter, level) = reload::Layer::new(filter(logging.level));
    let json = Arc::new(AtomicBool::new(logging.format == LogFormat::Json));
    let lines = fmt::layer().json().flatten_event(true).with_filter(shape_is(&json, true));
    let text = fmt::layer().with_ansi(false).with_filter(shape_is(&json, false));
    if tracing_subscriber::registry().with(filter).with(lines).with(text).try_init().is_err() {
        tracing::debug!("logging was started already");
    }
    LogControl { level, json }
}

/// Lets lines through while they are to be JSON, or while they are not.
fn shape_is<S: Subscriber>(json: &Arc<AtomicBool>, wanted: bool) -> impl Filter<S> + use<S> {
    let json = json.clone();
    dynamic_filter_fn(move |_, _| json.load(Ordering::Relaxed) == wanted)
}

impl LogControl {
    /// Follows a changed configuration.
    pub fn set(&self, logging: &Logging) {
        self.json.store(logging.format == LogFormat::Json, Ordering::Relaxed);
        if let Err(error) = self.level.reload(filter(logging.level)) {
            tracing::warn!(%error, "the log level could not be changed; it stays as it was until the next restart");
        }
    }
}

/// Libraries speak from `warn` on: at `debug` some of them print requests, which carry tokens. The database driver says nothing: what
/// it would log names parts of the URL, and each of its errors is reported by the store.
fn filter(level: LogLevel) -> EnvFilter {
    let own = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let libraries = if level == LogLevel::Error { "error" } else { "warn" };
    EnvFilter::new(format!("{libraries},sqlx=off,stockbot={own},stockbot_store={own}"))
}
