//! First step: everything the later steps need to know, from what is watched and, for Secrets, from the API server.
//! Must not: judge or write.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use k8s_openapi::{
    api::core::v1::Event,
    jiff::{SignedDuration, Timestamp},
};
use kube::{Api, api::ListParams};

use super::mounted::mounted;
use crate::{
    api::{DiscordBot, StockDisplay},
    cluster::{
        cache::Key,
        context::Context,
        deployment::DeploymentState,
        pod::PodState,
        reports::Report,
        secrets::{SecretError, SecretState},
    },
};

/// A pod and what it said last.
#[derive(Clone, Debug)]
pub struct Pod {
    /// The pod.
    pub state: Arc<PodState>,
    /// What it said last.
    pub report: Option<Report>,
}

impl Pod {
    /// It runs, and has not been asked yet what it does: soon more will be known.
    #[must_use]
    pub fn is_unprobed(&self) -> bool {
        self.report.is_none() && self.state.probe_address().is_some()
    }
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
    /// Pods wait for volumes of Secrets that the operator may not read.
    pub blind: bool,
    /// The kubelet's words about volumes that cannot be mounted; only asked for if `blind`.
    pub mount_failure: Option<String>,
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
        blind: false,
        mount_failure: None,
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
    let forbidden = fetched.secrets.values().any(|state| **state == SecretState::Forbidden);
    fetched.blind = forbidden && fetched.pods.iter().any(|pod| pod.state.unstarted());
    if fetched.blind {
        fetched.mount_failure = mount_failure(context, key, &fetched.pods).await;
    }
    Ok(fetched)
}

/// Where Secrets may not be read, only the kubelet notices that one is missing. It says so in events of the pod.
async fn mount_failure(context: &Context, key: &Key, pods: &[Pod]) -> Option<String> {
    let pod = pods.iter().map(|pod| &pod.state).find(|pod| pod.unstarted() && is_late(pod))?;
    let about = format!("involvedObject.uid={},reason=FailedMount", pod.uid);
    let events: Api<Event> = Api::namespaced(context.process.client.clone(), &key.namespace);
    let found = events.list(&ListParams::default().fields(&about).limit(20)).await;
    let found =
        found.inspect_err(|error| tracing::debug!(%error, "the kubelet's events cannot be read")).ok()?;
    let newest =
        found.items.into_iter().max_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0))?;
    newest.message
}

/// A healthy pod is through with its volumes before that.
fn is_late(pod: &PodState) -> bool {
    let age = pod.created.map(|created| Timestamp::now().duration_since(created));
    age.is_some_and(|age| age > SignedDuration::from_secs(5))
}
