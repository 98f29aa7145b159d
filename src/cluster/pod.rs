//! What is kept of a bot's pod: where it is, whether it is ready, and how its containers ended.

use k8s_openapi::{
    api::core::v1::{ContainerStatus, Pod},
    apimachinery::pkg::apis::meta::v1::Time,
    jiff::{SignedDuration, Timestamp},
};
use kube::ResourceExt as _;
use stockbot_config::exit::{Reason, Termination};

use super::{cache::Summary, child::version};
use crate::api::names;

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Exit code.
    pub code: i32,
    /// Why, as it says itself.
    pub reason: Reason,
    /// The same in words, or the end of its log.
    pub message: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// A run that lasted this long was a good one: the kubelet, too, forgives earlier failures after it.
const GOOD_RUN: SignedDuration = SignedDuration::from_mins(10);

/// What is kept of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Starts after the first.
    pub restarts: i32,
    /// It runs now.
    pub running: bool,
    /// How long its last run took that has ended.
    pub last_run: Option<SignedDuration>,
    /// Its last end, unless that was a clean one.
    pub failed: Option<End>,
    /// Why it waits: reason and message (`ImagePullBackOff`, ...).
    pub waiting: Option<(String, String)>,
}

/// What is kept of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodState {
    /// Name.
    pub name: String,
    /// Its bot.
    pub bot: String,
    /// Uid.
    pub uid: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// It is being deleted.
    pub deleting: bool,
    /// It will never run again: evicted, or done.
    pub finished: bool,
    /// Its address.
    pub ip: Option<String>,
    /// The kubelet calls it ready.
    pub ready: bool,
    /// Why the scheduler finds no node.
    pub unschedulable: Option<String>,
    /// The revision of the pod template it was made from.
    pub revision: Option<String>,
    /// The token's Secret it was made with.
    pub token_hash: Option<String>,
    /// The container that migrates the database.
    pub migrate: Container,
    /// The bot's container.
    pub bot_container: Container,
    /// Failed starts before the last good run.
    pub forgiven: i32,
    /// Its resource version as a number.
    pub version: u64,
}

impl Summary for PodState {
    fn bot(&self) -> &str {
        &self.bot
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Name of the container that migrates the database.
pub const MIGRATE: &str = "migrate";
/// Name of the bot's container.
pub const BOT: &str = "stockbot";

impl PodState {
    /// What is kept of `pod`.
    #[must_use]
    pub fn of(pod: &Pod) -> Self {
        let status = pod.status.clone().unwrap_or_default();
        let conditions = status.conditions.unwrap_or_default();
        let is = |kind: &str, value: &str| {
            conditions.iter().find(|condition| condition.type_ == kind && condition.status == value)
        };
        let container = |statuses: Option<Vec<ContainerStatus>>, name: &str| {
            let found = statuses.into_iter().flatten().find(|container| container.name == name);
            found.map(summarise).unwrap_or_default()
        };
        let annotation = |key: &str| pod.annotations().get(key).cloned();
        Self {
            name: pod.name_any(),
            bot: pod.labels().get(names::LABEL_INSTANCE).cloned().unwrap_or_default(),
            uid: pod.uid().unwrap_or_default(),
            created: pod.creation_timestamp().map(|time| time.0),
            deleting: pod.metadata.deletion_timestamp.is_some(),
            finished: matches!(status.phase.as_deref(), Some("Failed" | "Succeeded")),
            ip: status.pod_ip.filter(|ip| !ip.is_empty()),
            ready: is("Ready", "True").is_some(),
            unschedulable: is("PodScheduled", "False").and_then(|condition| condition.message.clone()),
            revision: annotation(names::REVISION),
            token_hash: annotation(names::TOKEN_HASH),
            migrate: container(status.init_container_statuses, MIGRATE),
            bot_container: container(status.container_statuses, BOT),
            forgiven: 0,
            version: version(pod),
        }
    }

    /// The same pod with what was known of it before: how many of its failures came before a good run.
    #[must_use]
    pub fn since(mut self, before: Option<&Self>) -> Self {
        let good = |container: &Container| container.last_run.is_some_and(|run| run >= GOOD_RUN);
        self.forgiven = if good(&self.bot_container) {
            self.failures() - 1
        } else {
            before.filter(|before| before.uid == self.uid).map_or(0, |before| before.forgiven)
        };
        self
    }

    /// The bot's program may answer: the container runs and has an address.
    #[must_use]
    pub fn probe_address(&self) -> Option<&str> {
        self.ip.as_deref().filter(|_| self.bot_container.running && !self.deleting)
    }

    /// No container has been started yet: its volumes or its image are being waited for.
    #[must_use]
    pub fn unstarted(&self) -> bool {
        let untouched = |container: &Container| !container.running && container.failed.is_none();
        !self.deleting && !self.ready && untouched(&self.migrate) && untouched(&self.bot_container)
    }

    /// Failed starts since the last good run.
    #[must_use]
    pub fn restarts(&self) -> i32 {
        (self.failures() - self.forgiven).max(0)
    }

    /// Failed starts of either container.
    fn failures(&self) -> i32 {
        let attempts = |container: &Container| {
            // Before the kubelet restarts it for the first time, a failed container has no restart yet.
            container.restarts.max(i32::from(container.failed.is_some()))
        };
        attempts(&self.migrate).max(attempts(&self.bot_container))
    }

    /// The newest failure of either container; a failed migration counts first, the bot cannot have run after it.
    #[must_use]
    pub fn failure(&self) -> Option<&End> {
        self.failed_migration().or(self.bot_container.failed.as_ref())
    }

    /// The container that [`Self::failure`] is about.
    #[must_use]
    pub fn failed_container(&self) -> &'static str {
        if self.failed_migration().is_some() { MIGRATE } else { BOT }
    }

    fn failed_migration(&self) -> Option<&End> {
        self.migrate.failed.as_ref().filter(|_| !self.bot_container.running)
    }
}

fn summarise(status: ContainerStatus) -> Container {
    let state = status.state.unwrap_or_default();
    let last = status.last_state.unwrap_or_default();
    let ended = state.terminated.or(last.terminated);
    let time = |time: &Option<Time>| time.as_ref().map(|time| time.0);
    let last_run = ended
        .as_ref()
        .and_then(|ended| Some(time(&ended.finished_at)?.duration_since(time(&ended.started_at)?)));
    let failed = ended.filter(|ended| ended.exit_code != 0).map(|ended| {
        let said = ended.message.filter(|said| !said.trim().is_empty()).or(ended.reason).unwrap_or_default();
        let Termination { reason, message } = Termination::read(ended.exit_code, &said);
        End { code: ended.exit_code, reason, message, at: ended.finished_at.map(|time| time.0) }
    });
    Container {
        restarts: status.restart_count,
        running: state.running.is_some(),
        last_run,
        failed,
        waiting: state
            .waiting
            .map(|waiting| (waiting.reason.unwrap_or_default(), waiting.message.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A pod whose bot was restarted `restarts` times, the last run having taken `seconds`.
    fn pod(restarts: i32, seconds: i64) -> PodState {
        let at = |second| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let ended = json!({"exitCode": 137, "startedAt": at(0), "finishedAt": at(seconds)});
        let pod = json!({
            "metadata": {"name": "growshop-1", "uid": "a"},
            "status": {"containerStatuses": [{
                "name": BOT, "restartCount": restarts, "ready": false, "image": "x", "imageID": "x",
                "state": {"running": {}}, "lastState": {"terminated": ended},
            }]},
        });
        PodState::of(&serde_json::from_value(pod).unwrap())
    }

    #[test]
    fn only_failures_since_the_last_good_run_count() {
        let third = pod(3, 5);
        assert_eq!(third.restarts(), 3);
        let after_a_day = pod(4, 86_400).since(Some(&third));
        assert_eq!(after_a_day.restarts(), 1, "it ran well for a day, then ended once");
        let again = pod(5, 5).since(Some(&after_a_day));
        assert_eq!(again.restarts(), 2);
        let another_pod = PodState { uid: "b".into(), ..pod(3, 5) };
        assert_eq!(another_pod.since(Some(&after_a_day)).restarts(), 3);
    }
}
