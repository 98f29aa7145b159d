//! What the operator remembers of the objects it watches: a small summary of each instead of the object.
//! Must not: ask the API server for anything but the watch it follows.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use futures_util::{Stream, StreamExt as _};
use kube::{
    ResourceExt as _,
    runtime::watcher::{self, Event},
};
use tokio::sync::watch;

/// Namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl Key {
    /// The key of an object in a namespace.
    #[must_use]
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// The key of an object.
    #[must_use]
    pub fn of<K: kube::Resource>(object: &K) -> Self {
        Self::new(object.namespace().unwrap_or_default(), object.name_any())
    }
}

/// A summary that can be kept.
pub trait Summary {
    /// The bot that the object belongs to.
    fn bot(&self) -> &str;
    /// The object's resource version as a number: a higher one is newer.
    fn version(&self) -> u64;
}

/// Summaries by key, kept current by [`Cache::follow`].
#[derive(Debug)]
pub struct Cache<V> {
    entries: RwLock<Entries<V>>,
    complete: watch::Sender<bool>,
}

/// Not derived: that would ask for a default summary.
impl<V> Default for Entries<V> {
    fn default() -> Self {
        Self { known: HashMap::default(), gone: HashMap::default(), written: HashSet::default() }
    }
}

#[derive(Debug)]
struct Entries<V> {
    known: HashMap<Key, Arc<V>>,
    /// At which version objects went: what is older than that comes late.
    gone: HashMap<Key, (u64, Instant)>,
    /// What this process wrote since the list under way began: the list may be older than that.
    written: HashSet<Key>,
}

/// How long it is remembered that an object went; no answer is later than a reconcile's deadline.
const LATEST: Duration = Duration::from_mins(5);

impl<V: Summary> Entries<V> {
    /// Takes a summary in, unless a newer one is known or the object went since; gives the one that counts.
    fn take(&mut self, key: &Key, value: V) -> Arc<V> {
        if let Some(newer) = self.known.get(key).filter(|held| held.version() > value.version()) {
            return Arc::clone(newer);
        }
        let value = Arc::new(value);
        if self.gone.get(key).is_none_or(|(version, _)| value.version() > *version) {
            self.known.insert(key.clone(), Arc::clone(&value));
        }
        value
    }

    /// The object went at that version; one of its name that was made later stays.
    fn went(&mut self, key: &Key, version: u64) {
        self.gone.retain(|_, (_, at)| at.elapsed() < LATEST);
        self.gone.insert(key.clone(), (version, Instant::now()));
        if self.known.get(key).is_some_and(|held| held.version() <= version) {
            self.known.remove(key);
        }
    }
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Self { entries: RwLock::default(), complete: watch::Sender::new(false) }
    }
}

impl<V: Summary> Cache<V> {
    /// The summary of an object.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Arc<V>> {
        self.read().known.get(key).cloned()
    }

    /// The summaries of every object of a bot, ordered by name.
    #[must_use]
    pub fn of_bot(&self, bot: &Key) -> Vec<Arc<V>> {
        let entries = self.read();
        let mut found: Vec<_> = entries
            .known
            .iter()
            .filter(|(key, value)| key.namespace == bot.namespace && value.bot() == bot.name)
            .collect();
        found.sort_by(|a, b| a.0.cmp(b.0));
        found.into_iter().map(|(_, value)| Arc::clone(value)).collect()
    }

    /// Every object.
    #[must_use]
    pub fn all(&self) -> Vec<(Key, Arc<V>)> {
        self.read().known.iter().map(|(key, value)| (key.clone(), Arc::clone(value))).collect()
    }

    /// Remembers what a write returned, unless the watch was faster; gives what counts.
    pub fn put(&self, key: Key, value: V) -> Arc<V> {
        let mut entries = self.write();
        let newest = entries.take(&key, value);
        entries.written.insert(key);
        newest
    }

    /// Forgets an object that this process has deleted, or found missing.
    pub fn remove(&self, key: &Key) {
        let mut entries = self.write();
        if let Some(version) = entries.known.get(key).map(|held| held.version()) {
            entries.went(key, version);
        }
    }

    /// Waits until the first list is complete.
    pub async fn complete(&self) {
        // The sender lives in self: the wait cannot end with an error.
        let _ = self.complete.subscribe().wait_for(|complete| *complete).await;
    }

    /// Is the first list complete?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        *self.complete.borrow()
    }

    /// Forgets everything: the cluster has the kind no more.
    pub fn clear(&self) {
        *self.write() = Entries::default();
        self.complete.send_replace(false);
    }

    /// Applies the events of a watch until it ends; calls `changed` for every object that came, changed or went.
    /// `summarise` gets the object and what was known of it before.
    pub async fn follow<K: kube::Resource>(
        &self,
        events: impl Stream<Item = watcher::Result<Event<K>>>,
        summarise: impl Fn(&K, Option<&V>) -> V,
        changed: impl Fn(&Key, &V),
    ) {
        let mut events = std::pin::pin!(events);
        let mut listed = HashSet::new();
        let read = |object: &K| {
            let key = Key::of(object);
            let value = summarise(object, self.get(&key).as_deref());
            (key, value)
        };
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Init) => {
                    listed.clear();
                    self.write().written.clear();
                }
                Ok(Event::InitApply(object)) => {
                    let (key, value) = read(&object);
                    changed(&key, &self.list(&key, value));
                    listed.insert(key);
                }
                Ok(Event::Apply(object)) => {
                    let (key, value) = read(&object);
                    let newest = self.write().take(&key, value);
                    changed(&key, &newest);
                }
                Ok(Event::Delete(object)) => {
                    let (key, value) = read(&object);
                    self.write().went(&key, value.version());
                    changed(&key, &value);
                }
                Ok(Event::InitDone) => {
                    self.vanished(&listed).iter().for_each(|(key, value)| changed(key, value));
                    listed.clear();
                    self.complete.send_replace(true);
                }
                Err(error) => tracing::warn!(%error, "a watch was interrupted; it is tried again"),
            }
        }
    }

    /// A list is the truth even if its versions are lower, as after a restored backup; but not over what was written
    /// since it began.
    fn list(&self, key: &Key, value: V) -> Arc<V> {
        let mut entries = self.write();
        if entries.written.contains(key) {
            return entries.take(key, value);
        }
        let value = Arc::new(value);
        entries.gone.remove(key);
        entries.known.insert(key.clone(), Arc::clone(&value));
        value
    }

    /// Forgets what a complete list did not name, and gives it.
    fn vanished(&self, listed: &HashSet<Key>) -> Vec<(Key, Arc<V>)> {
        let mut entries = self.write();
        let Entries { known, written, .. } = &mut *entries;
        known.extract_if(|key, _| !listed.contains(key) && !written.contains(key)).collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries<V>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries<V>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}
