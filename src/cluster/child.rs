//! What is kept of a child object: who owns it, what was applied, its footprint, and for some kinds a little of its status.

use k8s_openapi::api::{
    core::v1::{ConfigMap, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
    policy::v1::PodDisruptionBudget,
};
use kube::ResourceExt as _;
use serde::Serialize;

use super::{cache::Summary, footprint::Footprint};
use crate::api::names;

/// A kind of child.
pub trait Child: kube::Resource<DynamicType = ()> + Serialize {
    /// What is kept of the object's own content.
    type State: Send + Sync + 'static;

    /// Reads it.
    fn state(&self) -> Self::State;
}

macro_rules! stateless {
    ($($kind:ty),*) => {$(
        impl Child for $kind {
            type State = ();
            fn state(&self) {}
        }
    )*};
}
stateless!(ConfigMap, Service, ServiceAccount, NetworkPolicy, PodDisruptionBudget);

/// What is kept of a child object.
#[derive(Debug)]
pub struct Live<S = ()> {
    /// Its bot: the owner's name, or else the label.
    pub bot: String,
    /// Its uid.
    pub uid: String,
    /// Uid of the `DiscordBot` that controls it.
    pub owner: Option<String>,
    /// Its content.
    pub footprint: Footprint,
    /// A little of its status.
    pub state: S,
    version: u64,
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
        Self {
            bot,
            uid: object.uid().unwrap_or_default(),
            owner: owner.map(|owner| owner.uid.clone()),
            footprint: Footprint::of(&serde_json::to_value(object).unwrap_or_default()),
            state: object.state(),
            version: version(object),
        }
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
