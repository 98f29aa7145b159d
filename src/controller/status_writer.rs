//! Writes the status of a kind: what is new, not more often than people can read, and what people should notice at once.
//! Must not: know what a status says beyond its conditions.

use std::{
    collections::HashMap,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use k8s_openapi::{NamespaceResourceScope, apimachinery::pkg::apis::meta::v1::Condition};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    driver::{Failure, Next},
    events::Events,
};
use crate::{
    api::{conditions, names},
    cluster::cache::Key,
    metrics::Metrics,
};

/// Least time between two writes of one status that tell of nothing but progress.
const PACE: Duration = Duration::from_secs(2);
/// How soon to look again at what is about to change: an event or a probe comes before that.
const SOON: Duration = Duration::from_secs(1);

/// A kind with a status that has conditions.
pub trait HasStatus:
    Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug
{
    /// Its status.
    type Status: Clone + Default + PartialEq + Serialize;

    /// The status as the watch brought it.
    fn status(&self) -> Option<&Self::Status>;

    /// The conditions of a status.
    fn conditions(status: &Self::Status) -> &[Condition];
}

/// Does the status last?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// What it tells is so for now.
    Settled,
    /// More will be known in a moment: a status written now would be out of date at once.
    Premature,
}

/// What was written last, for the moment in which the watch has not brought it back yet. Without it a reconcile that
/// follows at once would compare with an old status and write again.
struct Written<S> {
    /// Resource version of the object that the status was computed from.
    before: Option<String>,
    status: S,
    at: Instant,
}

/// Writes the statuses of a kind.
pub struct StatusWriter<K: HasStatus> {
    client: Client,
    metrics: Arc<Metrics>,
    events: Events,
    written: Mutex<HashMap<Key, Written<K::Status>>>,
}

impl<K: HasStatus> StatusWriter<K> {
    /// A writer that has written nothing yet.
    #[must_use]
    pub fn new(client: Client, metrics: Arc<Metrics>, events: Events) -> Self {
        Self { client, metrics, events, written: Mutex::default() }
    }

    /// The newest status known: what was written if the object is still as it was before, else what the object says.
    pub fn newest(&self, object: &K) -> K::Status {
        let entries = self.lock();
        let written = entries.get(&Key::of(object)).filter(|entry| entry.before == object.resource_version());
        written.map(|entry| entry.status.clone()).or_else(|| object.status().cloned()).unwrap_or_default()
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Writes a status if it says anything new, and publishes what people should notice. If it is not time for that,
    /// says when it will be.
    pub async fn write(
        &self,
        object: &K,
        old: &K::Status,
        new: K::Status,
        timing: Timing,
    ) -> Result<Next, Failure> {
        if *old == new {
            return Ok(Next::Change);
        }
        let (before, after) = (K::conditions(old), K::conditions(&new));
        let wait = match timing {
            Timing::Premature => SOON,
            Timing::Settled if urgent(before, after) => Duration::ZERO,
            Timing::Settled => self.rest(&Key::of(object)),
        };
        if !wait.is_zero() {
            return Ok(Next::After(wait));
        }
        if self.apply(object, &new).await.map_err(|error| Failure::new("StatusUnwritable", error))? {
            self.events.transitions(&object.object_ref(&()), before, after).await;
            self.remember(object, new);
        }
        Ok(Next::Change)
    }

    /// Server-side apply, so that a value that is gone goes away. False if the object is gone, or another one has its
    /// name: there is nothing to tell any more.
    async fn apply(&self, object: &K, status: &K::Status) -> Result<bool, kube::Error> {
        let Key { namespace, name } = Key::of(object);
        let document = json!({
            "apiVersion": K::api_version(&()),
            "kind": K::kind(&()),
            "metadata": {"name": name, "uid": object.uid()},
            "status": status,
        });
        // What comes back is not needed, and need not be readable.
        let kind = ApiResource::erase::<K>(&());
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), &namespace, &kind);
        let params = PatchParams::apply(names::MANAGER).force();
        match api.patch_status(&name, &params, &Patch::Apply(&document)).await {
            Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => return Ok(false),
            other => other.map(drop)?,
        }
        let resource = format!("{}/status", K::plural(&()));
        self.metrics.writes.with_label_values(&[resource.as_str(), "update"]).inc();
        Ok(true)
    }

    /// How long to wait before another write that is not urgent; zero if none was written just now.
    fn rest(&self, key: &Key) -> Duration {
        self.lock().get(key).map_or(Duration::ZERO, |entry| PACE.saturating_sub(entry.at.elapsed()))
    }

    fn remember(&self, object: &K, status: K::Status) {
        let entry = Written { before: object.resource_version(), status, at: Instant::now() };
        self.lock().insert(Key::of(object), entry);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Written<K::Status>>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the change tell of more than progress? Then people and `kubectl wait` should not wait for it.
fn urgent(before: &[Condition], after: &[Condition]) -> bool {
    ["Ready", "Stalled", "Degraded", "Paused"].iter().any(|kind| {
        let told = |all: &[Condition]| {
            conditions::find(all, kind)
                .map(|found| (found.status.clone(), found.reason.clone(), found.observed_generation))
        };
        told(before) != told(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{DiscordBot, DiscordBotStatus, conditions::Finding, fixtures::bot},
        client::stub::{Stub, refusal},
    };
    use k8s_openapi::jiff::Timestamp;

    /// A writer whose API server takes everything.
    fn writer() -> (StatusWriter<DiscordBot>, Stub) {
        let stub = Stub::new(|asked| (200, asked.body.clone()));
        let events = Events::new(stub.client.clone(), None);
        let metrics = Arc::new(Metrics::new().unwrap());
        (StatusWriter::new(stub.client.clone(), metrics, events), stub)
    }

    fn status(shop: &str, reason: &'static str) -> DiscordBotStatus {
        let ready = vec![Finding::new("Ready", Some(false), reason, "")];
        let conditions = conditions::merge(&[], ready, Some(1), Timestamp::UNIX_EPOCH);
        DiscordBotStatus { shop: shop.into(), conditions, ..DiscordBotStatus::default() }
    }

    #[tokio::test]
    async fn a_written_status_counts_until_the_watch_brings_a_newer_object() {
        let ((writer, _), mut bot) = (writer(), bot(""));
        let (old, new) = (status("old", "PodsNotReady"), status("new", "Stalled"));
        bot.status = Some(old.clone());
        assert_eq!(writer.newest(&bot), old);
        assert_eq!(writer.write(&bot, &old, new.clone(), Timing::Settled).await.unwrap(), Next::Change);
        assert_eq!(writer.newest(&bot), new);
        bot.metadata.resource_version = Some("2".into());
        assert_eq!(writer.newest(&bot), old, "somebody else has written since");
    }

    #[tokio::test]
    async fn the_status_of_an_object_that_is_gone_is_no_failure_and_no_event() {
        let stub = Stub::new(|_| refusal(404, "NotFound", "discordbots \"growshop\" not found"));
        let events = Events::new(stub.client.clone(), None);
        let writer = StatusWriter::new(stub.client.clone(), Arc::new(Metrics::new().unwrap()), events);
        let (old, new) = (DiscordBotStatus::default(), status("a", "Stalled"));
        let next = writer.write(&bot(""), &old, new, Timing::Settled).await.unwrap();
        assert_eq!((next, stub.asked().len()), (Next::Change, 1));
    }

    #[tokio::test]
    async fn progress_is_written_at_a_pace_and_what_people_wait_for_at_once() {
        let ((writer, stub), bot) = (writer(), bot(""));
        let (first, more, urgent) =
            (status("a", "PodsNotReady"), status("b", "PodsNotReady"), status("b", "GatewayDisconnected"));
        writer.write(&bot, &DiscordBotStatus::default(), first.clone(), Timing::Settled).await.unwrap();
        let next = writer.write(&bot, &first, more, Timing::Settled).await.unwrap();
        assert!(matches!(next, Next::After(wait) if wait <= PACE), "{next:?}");
        assert_eq!(stub.asked().len(), 1, "only the first is written");
        let next = writer.write(&bot, &first, urgent, Timing::Settled).await.unwrap();
        assert_eq!((next, stub.asked().len()), (Next::Change, 2));
    }

    #[tokio::test]
    async fn nothing_new_is_not_written() {
        let ((writer, stub), bot) = (writer(), bot(""));
        let same = status("a", "PodsNotReady");
        assert_eq!(writer.write(&bot, &same, same.clone(), Timing::Settled).await.unwrap(), Next::Change);
        assert!(stub.asked().is_empty());
    }
}
