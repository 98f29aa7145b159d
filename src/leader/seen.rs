//! What a candidate has seen of the Lease, and when that lets it be taken. Pure. No two clocks are compared: what counts
//! is how long the Lease has not moved, by this process's own monotonic clock.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::ResourceExt;
use tokio::time::Instant;

/// What a holder says of its own term is believed up to here; else a slip of somebody's hand would block for ever.
const LONGEST: Duration = Duration::from_mins(1);

/// The Lease as it was seen last.
#[derive(Debug, Default)]
pub struct Seen {
    /// The Lease; `None` = there is none.
    pub lease: Option<Lease>,
    /// Since when it is as it is, and how long its holder's term is; `None` = nobody holds it.
    held: Option<(Instant, Duration)>,
    looked: bool,
}

impl Seen {
    /// The Lease is so now.
    pub fn observe(&mut self, lease: Option<Lease>, now: Instant) {
        let version = |lease: &Option<Lease>| lease.as_ref().and_then(ResourceExt::resource_version);
        let moved = !self.looked || version(&self.lease) != version(&lease);
        self.looked = true;
        match &lease {
            Some(lease) if moved => self.held = term(lease).map(|term| (now, term)),
            // Who deleted it did not ask its holder, who learns of it at its next renewal: its term is waited for.
            Some(_) | None => {}
        }
        self.lease = lease;
    }

    /// How long to wait before it may be taken; `None` = nothing is known of it yet.
    #[must_use]
    pub fn free_in(&self, now: Instant) -> Option<Duration> {
        let left = |(since, term): (Instant, Duration)| (since + term).saturating_duration_since(now);
        self.looked.then(|| self.held.map_or(Duration::ZERO, left))
    }
}

/// The term of the holder; `None` if nobody holds it.
fn term(lease: &Lease) -> Option<Duration> {
    let spec = lease.spec.as_ref()?;
    spec.holder_identity.as_ref().filter(|holder| !holder.is_empty())?;
    let seconds = spec.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    Some(seconds.map_or(LONGEST, Duration::from_secs).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lease(version: &str, holder: &str) -> Option<Lease> {
        let lease = json!({
            "metadata": {"name": "stockbot-operator", "resourceVersion": version},
            "spec": {"holderIdentity": holder, "leaseDurationSeconds": 12},
        });
        serde_json::from_value(lease).unwrap()
    }

    /// Waits, in seconds after the first look, before the Lease may be taken; each step is (second, Lease).
    fn waits(steps: &[(u64, Option<Lease>)]) -> Vec<u64> {
        let (mut seen, begun) = (Seen::default(), Instant::now());
        let mut wait = |(second, lease): &(u64, Option<Lease>)| {
            let now = begun + Duration::from_secs(*second);
            seen.observe(lease.clone(), now);
            seen.free_in(now).unwrap().as_secs()
        };
        steps.iter().map(&mut wait).collect()
    }

    #[test]
    fn nothing_is_taken_before_it_was_looked_at() {
        assert_eq!(Seen::default().free_in(Instant::now()), None);
    }

    #[test]
    fn a_new_or_released_lease_is_free_at_once_and_a_held_one_after_it_has_not_moved_for_its_term() {
        assert_eq!(waits(&[(0, None)]), [0]);
        assert_eq!(waits(&[(0, lease("1", "other")), (3, lease("2", ""))]), [12, 0]);
        assert_eq!(
            waits(&[
                (0, lease("1", "other")),
                (5, lease("1", "other")),
                (6, lease("2", "other")),
                (18, lease("2", "other")),
            ]),
            [12, 7, 12, 0]
        );
    }

    #[test]
    fn the_term_of_a_holder_whose_lease_was_deleted_is_waited_for() {
        assert_eq!(waits(&[(0, lease("1", "other")), (2, None), (12, None)]), [12, 10, 0]);
    }

    #[test]
    fn a_term_that_is_missing_or_absurd_is_a_minute() {
        let mut absurd = lease("1", "other").unwrap();
        for seconds in [None, Some(-1), Some(i32::MAX)] {
            absurd.spec.get_or_insert_default().lease_duration_seconds = seconds;
            assert_eq!(waits(&[(0, Some(absurd.clone()))]), [60], "{seconds:?}");
        }
    }
}
