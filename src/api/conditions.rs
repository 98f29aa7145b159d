//! Condition types of both kinds and how a list of conditions changes. Reasons are enums beside what produces them.

use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};

/// A condition before it has a time: what [`merge`] turns into a Kubernetes condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Condition type, like `Ready`.
    pub kind: &'static str,
    /// `None` = Unknown.
    pub status: Option<bool>,
    /// Reason, of the closed set of the type.
    pub reason: &'static str,
    /// What it means and what to do.
    pub message: String,
}

impl Finding {
    /// A finding.
    #[must_use]
    pub fn new(
        kind: &'static str,
        status: Option<bool>,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { kind, status, reason, message: clip(&message.into()) }
    }
}

/// Kubernetes allows 32,768 characters in a message; people read far fewer.
fn clip(message: &str) -> String {
    const LONGEST: usize = 1_024;
    if message.chars().count() <= LONGEST {
        return message.to_owned();
    }
    message.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The conditions for `findings`: one keeps its transition time unless its status changed.
#[must_use]
pub fn merge(
    old: &[Condition],
    findings: Vec<Finding>,
    generation: Option<i64>,
    now: Timestamp,
) -> Vec<Condition> {
    let status_text = |status| match status {
        Some(true) => "True",
        Some(false) => "False",
        None => "Unknown",
    };
    let to_condition = |finding: Finding| {
        let status = status_text(finding.status);
        let before = old.iter().find(|condition| condition.type_ == finding.kind);
        let unchanged = before.filter(|condition| condition.status == status);
        Condition {
            type_: finding.kind.into(),
            status: status.into(),
            reason: finding.reason.into(),
            message: finding.message,
            observed_generation: generation,
            last_transition_time: unchanged
                .map_or(Time(now), |condition| condition.last_transition_time.clone()),
        }
    };
    findings.into_iter().map(to_condition).collect()
}

/// The condition of a type.
#[must_use]
pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_transition_time_moves_only_with_the_status() {
        let ready = |status, reason| vec![Finding::new("Ready", Some(status), reason, "")];
        let first = merge(&[], ready(false, "PodsNotReady"), Some(1), at(10));
        let second = merge(&first, ready(false, "Stalled"), Some(2), at(20));
        assert_eq!(second[0].last_transition_time.0, at(10));
        assert_eq!((second[0].reason.as_str(), second[0].observed_generation), ("Stalled", Some(2)));
        let third = merge(&second, ready(true, "AllReady"), Some(2), at(30));
        assert_eq!(third[0].last_transition_time.0, at(30));
    }

    #[test]
    fn a_very_long_message_is_cut() {
        let finding = Finding::new("Ready", None, "Unknown", "ä".repeat(5_000));
        assert_eq!(finding.message.chars().count(), 1_024);
    }
}
