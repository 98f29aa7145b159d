//! First step: everything the later steps need to know, from what is watched and, for Secrets, from the API server.
//! Must not: judge or write.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use super::mounted::mounted;
use crate::{
    api::{DiscordBot, StockDisplay},
    controller::{
        cache::Key,
        context::Context,
        live::DeploymentState,
        pod::PodState,
        secrets::{SecretError, SecretState},
    },
    probe::Report,
};

/// A pod and what it said last.
#[derive(Clone, Debug)]
pub struct Pod {
    /// The pod.
    pub state: Arc<PodState>,
    /// What it said last.
    pub report: Option<Report>,
}

/// Everything around a bot.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// Its Deployment, if there is one under its control.
    pub deployment: Option<DeploymentState>,
    /// Its pods, ordered by name.
    pub pods: Vec<Pod>,
    /// The displays bound to it, oldest first.
    pub displays: Vec<Arc<StockDisplay>>,
    /// Its Secrets by name.
    pub secrets: BTreeMap<String, Arc<SecretState>>,
}

/// Why not everything could be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A Secret could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl FetchError {
    /// Reason: label of the failure metric.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Secret(_) => "SecretUnreadable",
        }
    }
}

/// What is watched around a bot; needs no request.
#[must_use]
pub fn watched(context: &Context, key: &Key, bot: &DiscordBot) -> Fetched {
    let ours = |owner: &Option<String>| owner.is_some() && *owner == bot.metadata.uid;
    let deployment = context.deployments.get(key).filter(|live| ours(&live.owner));
    let pod = |state: Arc<PodState>| {
        let report = context.reports.get(&Key::new(&key.namespace, &state.name), &state.uid);
        Pod { state, report }
    };
    Fetched {
        deployment: deployment.map(|live| live.state.clone()),
        pods: context.pods.of_bot(key).into_iter().map(pod).collect(),
        displays: context.displays_of(key),
        secrets: BTreeMap::new(),
    }
}

/// Everything around a bot.
pub async fn fetch(context: &Context, key: &Key, bot: &DiscordBot) -> Result<Fetched, FetchError> {
    let mut fetched = watched(context, key, bot);
    for mounted in mounted(&bot.spec) {
        if let Entry::Vacant(unknown) = fetched.secrets.entry(mounted.secret) {
            let secret = Key::new(&key.namespace, unknown.key());
            unknown.insert(context.secrets.get(&secret).await?);
        }
    }
    Ok(fetched)
}
