//! Exponential back-off per object, with jitter, so that one failing object neither floods the API server nor waits for others.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::cluster::cache::Key;

/// First wait after a failure.
const SHORTEST: Duration = Duration::from_millis(500);
/// Longest wait: a mended cluster is noticed within a minute.
const LONGEST: Duration = Duration::from_mins(1);

/// Waits of the objects that are failing now.
#[derive(Debug, Default)]
pub struct Backoff(Mutex<HashMap<Key, ExponentialBackoff>>);

impl Backoff {
    /// How long to wait after this failure of the object.
    #[must_use]
    pub fn next(&self, key: &Key) -> Duration {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.entry(key.clone()).or_insert_with(schedule).next().unwrap_or(LONGEST)
    }

    /// The object succeeded, or is gone.
    pub fn reset(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn schedule() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST)
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound_and_start_again_after_a_success() {
        let (backoff, key) = (Backoff::default(), Key::new("shops", "growshop"));
        let waits: Vec<_> = (0..20).map(|_| backoff.next(&key)).collect();
        assert!(waits[0] >= SHORTEST && waits[0] <= 2 * SHORTEST, "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= 2 * LONGEST), "{waits:?}");
        assert!(waits[19] >= LONGEST, "{waits:?}");
        backoff.reset(&key);
        assert!(backoff.next(&key) <= 2 * SHORTEST);
    }
}
