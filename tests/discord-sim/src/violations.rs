//! Every rule a client broke: which, when, and with what request or frame.
//!
//! Memory holds the newest; a first entry named `dropped` tells how many older ones there were.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::id::Id;
use crate::newest::Newest;
use crate::time::iso;

/// Violations kept.
const KEPT: usize = 10_000;
/// Bytes of them kept, whatever their number.
const KEPT_BYTES: usize = 8 << 20;

/// The list of violations, as JSON text.
pub struct Violations {
    inner: Mutex<Newest>,
}

impl Default for Violations {
    fn default() -> Self {
        Self { inner: Mutex::new(empty()) }
    }
}

fn empty() -> Newest {
    Newest::new(KEPT, KEPT_BYTES)
}

impl Violations {
    fn inner(&self) -> MutexGuard<'_, Newest> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes one. `rule` is a stable dotted name, `request` what the client sent.
    pub fn add(&self, rule: &str, application: Option<Id>, detail: &Value, request: &Value) {
        let entry = json!({
            "rule": rule,
            "at": iso(Timestamp::now()),
            "application_id": application,
            "detail": detail,
            "request": request,
        });
        self.inner().push(entry.to_string());
    }

    /// All that are kept as a list in JSON, oldest first.
    #[must_use]
    pub fn json(&self) -> String {
        let inner = self.inner();
        let dropped = inner.dropped();
        let notice = (dropped > 0).then(|| json!({ "rule": "dropped", "count": dropped }).to_string());
        let entries: Vec<&str> = notice.as_deref().into_iter().chain(inner.after(0)).collect();
        format!("[{}]", entries.join(","))
    }

    /// Forgets them.
    pub fn reset(&self) {
        *self.inner() = empty();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(violations: &Violations) -> Vec<Value> {
        serde_json::from_str(&violations.json()).unwrap()
    }

    #[test]
    fn old_violations_are_dropped_with_a_notice() {
        let violations = Violations::default();
        assert_eq!(violations.json(), "[]");
        for number in 0..KEPT + 5 {
            violations.add("rest.form", None, &json!(number), &Value::Null);
        }
        let entries = list(&violations);
        assert_eq!(entries.len(), KEPT + 1);
        assert_eq!(entries[0], json!({ "rule": "dropped", "count": 5 }));
        assert_eq!(entries[1]["detail"], 5);
    }

    #[test]
    fn violations_are_bounded_by_their_bytes_but_the_last_one_stays() {
        let violations = Violations::default();
        let large = json!("x".repeat(KEPT_BYTES / 4));
        (0..8).for_each(|_| violations.add("rest.form", None, &Value::Null, &large));
        assert_eq!(list(&violations).len(), 1 + 3);
        violations.add("rest.form", None, &Value::Null, &json!("x".repeat(2 * KEPT_BYTES)));
        assert_eq!(list(&violations).len(), 1 + 1);
    }
}
