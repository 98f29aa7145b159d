//! The status last written per object, for the moment in which the watch has not brought it back yet. Without it a
//! reconcile that follows at once would compare with an old status and write again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::cache::Key;

/// Statuses written, each with the resource version of the object that it was computed from.
#[derive(Debug)]
pub struct Written<S>(Mutex<HashMap<Key, (Option<String>, S)>>);

impl<S> Default for Written<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Clone> Written<S> {
    /// The newest status known: what was written if the object is still as it was before, else what the object says.
    pub fn newest(&self, key: &Key, version: Option<&str>, seen: Option<&S>) -> Option<S> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match written.get(key) {
            Some((before, status)) if before.as_deref() == version => Some(status.clone()),
            _ => {
                written.remove(key);
                seen.cloned()
            }
        }
    }

    /// Remembers a status written over the object of that resource version.
    pub fn put(&self, key: Key, version: Option<String>, status: S) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (version, status));
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
        assert_eq!(written.newest(&key, Some("1"), Some(&"old")), Some("old"));
    }
}
