//! What the operator knows of the Secrets that bots mount, and how it learns of a change: by a watch of their metadata where
//! that is granted (the watch calls [`Secrets::told`]), by [`Secrets::poll`] where only `get` is, and not at all where nothing is.
//!
//! A Secret is read when it is new here or has another resource version, judged, and dropped.
//! Must not: keep, log or pass on a value; list Secrets with their values.

mod poll;
mod state;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use tokio::sync::watch;

use self::poll::Pace;
pub use self::state::{SecretState, Shape};
use super::cache::Key;

/// Why a Secret could not be looked at.
#[derive(Debug, thiserror::Error)]
#[error("cannot look at Secret {name}: {source}")]
pub struct SecretError {
    name: String,
    source: Box<kube::Error>,
}

/// One Secret.
#[derive(Default)]
struct Entry {
    /// Nothing before it was read for the first time.
    state: Option<Arc<SecretState>>,
    /// Bots that another value may mend.
    waiting: HashSet<Key>,
    looked: Option<Instant>,
    /// How many changes the watch has told of, and how many of them were there when it was read last.
    told: u64,
    read: u64,
    /// Held by who reads it: an answer never overtakes a later one.
    reading: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Known {
    entries: HashMap<Key, Entry>,
    /// Namespaces whose Secrets are watched now.
    watched: HashSet<String>,
}

/// The Secrets that bots refer to.
pub struct Secrets {
    client: Client,
    known: Mutex<Known>,
    namespaces: watch::Sender<BTreeSet<String>>,
    pace: Pace,
}

impl Secrets {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, known: Mutex::default(), namespaces: watch::Sender::default(), pace: Pace::default() }
    }

    /// What is known of a Secret; asks the API server only for one that is new here.
    pub async fn get(&self, key: &Key) -> Result<Arc<SecretState>, SecretError> {
        let reading = self.enter(key);
        let _alone = reading.lock().await;
        if let Some(state) = self.state(key) {
            return Ok(state);
        }
        let told = self.changes_told(key);
        let state = Arc::new(self.ask(key).await?);
        self.put(key, &state, told);
        Ok(state)
    }

    /// Says whether another value in one of its Secrets could mend a bot; while it could, they are looked at often.
    pub fn set_waiting<'a>(&self, bot: &Key, waits: bool, secrets: impl Iterator<Item = &'a str>) {
        let mut known = self.lock();
        for name in secrets {
            if let Some(entry) = known.entries.get_mut(&Key::new(&bot.namespace, name)) {
                if waits {
                    entry.waiting.insert(bot.clone())
                } else {
                    entry.waiting.remove(bot)
                };
            }
        }
    }

    /// Forgets every Secret but these.
    pub fn keep_only(&self, wanted: &HashSet<Key>) {
        let mut known = self.lock();
        known.entries.retain(|key, _| wanted.contains(key));
        let left: BTreeSet<String> = known.entries.keys().map(|key| key.namespace.clone()).collect();
        self.namespaces.send_if_modified(|all| std::mem::replace(all, left) != *all);
    }

    /// The namespaces of the Secrets that bots refer to.
    pub fn namespaces(&self) -> watch::Receiver<BTreeSet<String>> {
        self.namespaces.subscribe()
    }

    /// Are the Secrets of a namespace watched now? Then they are not polled.
    pub fn set_watched(&self, namespace: &str, watched: bool) {
        let mut known = self.lock();
        if watched {
            known.watched.insert(namespace.to_owned());
        } else {
            known.watched.remove(namespace);
        }
    }

    /// The watch tells that a Secret is at that version, or gone. If a bot refers to it, and that is news, it is read; true if it
    /// means something else to a bot now.
    pub async fn told(&self, key: &Key, version: Option<&str>) -> bool {
        let Some((told, reading)) = self.note(key, version) else { return false };
        let _alone = reading.lock().await;
        // A read that was under way may have found this very version.
        !self.is_known(key, version, told) && self.read_again(key).await
    }

    /// The Secrets of a namespace that bots refer to and that are not known to be missing.
    pub fn there(&self, namespace: &str) -> Vec<Key> {
        let known = self.lock();
        let of_namespace = known.entries.iter().filter(|(key, _)| key.namespace == namespace);
        let there = of_namespace.filter(|(_, entry)| entry.state.as_deref() != Some(&SecretState::Missing));
        there.map(|(key, _)| key.clone()).collect()
    }

    /// If the news concern a bot, they are kept in mind until the Secret has been read: how many there are now, and what its
    /// readers hold.
    fn note(&self, key: &Key, version: Option<&str>) -> Option<(u64, Arc<tokio::sync::Mutex<()>>)> {
        let mut known = self.lock();
        let entry = known.entries.get_mut(key)?;
        if entry.state.as_ref().is_some_and(|state| state.is_at(version)) {
            return None;
        }
        entry.told += 1;
        Some((entry.told, Arc::clone(&entry.reading)))
    }

    /// Is the Secret known as the watch has told? Then so many of its changes are read.
    fn is_known(&self, key: &Key, version: Option<&str>, told: u64) -> bool {
        let mut known = self.lock();
        let Some(entry) = known.entries.get_mut(key) else { return true };
        let is_known = entry.state.as_ref().is_some_and(|state| state.is_at(version));
        if is_known {
            entry.read = told;
        }
        is_known
    }

    /// Reads a known Secret again; true if it means something else to a bot now.
    async fn reread(&self, key: &Key) -> bool {
        let reading = self.lock().entries.get(key).map(|entry| Arc::clone(&entry.reading));
        let Some(reading) = reading else { return false };
        let _alone = reading.lock().await;
        self.read_again(key).await
    }

    /// The same, for who holds it.
    async fn read_again(&self, key: &Key) -> bool {
        let told = self.changes_told(key);
        match self.ask(key).await {
            Ok(state) => self.put(key, &Arc::new(state), told),
            Err(error) => {
                tracing::warn!(namespace = key.namespace, %error, "it is tried again");
                false
            }
        }
    }

    async fn ask(&self, key: &Key) -> Result<SecretState, SecretError> {
        match self.api(key).get_opt(&key.name).await {
            Ok(found) => Ok(found.map_or(SecretState::Missing, SecretState::of)),
            Err(error) if is_forbidden(&error) => Ok(SecretState::Forbidden),
            Err(source) => Err(SecretError { name: key.name.clone(), source: Box::new(source) }),
        }
    }

    fn api(&self, key: &Key) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &key.namespace)
    }

    /// Makes a place for a Secret, if there is none; gives what its readers hold.
    fn enter(&self, key: &Key) -> Arc<tokio::sync::Mutex<()>> {
        let reading = Arc::clone(&self.lock().entries.entry(key.clone()).or_default().reading);
        self.namespaces.send_if_modified(|all| all.insert(key.namespace.clone()));
        reading
    }

    fn state(&self, key: &Key) -> Option<Arc<SecretState>> {
        self.lock().entries.get(key)?.state.clone()
    }

    fn changes_told(&self, key: &Key) -> u64 {
        self.lock().entries.get(key).map_or(0, |entry| entry.told)
    }

    /// Keeps what was read when the watch had told of so many changes; true if it means something else than before.
    fn put(&self, key: &Key, state: &Arc<SecretState>, told: u64) -> bool {
        let mut known = self.lock();
        let Some(entry) = known.entries.get_mut(key) else { return false };
        (entry.read, entry.looked) = (told, Some(Instant::now()));
        let before = entry.state.replace(Arc::clone(state));
        before.is_none_or(|before| !before.means_the_same(state))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_forbidden(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 403)
}
