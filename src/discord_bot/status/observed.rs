//! Everything the status is computed from, and the questions that several conditions ask of it.

use std::sync::Arc;

use stockbot_config::{
    DisplayConfig,
    status::{BotStatus, DisplayStatus},
};

use super::super::{
    displays::{is_shown, told},
    fetch::{Pod, PodEvent},
    halt::Halt,
};
use crate::{
    api::{DiscordBot, annotation::Annotation as _, names},
    cluster::{cache::Key, deployment::DeploymentState, pod::PodState},
};

/// How the reconcile went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The children are as they should be.
    Applied,
    /// All but the Deployment, which waits for its slot.
    Waiting {
        /// The bot whose rollout holds up everybody.
        stuck: Option<Key>,
    },
    /// The annotation stops writes.
    Paused,
    /// Only a change by somebody helps.
    Stalled {
        /// Reason of the Stalled condition.
        reason: &'static str,
        /// What is wrong and what to do.
        message: String,
    },
    /// Something failed; it is tried again.
    Failing {
        /// What.
        message: String,
    },
}

/// Everything the status is computed from.
pub struct Observed<'a> {
    /// Namespace and name.
    pub key: &'a Key,
    /// The bot.
    pub bot: &'a DiscordBot,
    /// Its image.
    pub image: String,
    /// How the reconcile went.
    pub outcome: Outcome,
    /// Its Deployment.
    pub deployment: Option<&'a DeploymentState>,
    /// Its pods.
    pub pods: &'a [Pod],
    /// The displays of its configuration.
    pub displays: &'a [DisplayConfig],
    /// What is said of a pod that does not start.
    pub pod_event: Option<&'a PodEvent>,
    /// Secrets that the operator may not read are mounted.
    pub hidden: bool,
    /// An older bot of the namespace that uses the same Discord application.
    pub rival: Option<&'a str>,
}

impl Observed<'_> {
    /// Pods that should run.
    #[must_use]
    pub fn wanted(&self) -> i32 {
        self.bot.spec.wanted()
    }

    /// Why the bot is scaled to 0 although it should run. A pod that serves says that this is over.
    #[must_use]
    pub fn halt(&self) -> Option<Halt> {
        self.deployment.and_then(|live| Halt::parse(live.halted.as_deref()?)).filter(|_| !self.serves())
    }

    /// Are the children those of the newest spec? An earlier release did not say what they were written for.
    #[must_use]
    pub fn applied(&self) -> bool {
        let written_for = |live: &DeploymentState| live.generation.or(self.bot.metadata.generation);
        self.deployment.is_some_and(|live| written_for(live) == self.bot.metadata.generation)
    }

    /// Pods that are there, also those that are being stopped.
    #[must_use]
    pub fn pods_left(&self) -> i32 {
        let there = self.pods.iter().filter(|pod| !pod.state.finished).count();
        let counted = self.deployment.map_or(0, |live| live.replicas);
        i32::try_from(there).unwrap_or(i32::MAX).max(counted)
    }

    /// Pods of the newest revision, and what they said last.
    pub fn current(&self) -> impl Iterator<Item = &Pod> {
        let revision = self.deployment.and_then(|live| live.revision.as_ref());
        self.pods.iter().filter(move |pod| !pod.state.deleting && pod.state.revision.as_ref() == revision)
    }

    /// Pods of the newest revision.
    pub fn current_pods(&self) -> impl Iterator<Item = &Arc<PodState>> {
        self.current().map(|pod| &pod.state)
    }

    /// The command that makes the operator try again, for causes that it cannot see mended.
    #[must_use]
    pub fn restart_command(&self) -> String {
        let Key { namespace, name } = self.key;
        format!(
            "kubectl -n {namespace} annotate --overwrite discordbot {name} {}=$(date +%s)",
            names::RESTARTED_AT
        )
    }

    /// Wanted pods of the newest revision that are ready.
    #[must_use]
    pub fn ready_pods(&self) -> i32 {
        i32::try_from(self.current_pods().filter(|pod| pod.ready).count()).unwrap_or(i32::MAX)
    }

    /// Ready pods of whatever revision.
    #[must_use]
    pub fn all_ready(&self) -> i32 {
        let ready = self.pods.iter().filter(|pod| pod.state.ready && !pod.state.deleting).count();
        i32::try_from(ready).unwrap_or(i32::MAX)
    }

    /// Is any pod ready, of whatever revision?
    #[must_use]
    pub fn serves(&self) -> bool {
        self.all_ready() > 0
    }

    /// Every wanted pod is there and ready, and no other is left.
    #[must_use]
    pub fn rolled_out(&self) -> bool {
        let Some(live) = self.deployment else { return false };
        live.observed
            && live.updated >= self.wanted()
            && live.replicas == live.updated
            && live.ready >= self.wanted()
            && self.ready_pods() >= self.wanted()
    }

    /// What the running pods said last.
    pub fn statuses(&self) -> impl Iterator<Item = &BotStatus> {
        self.pods
            .iter()
            .filter(|pod| pod.state.probe_address().is_some())
            .filter_map(|pod| pod.report.as_ref()?.status.as_deref())
    }

    /// The first answer of a running pod to a question, pods of the newest revision first.
    pub fn newest<T>(&self, question: impl Fn(&BotStatus) -> Option<T>) -> Option<T> {
        let current: Vec<&String> = self.current_pods().map(|pod| &pod.name).collect();
        let (new, old): (Vec<_>, Vec<_>) = self
            .pods
            .iter()
            .filter(|pod| pod.state.probe_address().is_some())
            .partition(|pod| current.contains(&&pod.state.name));
        new.into_iter().chain(old).find_map(|pod| question(pod.report.as_ref()?.status.as_deref()?))
    }

    /// Shards that the bot should have; 0 = not known yet.
    #[must_use]
    pub fn shards_desired(&self) -> i32 {
        self.statuses().map(|status| status.gateway.shards.desired).max().unwrap_or_default()
    }

    /// Shards with a live session, over all pods.
    #[must_use]
    pub fn shards_connected(&self) -> i32 {
        let sum: i32 = self.statuses().map(|status| status.gateway.shards.connected).sum();
        sum.min(self.shards_desired())
    }

    /// Is every shard connected?
    #[must_use]
    pub fn connected(&self) -> bool {
        self.shards_desired() > 0 && self.shards_connected() == self.shards_desired()
    }

    /// What the bot says of a display, if it speaks of its settings as they are now.
    #[must_use]
    pub fn display(&self, display: &DisplayConfig) -> Option<&DisplayStatus> {
        told(self.statuses(), &display.name, &display.settings_hash)
    }

    /// Displays that are shown, or hidden, as wanted.
    #[must_use]
    pub fn displays_ready(&self) -> i32 {
        let as_wanted = |display: &&DisplayConfig| self.display(display).is_some_and(is_shown);
        i32::try_from(self.displays.iter().filter(as_wanted).count()).unwrap_or(i32::MAX)
    }

    /// Failed starts since the last good run: 0 as soon as every wanted pod is ready.
    #[must_use]
    pub fn restarts(&self) -> i32 {
        self.current_pods().filter(|pod| !pod.ready).map(|pod| pod.restarts()).max().unwrap_or_default()
    }

    /// Did the bot fail to start as often as its spec allows?
    #[must_use]
    pub fn crash_looping(&self) -> bool {
        self.restarts() >= self.bot.spec.max_restart_attempts
    }
}
