//! Follows the mounted configuration file: what [`stockbot_config::restart::FIELDS`] calls live changes without a restart.
//!
//! The kubelet replaces a ConfigMap's directory by a symbolic link, so the content is read once a second and compared;
//! watching inodes would miss the swap. A file that does not parse changes nothing.

use std::{path::PathBuf, sync::Arc, time::Duration};

use stockbot_config::{Config, ConfigFile};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{state::State, telemetry::LogControl};

/// How often the file is read; 1 s of the 3 s that a change may take to show.
const PERIOD: Duration = Duration::from_secs(1);

/// Reads the file until `stopping`, and sends each configuration that differs from the last one.
pub async fn follow(
    path: PathBuf,
    sender: watch::Sender<Arc<Config>>,
    log: LogControl,
    state: Arc<State>,
    stopping: CancellationToken,
) {
    let mut seen = std::fs::read_to_string(&path).unwrap_or_default();
    while stopping.run_until_cancelled(tokio::time::sleep(PERIOD)).await.is_some() {
        state.beat("reload");
        let Ok(text) = tokio::fs::read_to_string(&path).await else { continue };
        if text == seen {
            continue;
        }
        seen = text;
        match ConfigFile::parse(&seen, &path.display().to_string()) {
            Ok(file) => {
                log.set(&file.config.logging);
                apply(&sender, taken(file, &state));
            }
            Err(error) => {
                tracing::error!(%error, "the changed configuration is ignored, the last good one stays in force");
                state.failed(error);
            }
        }
    }
}

/// The configuration of a file; what this version does not know of it is told.
pub fn taken(file: ConfigFile, state: &State) -> Config {
    if !file.unknown.is_empty() {
        let fields = file.unknown.join(", ");
        tracing::warn!(
            fields,
            "settings that this version does not know have no effect; use a newer bot image"
        );
    }
    state.update(|status| status.unknown_settings = file.unknown);
    file.config
}

fn apply(sender: &watch::Sender<Arc<Config>>, config: Config) {
    let needs_restart = sender.borrow().needs_restart() != config.needs_restart();
    tracing::info!(displays = config.displays.len(), needs_restart, "the configuration has changed");
    sender.send_replace(Arc::new(config));
}
