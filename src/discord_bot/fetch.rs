//! First step: everything the later steps need to know, from what is watched and, for Secrets, from the API server.
//! Must not: judge or write.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use k8s_openapi::{
    api::core::v1::{Event, Namespace},
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

/// The newest warning about a pod that does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodEvent {
    /// Reason of the event: `FailedMount`, `FailedCreatePodSandBox`, ...
    pub reason: String,
    /// What is wrong, in the words of the kubelet or the scheduler.
    pub message: String,
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
    /// Secrets that the operator may not read are mounted.
    pub hidden: bool,
    /// What is said of a pod that does not start; only asked for if there is one.
    pub pod_event: Option<PodEvent>,
    /// An older bot of the namespace that uses the same Discord application.
    pub rival: Option<String>,
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
    let uid = bot.metadata.uid.as_deref().unwrap_or_default();
    let deployment = context.deployments.get(key).filter(|live| live.belongs_to(&key.name, uid));
    Fetched {
        deployment: deployment.map(|live| live.state.clone()),
        pods: pods(context, key),
        displays: context.displays_of(key),
        secrets: BTreeMap::new(),
        hidden: false,
        pod_event: None,
        rival: rival(context, key, bot),
    }
}

/// The pods of a bot and what they said last.
#[must_use]
pub fn pods(context: &Context, bot: &Key) -> Vec<Pod> {
    let pod = |state: Arc<PodState>| {
        let report = context.reports.get(&Key::new(&bot.namespace, &state.name), &state.uid);
        Pod { state, report }
    };
    context.pods.of_bot(bot).into_iter().map(pod).collect()
}

/// Of the bots of a namespace with one Discord application, all but the oldest have a rival.
fn rival(context: &Context, key: &Key, bot: &DiscordBot) -> Option<String> {
    let application = |bot: &DiscordBot| bot.status.as_ref().and_then(|status| status.application_id.clone());
    let age = |bot: &DiscordBot| {
        let created = bot.metadata.creation_timestamp.as_ref().map(|time| time.0);
        (created.unwrap_or(Timestamp::MAX), bot.metadata.name.clone())
    };
    let own = application(bot)?;
    let found = context.bots.find(|other| {
        other.metadata.namespace.as_deref() == Some(key.namespace.as_str())
            && other.metadata.deletion_timestamp.is_none()
            && other.spec.wanted() > 0
            && age(other) < age(bot)
            && application(other).as_ref() == Some(&own)
    });
    found.and_then(|other| other.metadata.name.clone())
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
    fetched.hidden = fetched.secrets.values().any(|state| **state == SecretState::Forbidden);
    fetched.pod_event = pod_event(context, key, &fetched.pods).await;
    Ok(fetched)
}

/// Why a pod does not start, the kubelet says in events: a Secret that it cannot mount, a sandbox that it cannot make.
async fn pod_event(context: &Context, key: &Key, pods: &[Pod]) -> Option<PodEvent> {
    let pod = pods.iter().map(|pod| &pod.state).find(|pod| pod.unstarted() && is_late(pod))?;
    let about = format!("involvedObject.uid={},type=Warning", pod.uid);
    let events: Api<Event> = Api::namespaced(context.process.client.clone(), &key.namespace);
    let found = events.list(&ListParams::default().fields(&about).limit(20)).await;
    let found =
        found.inspect_err(|error| tracing::debug!(%error, "the kubelet's events cannot be read")).ok()?;
    let newest =
        found.items.into_iter().max_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0))?;
    Some(PodEvent { reason: newest.reason.unwrap_or_default(), message: newest.message? })
}

/// Is the bot's namespace being deleted? Without the right to ask, it is not known to be.
pub async fn namespace_ends(context: &Context, key: &Key) -> bool {
    let namespaces: Api<Namespace> = Api::all(context.process.client.clone());
    let found = namespaces.get_metadata_opt(&key.namespace).await;
    let found = found.inspect_err(|error| tracing::debug!(%error, "the namespace cannot be read"));
    found.is_ok_and(|found| found.is_none_or(|found| found.metadata.deletion_timestamp.is_some()))
}

/// A healthy pod is through with its volumes before that.
fn is_late(pod: &PodState) -> bool {
    let age = pod.created.map(|created| Timestamp::now().duration_since(created));
    age.is_some_and(|age| age > SignedDuration::from_secs(5))
}
