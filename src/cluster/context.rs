//! Everything the reconcilers of one scope (all namespaces, or one) share. Holds state, does nothing.

use std::sync::Arc;

use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{ConfigMap, Service, ServiceAccount},
        networking::v1::NetworkPolicy,
        policy::v1::PodDisruptionBudget,
    },
    jiff::Timestamp,
};
use kube::{
    Client,
    runtime::reflector::{ObjectRef, Store},
};
use stockbot_config::Snowflake;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    cache::{Cache, Key},
    child::{Child, Live},
    pod::PodState,
    rejections::Rejections,
    reports::Reports,
    rollout_pace::RolloutPace,
    secrets::Secrets,
};
use crate::{
    api::{DiscordBot, StockDisplay, pod_monitor::PodMonitor},
    client::Freshness,
    metrics::Metrics,
};

/// Summaries of a kind of child.
pub type Children<K> = Cache<Live<<K as Child>::State>>;

/// What the operator was started with that decides what it builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Image of bots that name none.
    pub bot_image: String,
}

/// Wakes the reconcilers.
#[derive(Clone)]
pub struct Triggers {
    bots: UnboundedSender<ObjectRef<DiscordBot>>,
    displays: UnboundedSender<ObjectRef<StockDisplay>>,
}

impl Triggers {
    /// Wakes through these queues.
    #[must_use]
    pub fn new(
        bots: UnboundedSender<ObjectRef<DiscordBot>>,
        displays: UnboundedSender<ObjectRef<StockDisplay>>,
    ) -> Self {
        Self { bots, displays }
    }

    /// Wakes a bot's reconciler.
    pub fn bot(&self, key: &Key) {
        // A closed queue means that the scope is shutting down.
        let _ = self.bots.send(ObjectRef::new(&key.name).within(&key.namespace));
    }

    /// Wakes a display's reconciler.
    pub fn display(&self, key: &Key) {
        let _ = self.displays.send(ObjectRef::new(&key.name).within(&key.namespace));
    }
}

/// What all scopes of the process share.
#[derive(Clone)]
pub struct Process {
    /// Kubernetes.
    pub client: Client,
    /// What the operator was started with.
    pub defaults: Defaults,
    /// Age of the watches.
    pub freshness: Arc<Freshness>,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// Slots for rollouts that nobody asked for.
    pub rollout_pace: Arc<RolloutPace>,
    /// Most reconciles at once, per kind.
    pub concurrency: u16,
}

/// Everything the reconcilers of one scope share.
pub struct Context {
    /// What all scopes share.
    pub process: Process,
    /// Wakes the reconcilers.
    pub triggers: Triggers,
    /// Every `DiscordBot`.
    pub bots: Store<DiscordBot>,
    /// Every `StockDisplay`.
    pub displays: Store<StockDisplay>,
    /// Each Deployment of a bot.
    pub deployments: Children<Deployment>,
    /// Each ConfigMap of a bot.
    pub config_maps: Children<ConfigMap>,
    /// Each Service of a bot.
    pub services: Children<Service>,
    /// Each ServiceAccount of a bot.
    pub service_accounts: Children<ServiceAccount>,
    /// Each `PodDisruptionBudget` of a bot.
    pub budgets: Children<PodDisruptionBudget>,
    /// Each NetworkPolicy of a bot.
    pub network_policies: Children<NetworkPolicy>,
    /// Each `PodMonitor` of a bot; complete only while the cluster has the kind.
    pub pod_monitors: Children<PodMonitor>,
    /// Each pod of a bot.
    pub pods: Cache<PodState>,
    /// What is known of their Secrets.
    pub secrets: Secrets,
    /// What the pods said last.
    pub reports: Reports,
    /// Internal errors of the API server, by bot.
    pub rejections: Rejections,
}

impl Context {
    /// A bot by name.
    #[must_use]
    pub fn bot(&self, key: &Key) -> Option<Arc<DiscordBot>> {
        self.bots.get(&ObjectRef::new(&key.name).within(&key.namespace))
    }

    /// The displays that name a bot, also those that are being deleted.
    #[must_use]
    pub fn naming(&self, bot: &Key) -> Vec<Arc<StockDisplay>> {
        self.displays_where(bot, |_| true)
    }

    /// Of those the ones for a channel: one may have it in the other's place.
    #[must_use]
    pub fn naming_in(&self, bot: &Key, channel: Snowflake) -> Vec<Arc<StockDisplay>> {
        self.displays_where(bot, |display| display.spec.settings.channel_id == channel)
    }

    /// The displays bound to a bot, oldest first; those being deleted are left out.
    #[must_use]
    pub fn displays_of(&self, bot: &Key) -> Vec<Arc<StockDisplay>> {
        bound(self.naming(bot))
    }

    /// Of those the ones for a channel.
    #[must_use]
    pub fn displays_in(&self, bot: &Key, channel: Snowflake) -> Vec<Arc<StockDisplay>> {
        bound(self.naming_in(bot, channel))
    }

    fn displays_where(&self, bot: &Key, is: impl Fn(&StockDisplay) -> bool) -> Vec<Arc<StockDisplay>> {
        self.displays.state_filter(|display| {
            display.spec.bot_ref.name == bot.name
                && display.metadata.namespace.as_deref() == Some(bot.namespace.as_str())
                && is(display)
        })
    }
}

/// Without those that are being deleted, oldest first.
fn bound(mut displays: Vec<Arc<StockDisplay>>) -> Vec<Arc<StockDisplay>> {
    displays.retain(|display| display.metadata.deletion_timestamp.is_none());
    displays.sort_by_cached_key(|display| {
        let created = display.metadata.creation_timestamp.as_ref().map(|time| time.0);
        (created.unwrap_or(Timestamp::MAX), display.metadata.name.clone())
    });
    displays
}
