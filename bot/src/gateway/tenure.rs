//! For how long a pod may act on its lease without asking the database: a renewal holds from when it was asked for, by this
//! pod's monotonic clock, so it ends here before it can be taken there.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// A crashed owner's shard is free after this; far below the 60 s that Discord keeps a session for sure.
pub const TTL: Duration = Duration::from_secs(10);
/// Connecting takes a moment, and has to be over while the lease lasts.
const CONNECTING: Duration = Duration::from_secs(2);

/// Until when the lease of a shard is proven.
#[derive(Debug)]
pub struct Tenure(watch::Sender<Instant>);

impl Tenure {
    /// A lease that was asked for at `asked`.
    pub fn new(asked: Instant) -> Self {
        Self(watch::Sender::new(asked + TTL))
    }

    /// A renewal that was asked for at `asked` has succeeded.
    pub fn renewed(&self, asked: Instant) {
        self.0.send_modify(|until| *until = (*until).max(asked + TTL));
    }

    /// May a connection be opened at `now`?
    pub fn allows_to_connect(&self, now: Instant) -> bool {
        now + CONNECTING < *self.0.borrow()
    }

    /// Waits until a connection may be opened.
    pub async fn proven(&self) {
        let mut renewals = self.0.subscribe();
        // The sender is ours, so waiting can only end with what is waited for.
        let _ = renewals.wait_for(|until| Instant::now() + CONNECTING < *until).await;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens to two pods that want one shard.
    #[derive(Clone, Debug)]
    enum Step {
        Pass(u64),
        /// A pod asks the database, which takes so long; `lost`: the answer never arrives.
        Ask {
            pod: usize,
            takes: u64,
            lost: bool,
        },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0_u64..6_000).prop_map(Step::Pass),
            (0_usize..2, 0_u64..4_000, any::<bool>()).prop_map(|(pod, takes, lost)| Step::Ask {
                pod,
                takes,
                lost
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_pod_that_may_connect_owns_the_shard_for_as_long_as_that_takes(steps in prop::collection::vec(step(), 1..60)) {
            let mut now = Instant::now();
            let mut lease: Option<(usize, Instant)> = None;
            let mut tenures: [Option<Tenure>; 2] = [None, None];
            for step in steps {
                match step {
                    Step::Pass(millis) => now += Duration::from_millis(millis),
                    Step::Ask { pod, takes, lost } => {
                        let asked = now;
                        // The database acts after half of the time.
                        now += Duration::from_millis(takes / 2);
                        let mine = lease.is_none_or(|(owner, until)| owner == pod || until <= now);
                        if mine {
                            lease = Some((pod, now + TTL));
                        }
                        now += Duration::from_millis(takes / 2);
                        match &tenures[pod] {
                            _ if lost => {}
                            _ if !mine => tenures[pod] = None,
                            Some(tenure) => tenure.renewed(asked),
                            None => tenures[pod] = Some(Tenure::new(asked)),
                        }
                    }
                }
                for (pod, tenure) in tenures.iter().enumerate() {
                    if tenure.as_ref().is_some_and(|tenure| tenure.allows_to_connect(now)) {
                        let (owner, until) = lease.unwrap();
                        prop_assert!(owner == pod && until > now + CONNECTING);
                    }
                }
            }
        }
    }
}
