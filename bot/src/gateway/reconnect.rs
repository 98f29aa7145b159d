//! How long to wait before the next connection.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// Longest wait (product.md D4).
const LONGEST: Duration = Duration::from_mins(1);

/// Waits between the connections of a shard.
pub struct Reconnect {
    delays: ExponentialBackoff,
    resumed_at_once: bool,
    identified_at_once: bool,
}

impl Default for Reconnect {
    fn default() -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(Duration::from_secs(1))
            .with_max_delay(LONGEST)
            .with_jitter()
            .without_max_times()
            .build();
        Self { delays, resumed_at_once: false, identified_at_once: false }
    }
}

impl Reconnect {
    /// A session has begun or goes on: everything starts over.
    pub fn lives(&mut self) {
        *self = Self::default();
    }

    /// Before a resume. `invited`: Discord asked for it (op 7, op 9), so the first one is made at once.
    pub fn before_resume(&mut self, invited: bool) -> Duration {
        if invited && !std::mem::replace(&mut self.resumed_at_once, true) {
            return Duration::ZERO;
        }
        self.next()
    }

    /// Before an identify, which also waits for its permit. `invited` as for a resume.
    pub fn before_identify(&mut self, invited: bool) -> Duration {
        if invited && !std::mem::replace(&mut self.identified_at_once, true) {
            return Duration::ZERO;
        }
        self.next()
    }

    /// 1 s doubling to 60 s with jitter: a server that accepts and closes at once must not be hammered.
    fn next(&mut self) -> Duration {
        self.delays.next().unwrap_or(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_followed_at_once_and_its_repetition_is_not() {
        let mut reconnect = Reconnect::default();
        for _ in 0..2 {
            assert_eq!(reconnect.before_resume(true), Duration::ZERO);
            assert_eq!(reconnect.before_identify(true), Duration::ZERO, "op 7, then op 9");
            assert!(reconnect.before_resume(true) >= Duration::from_secs(1));
            assert!(reconnect.before_identify(true) >= Duration::from_secs(2));
            reconnect.lives();
        }
    }

    #[test]
    fn a_connection_that_breaks_is_waited_for_longer_and_longer() {
        let mut reconnect = Reconnect::default();
        let waits: Vec<_> = (0..10).map(|_| reconnect.before_resume(false)).collect();
        assert!(waits[0] >= Duration::from_secs(1) && waits[0] <= Duration::from_secs(2), "{waits:?}");
        assert!(waits[9] >= LONGEST && waits[9] <= 2 * LONGEST, "{waits:?}");
    }
}
