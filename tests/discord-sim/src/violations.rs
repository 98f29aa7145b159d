//! Every rule a client broke: which, when, and with what request or frame.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::id::Id;
use crate::time::iso;

/// Violations kept; older ones are counted only.
const KEPT: usize = 10_000;

/// The list of violations.
#[derive(Default)]
pub struct Violations {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    list: VecDeque<Value>,
    total: u64,
}

impl Violations {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes one. `rule` is a stable dotted name, `request` what the client sent.
    pub fn add(&self, rule: &str, application: Option<Id>, detail: &Value, request: &Value) {
        let mut inner = self.inner();
        inner.total += 1;
        inner.list.push_back(json!({
            "rule": rule,
            "at": iso(Timestamp::now()),
            "application_id": application,
            "detail": detail,
            "request": request,
        }));
        if inner.list.len() > KEPT {
            inner.list.pop_front();
        }
    }

    /// All that are kept, oldest first.
    #[must_use]
    pub fn list(&self) -> Value {
        Value::Array(self.inner().list.iter().cloned().collect())
    }

    /// Forgets them.
    pub fn reset(&self) {
        *self.inner() = Inner::default();
    }
}
