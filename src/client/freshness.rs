//! When each watch was last opened: one that hangs is told from one that is quiet.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// When each watch was last opened. A watch lasts at most 290 s (the watcher's default), so an older one hangs.
#[derive(Default)]
pub struct Freshness(Mutex<HashMap<String, Instant>>);

impl Freshness {
    /// The watches that were opened longer ago than `limit`.
    #[must_use]
    pub fn stale(&self, limit: Duration) -> Vec<String> {
        let opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let old = opened.iter().filter(|(_, at)| at.elapsed() > limit);
        old.map(|(path, _)| path.clone()).collect()
    }

    /// Forgets all watches: they were closed on purpose.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The watch of that path was closed on purpose.
    pub fn closed(&self, path: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }

    /// A watch of that path was opened just now.
    pub(super) fn opened(&self, path: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.into(), Instant::now());
    }
}
