//! What the operator remembers of the objects it watches: a small summary of each instead of the object.
//! Must not: ask the API server for anything but the watch it follows.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
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
    entries: RwLock<HashMap<Key, Arc<V>>>,
    complete: watch::Sender<bool>,
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
        self.read().get(key).cloned()
    }

    /// The summaries of every object of a bot, ordered by name.
    #[must_use]
    pub fn of_bot(&self, bot: &Key) -> Vec<Arc<V>> {
        let entries = self.read();
        let mut found: Vec<_> = entries
            .iter()
            .filter(|(key, value)| key.namespace == bot.namespace && value.bot() == bot.name)
            .collect();
        found.sort_by(|a, b| a.0.cmp(b.0));
        found.into_iter().map(|(_, value)| Arc::clone(value)).collect()
    }

    /// Every object.
    #[must_use]
    pub fn all(&self) -> Vec<(Key, Arc<V>)> {
        self.read().iter().map(|(key, value)| (key.clone(), Arc::clone(value))).collect()
    }

    /// Remembers what a write returned, unless the watch was faster.
    pub fn put(&self, key: Key, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut entries = self.write();
        let newer = entries.get(&key).filter(|held| held.version() > value.version()).cloned();
        newer.unwrap_or_else(|| {
            entries.insert(key, Arc::clone(&value));
            value
        })
    }

    /// Forgets an object.
    pub fn remove(&self, key: &Key) -> Option<Arc<V>> {
        self.write().remove(key)
    }

    /// Waits until the first list is complete.
    pub async fn complete(&self) {
        // The sender lives in self: the wait cannot end with an error.
        let _ = self.complete.subscribe().wait_for(|complete| *complete).await;
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
        let read = |object: &K| summarise(object, self.get(&Key::of(object)).as_deref());
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Init) => listed.clear(),
                Ok(Event::InitApply(object)) => {
                    // A list is the truth even if its versions are lower, as after a restored backup.
                    let (key, value) = (Key::of(&object), Arc::new(read(&object)));
                    self.write().insert(key.clone(), Arc::clone(&value));
                    changed(&key, &value);
                    listed.insert(key);
                }
                Ok(Event::Apply(object)) => {
                    let key = Key::of(&object);
                    changed(&key, &self.put(key.clone(), read(&object)));
                }
                Ok(Event::Delete(object)) => {
                    let (key, value) = (Key::of(&object), read(&object));
                    self.remove(&key);
                    changed(&key, &value);
                }
                Ok(Event::InitDone) => {
                    for (key, value) in self.all().iter().filter(|(key, _)| !listed.contains(key)) {
                        self.remove(key);
                        changed(key, value);
                    }
                    listed.clear();
                    self.complete.send_replace(true);
                }
                Err(error) => tracing::warn!(%error, "a watch was interrupted; it is tried again"),
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<Key, Arc<V>>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Key, Arc<V>>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}
