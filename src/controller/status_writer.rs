//! Writes the status of a kind: what is new, not more often than people can read, and what people should notice at once.
//! Must not: know what a status says beyond its conditions.

#[cfg(test)]
mod tests;

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
/// Least time between two writes that tell of nothing but figures, which change all the time while a shop sells.
const FIGURES_PACE: Duration = Duration::from_mins(1);
/// How soon to look again at what is about to change: an event or a probe comes before that.
const SOON: Duration = Duration::from_secs(1);
/// How long a status may be called premature: then it is told as it is.
const LONGEST: Duration = Duration::from_secs(5);

/// A kind with a status that has conditions.
pub trait HasStatus:
    Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug
{
    /// Its status.
    type Status: Clone + Default + PartialEq + Serialize;

    /// Reasons of `Ready` and `Stalled` of an object that cannot be read.
    const UNREADABLE: (&'static str, &'static str);

    /// The status as the watch brought it.
    fn status(&self) -> Option<&Self::Status>;

    /// The conditions of a status.
    fn conditions(status: &Self::Status) -> &[Condition];

    /// The status without the figures that nobody waits for.
    fn without_figures(status: &Self::Status) -> Self::Status;
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
    /// Since when something new is held back as premature.
    held: Mutex<HashMap<Key, Instant>>,
}

impl<K: HasStatus> StatusWriter<K> {
    /// A writer that has written nothing yet.
    #[must_use]
    pub fn new(client: Client, metrics: Arc<Metrics>, events: Events) -> Self {
        Self { client, metrics, events, written: Mutex::default(), held: Mutex::default() }
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
        self.holding().remove(key);
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
        let key = Key::of(object);
        if *old == new {
            self.holding().remove(&key);
            return Ok(Next::Change);
        }
        let (before, after) = (K::conditions(old), K::conditions(&new));
        let premature = timing == Timing::Premature && self.hold(&key);
        let wait = match urgent(before, after) {
            _ if premature => SOON,
            true => Duration::ZERO,
            false if K::without_figures(old) == K::without_figures(&new) => self.rest(&key, FIGURES_PACE),
            false => self.rest(&key, PACE),
        };
        if !wait.is_zero() {
            return Ok(Next::After(wait));
        }
        self.holding().remove(&key);
        if self.apply(object, &new).await.map_err(|error| Failure::new("StatusUnwritable", error))? {
            self.events.transitions(&object.object_ref(&()), before, after).await;
            self.remember(object, new);
        }
        Ok(Next::Change)
    }

    /// Server-side apply, so that a value that is gone goes away. False if the object is gone: there is nothing to tell
    /// any more. A conflict (another object has the name by now, or the server is at odds with itself) is tried again: the
    /// watch will have told which by then.
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
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(false),
            other => other.map(drop)?,
        }
        let resource = format!("{}/status", K::plural(&()));
        self.metrics.writes.with_label_values(&[resource.as_str(), "update"]).inc();
        Ok(true)
    }

    /// How long to wait before another write that is not urgent; zero if none was written just now.
    fn rest(&self, key: &Key, pace: Duration) -> Duration {
        self.lock().get(key).map_or(Duration::ZERO, |entry| pace.saturating_sub(entry.at.elapsed()))
    }

    /// May what is new be held back a little longer?
    fn hold(&self, key: &Key) -> bool {
        self.holding().entry(key.clone()).or_insert_with(Instant::now).elapsed() < LONGEST
    }

    fn holding(&self) -> MutexGuard<'_, HashMap<Key, Instant>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
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
