//! What the pure tests start from: what was fetched around a bot, pods and their reports.

use std::{collections::BTreeMap, sync::Arc};

use stockbot_config::{exit::Reason, status::BotStatus};

use super::fetch::{Fetched, Pod};
use crate::cluster::{
    cache::Key,
    context::Defaults,
    deployment::DeploymentState,
    pod::{Container, End, PodState},
    reports::{Report, Reports},
    secrets::{SecretState, Shape},
};

pub use crate::api::fixtures::{bot, display};

/// The revision that the fixtures call the newest.
pub const REVISION: &str = "new";

/// The bot's key.
pub fn key() -> Key {
    Key::new("shops", "growshop")
}

/// What the operator was started with.
pub fn defaults() -> Defaults {
    Defaults { bot_image: "registry.example.com/stockbot:1".into() }
}

/// A Secret with one plausible key.
pub fn secret(key: &str, version: &str) -> Arc<SecretState> {
    let shape = Shape { content: version.into(), empty: false, one_line: true, postgres_url: true };
    let keys: BTreeMap<_, _> = [(key.to_owned(), shape)].into();
    Arc::new(SecretState::Present { version: version.into(), keys })
}

/// Both Secrets are there, nothing else.
pub fn fetched() -> Fetched {
    let secrets = [("growshop-discord", secret("token", "1")), ("shop-postgres", secret("url", "2"))];
    Fetched { secrets: secrets.map(|(name, state)| (name.to_owned(), state)).into(), ..Fetched::default() }
}

/// A Deployment of one pod, rolled out.
pub fn deployment() -> DeploymentState {
    DeploymentState {
        observed: true,
        wanted: 1,
        replicas: 1,
        updated: 1,
        ready: 1,
        revision: Some(REVISION.into()),
        ..DeploymentState::default()
    }
}

/// A ready pod of the newest revision, never probed.
pub fn running() -> PodState {
    PodState {
        name: "growshop-1".into(),
        bot: "growshop".into(),
        uid: "pod-uid".into(),
        ip: Some("10.0.0.1".into()),
        ready: true,
        revision: Some(REVISION.into()),
        token_hash: Some("token".into()),
        bot_container: Container { running: true, ..Container::default() },
        ..PodState::default()
    }
}

/// A container that ended for a reason of the contract.
pub fn ended(reason: Reason, message: &str, restarts: i32) -> Container {
    let failed = Some(End { code: reason.code().into(), reason, message: message.into(), at: None });
    Container { restarts, failed, ..Container::default() }
}

/// A pod that said that.
pub fn pod(state: PodState, status: Option<BotStatus>) -> Pod {
    let (reports, key) = (Reports::default(), Key::new("shops", &state.name));
    let report: Option<Report> = status.and_then(|status| {
        reports.put(&key, state.uid.clone(), Ok(status));
        reports.get(&key, &state.uid)
    });
    Pod { state: Arc::new(state), report }
}
