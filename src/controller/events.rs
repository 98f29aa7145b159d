//! Kubernetes events about the custom resources. Best effort: a lost event changes nothing.

use k8s_openapi::{api::core::v1::ObjectReference, apimachinery::pkg::apis::meta::v1::Condition};
use kube::{
    Client,
    runtime::events::{Event, EventType, Recorder, Reporter},
};

use crate::api::{conditions, names};

/// The conditions that tell of a trouble.
const TROUBLES: [&str; 2] = ["Stalled", "Degraded"];

/// Publishes events.
#[derive(Clone)]
pub struct Events(Recorder);

impl Events {
    /// A publisher in the name of this process.
    #[must_use]
    pub fn new(client: Client, instance: Option<String>) -> Self {
        Self(Recorder::new(client, Reporter { controller: names::MANAGER.into(), instance }))
    }

    /// Publishes what people should notice in a new status: a warning for each trouble that is new or has another reason,
    /// and one event when the object is ready after a trouble. That all goes well the conditions tell.
    pub async fn transitions(&self, object: &ObjectReference, before: &[Condition], after: &[Condition]) {
        for condition in noteworthy(before, after) {
            let kind = if condition.type_ == "Ready" { EventType::Normal } else { EventType::Warning };
            let event = Event {
                type_: kind,
                reason: condition.reason.clone(),
                note: Some(condition.message.clone()),
                action: "Reconcile".into(),
                secondary: None,
            };
            if let Err(error) = self.0.publish(&event, object).await {
                tracing::debug!(%error, "an event was not published");
            }
        }
    }

    /// Publishes a warning that no condition tells of.
    pub async fn warn(&self, object: &ObjectReference, reason: &str, note: String) {
        let action = "Reconcile".into();
        let event = Event {
            type_: EventType::Warning,
            reason: reason.into(),
            note: Some(note),
            action,
            secondary: None,
        };
        if let Err(error) = self.0.publish(&event, object).await {
            tracing::debug!(%error, "an event was not published");
        }
    }
}

fn noteworthy<'a>(before: &[Condition], after: &'a [Condition]) -> Vec<&'a Condition> {
    let is_new = |condition: &&Condition| {
        let old = conditions::find(before, &condition.type_);
        condition.status == "True"
            && old.is_none_or(|old| old.status != "True" || old.reason != condition.reason)
    };
    let troubled = before.iter().any(|old| TROUBLES.contains(&old.type_.as_str()) && old.status == "True");
    let matters = |condition: &&Condition| {
        TROUBLES.contains(&condition.type_.as_str()) || (troubled && condition.type_ == "Ready")
    };
    after.iter().filter(matters).filter(is_new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::conditions::{Finding, merge};
    use k8s_openapi::jiff::Timestamp;

    fn state(ready: bool, stalled: Option<&'static str>) -> Vec<Condition> {
        let findings = vec![
            Finding::new("Ready", Some(ready), "AllReady", ""),
            Finding::new("Stalled", Some(stalled.is_some()), stalled.unwrap_or("NotStalled"), ""),
            Finding::new("Paused", Some(true), "PausedByAnnotation", ""),
        ];
        merge(&[], findings, None, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn only_new_troubles_and_their_end_are_events() {
        let reasons = |before: &[Condition], after: &[Condition]| {
            noteworthy(before, after).iter().map(|c| c.reason.clone()).collect::<Vec<_>>()
        };
        assert_eq!(reasons(&[], &state(false, Some("NameTaken"))), ["NameTaken"]);
        assert!(reasons(&state(false, Some("NameTaken")), &state(false, Some("NameTaken"))).is_empty());
        assert_eq!(
            reasons(&state(false, Some("NameTaken")), &state(false, Some("SecretNotFound"))),
            ["SecretNotFound"]
        );
        assert_eq!(reasons(&state(false, Some("NameTaken")), &state(true, None)), ["AllReady"]);
        assert!(reasons(&state(false, None), &state(true, None)).is_empty(), "a start that goes well");
        assert!(reasons(&state(true, None), &state(false, None)).is_empty());
    }
}
