//! What each pod said last, or why it said nothing.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use stockbot_config::{mounts::HTTP_PORT, status::BotStatus};

use super::cache::Key;

/// Why a pod gave no status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// No answer in time.
    #[error("it does not answer within {0:?}")]
    Timeout(Duration),
    /// No connection.
    #[error("it cannot be reached on port {HTTP_PORT}")]
    Unreachable,
    /// Not 200.
    #[error("it answers {0} to /status")]
    Status(u16),
    /// Too long, or not the document of the contract.
    #[error("its /status is not understood; the image may be of another version than the operator")]
    Malformed,
}

/// The last answer of a pod, and how many probes failed since.
#[derive(Clone, Debug)]
pub struct Report {
    uid: String,
    /// The last status document.
    pub status: Option<Arc<BotStatus>>,
    /// Why the last probe failed.
    pub error: Option<ProbeError>,
    /// Failed probes in a row.
    pub failures: i32,
}

/// Reports by pod.
#[derive(Debug, Default)]
pub struct Reports(RwLock<HashMap<Key, Report>>);

impl Reports {
    /// The report of a pod; one of an earlier pod of that name does not count.
    #[must_use]
    pub fn get(&self, key: &Key, uid: &str) -> Option<Report> {
        let reports = self.0.read().unwrap_or_else(PoisonError::into_inner);
        reports.get(key).filter(|report| report.uid == uid).cloned()
    }

    /// Forgets the pods that are not `kept`.
    pub fn retain(&self, kept: impl Fn(&Key) -> bool) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|key, _| kept(key));
    }

    /// Remembers an answer. True if it says anything new.
    pub fn put(&self, key: &Key, uid: String, answer: Result<BotStatus, ProbeError>) -> bool {
        let mut reports = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = reports.get(key).filter(|report| report.uid == uid);
        let report = match answer {
            Ok(mut status) => {
                // Different in every answer, and of no use to any condition.
                status.gateway.latency_ms = None;
                Report { uid, status: Some(Arc::new(status)), error: None, failures: 0 }
            }
            Err(error) => Report {
                uid,
                status: before.and_then(|before| before.status.clone()),
                error: Some(error),
                failures: before.map_or(0, |before| before.failures).saturating_add(1),
            },
        };
        let news = before.is_none_or(|before| {
            before.status != report.status
                || before.error != report.error
                || before.failures != report.failures
        });
        reports.insert(key.clone(), report);
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_wakes_only_if_it_says_something_new() {
        let (reports, key) = (Reports::default(), Key::new("shops", "growshop-1"));
        let answer = |latency| {
            let mut status = BotStatus { ready: true, ..BotStatus::default() };
            status.gateway.latency_ms = Some(latency);
            Ok(status)
        };
        assert!(reports.put(&key, "a".into(), answer(1)));
        assert!(!reports.put(&key, "a".into(), answer(2)));
        assert!(reports.put(&key, "a".into(), Err(ProbeError::Unreachable)));
        assert!(reports.put(&key, "a".into(), Err(ProbeError::Unreachable)), "a second failure counts");
        assert_eq!(reports.get(&key, "a").unwrap().failures, 2);
        assert!(reports.get(&key, "a").unwrap().status.unwrap().ready, "the last good answer is kept");
        assert!(reports.get(&key, "b").is_none(), "another pod of that name");
    }
}
