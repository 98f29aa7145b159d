//! The status last written per object, for the moment in which the watch has not brought it back yet. Without it a
//! reconcile that follows at once would compare with an old status and write again.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::cluster::cache::Key;

/// Least time between two writes of one status that tell of nothing but progress.
const PACE: Duration = Duration::from_secs(2);

#[derive(Debug)]
struct Entry<S> {
    /// Resource version of the object that the status was computed from.
    before: Option<String>,
    status: S,
    at: Instant,
}

/// Statuses written by this process.
#[derive(Debug)]
pub struct Written<S>(Mutex<HashMap<Key, Entry<S>>>);

impl<S> Default for Written<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Clone> Written<S> {
    /// The newest status known: what was written if the object is still as it was before, else what the object says.
    pub fn newest(&self, key: &Key, version: Option<&str>, seen: Option<&S>) -> Option<S> {
        let entries = self.lock();
        let written = entries.get(key).filter(|entry| entry.before.as_deref() == version);
        written.map(|entry| entry.status.clone()).or_else(|| seen.cloned())
    }

    /// How long to wait before another write that is not urgent; zero if none was written just now.
    pub fn rest(&self, key: &Key) -> Duration {
        self.lock().get(key).map_or(Duration::ZERO, |entry| PACE.saturating_sub(entry.at.elapsed()))
    }

    /// Remembers a status written over the object of that resource version.
    pub fn put(&self, key: Key, before: Option<String>, status: S) {
        self.lock().insert(key, Entry { before, status, at: Instant::now() });
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Entry<S>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_status_counts_until_the_watch_brings_a_newer_object() {
        let (written, key) = (Written::default(), Key::new("shops", "growshop"));
        assert_eq!(written.newest(&key, Some("1"), Some(&"old")), Some("old"));
        written.put(key.clone(), Some("1".into()), "new");
        assert_eq!(written.newest(&key, Some("1"), Some(&"old")), Some("new"));
        assert_eq!(written.newest(&key, Some("2"), Some(&"newer")), Some("newer"));
    }

    #[test]
    fn only_a_status_written_just_now_asks_for_rest() {
        let (written, key) = (Written::default(), Key::new("shops", "growshop"));
        assert_eq!(written.rest(&key), Duration::ZERO);
        written.put(key.clone(), None, "new");
        assert!(written.rest(&key) > Duration::ZERO);
        written.forget(&key);
        assert_eq!(written.rest(&key), Duration::ZERO);
    }
}
