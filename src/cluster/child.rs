//! What is kept of a child object: who owns it, what was applied, its footprint, and for some kinds a little of its status.

use std::sync::{Mutex, MutexGuard, PoisonError};

use k8s_openapi::api::{
    core::v1::{ConfigMap, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
    policy::v1::PodDisruptionBudget,
};
use kube::ResourceExt as _;
use serde::Serialize;

use super::{cache::Summary, footprint::Footprint, foreign};
use crate::api::{names, pod_monitor::PodMonitor};

/// A kind of child.
pub trait Child: kube::Resource<DynamicType = ()> + Serialize {
    /// What is kept of the object's own content.
    type State: Send + Sync + 'static;
    /// What others set in its spec would change what the bot does: it is taken back.
    const WHOLLY_OURS: bool;
    /// Paths in the spec that are left alone all the same.
    const LEFT_ALONE: &'static [&'static [&'static str]] = &[];

    /// Reads it.
    fn state(&self) -> Self::State;
}

macro_rules! stateless {
    ($($kind:ty: $wholly_ours:literal),*) => {$(
        impl Child for $kind {
            type State = ();
            const WHOLLY_OURS: bool = $wholly_ours;
            fn state(&self) {}
        }
    )*};
}
// Another key of a ConfigMap is of no consequence, and other tools add pull secrets to every ServiceAccount.
stateless!(
    ConfigMap: false,
    Service: true,
    ServiceAccount: false,
    NetworkPolicy: true,
    PodDisruptionBudget: true,
    // Where Prometheus asks changes nothing of what the bot does.
    PodMonitor: false
);

/// What is kept of a child object.
#[derive(Debug)]
pub struct Live<S = ()> {
    /// Its bot: the owner's name, or else the label.
    pub bot: String,
    /// Its uid.
    pub uid: String,
    /// Uid of the `DiscordBot` that controls it.
    pub owner: Option<String>,
    /// The operator made it, whoever owns it now.
    pub made_by_us: bool,
    /// Others have set what would change what the bot does.
    pub touched: bool,
    /// Somebody has made its content unchangeable.
    pub immutable: bool,
    /// Its content.
    pub footprint: Footprint,
    /// A little of its status.
    pub state: S,
    version: u64,
    /// Fingerprint of the document that this process wrote last and that came to this content.
    means: Mutex<Option<String>>,
}

impl<S> Live<S> {
    /// What is kept of `object`.
    pub fn of<K: Child<State = S>>(object: &K) -> Self {
        let owner = object
            .owner_references()
            .iter()
            .find(|owner| owner.controller == Some(true) && owner.kind == "DiscordBot");
        let label = object.labels().get(names::LABEL_BOT);
        let bot = owner.map(|owner| &owner.name).or(label).cloned().unwrap_or_default();
        let content = serde_json::to_value(object).unwrap_or_default();
        Self {
            bot,
            uid: object.uid().unwrap_or_default(),
            owner: owner.map(|owner| owner.uid.clone()),
            made_by_us: foreign::is_made_by_us(object),
            touched: foreign::removal(object).is_some(),
            immutable: content["immutable"] == true,
            footprint: Footprint::of(&content),
            state: object.state(),
            version: version(object),
            means: Mutex::default(),
        }
    }

    /// The same, with what was known before of which document comes to its content.
    #[must_use]
    pub fn since(self, before: Option<&Self>) -> Self {
        if let Some(before) = before.filter(|before| before.footprint == self.footprint) {
            self.meaning().clone_from(&before.meaning());
        }
        self
    }

    /// Remembers that the document with that fingerprint comes to this content: the API server writes some values in
    /// another way than they were sent.
    pub fn is_meant_by(&self, document: &str) {
        *self.meaning() = Some(document.to_owned());
    }

    /// Does the document with that fingerprint come to this content, as far as is known?
    #[must_use]
    pub fn means(&self, document: &str) -> bool {
        self.meaning().as_deref() == Some(document)
    }

    fn meaning(&self) -> MutexGuard<'_, Option<String>> {
        self.means.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Is it the child of the bot with that name and uid? One that nobody owns any more is, if the operator made it and its
    /// label says for whom: its owner was removed by hand, or the bot was deleted without its children.
    #[must_use]
    pub fn belongs_to(&self, bot: &str, uid: &str) -> bool {
        self.owner.as_ref().map_or(self.made_by_us && self.bot == bot, |owner| owner == uid)
    }
}

impl<S> Summary for Live<S> {
    fn bot(&self) -> &str {
        &self.bot
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// The resource version as a number; Kubernetes keeps them comparable for the kinds watched here.
pub fn version<K: kube::Resource>(object: &K) -> u64 {
    object.resource_version().and_then(|version| version.parse().ok()).unwrap_or_default()
}
