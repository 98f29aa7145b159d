//! What Discord said of the gateway and of the session starts, kept for its time: one question serves all shards of the pod.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use stockbot_config::status::SessionStarts;
use stockbot_store::Budget;

use crate::discord::session::SessionStartLimit;

/// Other programs may start sessions of the same token, so the answer is not believed for longer.
const KEPT: Duration = Duration::from_mins(5);
/// The window of the budget; Discord tells no end of one that has not begun.
const DAY: Duration = Duration::from_hours(24);

/// An answer and its age.
#[derive(Clone, Debug)]
pub struct KnownLimit {
    limit: SessionStartLimit,
    asked_at: Instant,
}

impl KnownLimit {
    /// Discord's answer of now.
    pub fn new(limit: SessionStartLimit, now: Instant) -> Self {
        Self { limit, asked_at: now }
    }

    /// May it still be acted on?
    pub fn is_current(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked_at) < KEPT && !self.reset_after(now).is_zero()
    }

    /// The budget as it stands at `now`.
    pub fn budget(&self, now: Instant, reserve: i32) -> Budget {
        let (remaining, total) = (self.limit.remaining, self.limit.total);
        Budget { remaining, total, reset_after: self.reset_after(now), reserve }
    }

    /// Of a shard: identifies of one key are spaced, different keys may go side by side.
    pub fn key(&self, shard: u32) -> i32 {
        i32::try_from(shard).unwrap_or(0) % self.limit.max_concurrency.max(1)
    }

    /// So many starts are left now.
    pub fn left(&mut self, left: i32) {
        self.limit.remaining = left;
    }

    /// As the status tells it.
    pub fn starts(&self, now: Instant) -> SessionStarts {
        let after = SignedDuration::try_from(self.reset_after(now)).unwrap_or_default();
        let reset_at = Timestamp::now().saturating_add(after).unwrap_or(Timestamp::MAX);
        SessionStarts { remaining: self.limit.remaining, total: self.limit.total, reset_at }
    }

    /// Time until the budget is full again.
    pub fn reset_after(&self, now: Instant) -> Duration {
        let told = Duration::from_millis(u64::try_from(self.limit.reset_after).unwrap_or(0));
        let whole = if told.is_zero() { DAY } else { told };
        whole.saturating_sub(now.saturating_duration_since(self.asked_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(remaining: i32, reset_after: i64) -> SessionStartLimit {
        SessionStartLimit { total: 1000, remaining, reset_after, max_concurrency: 2 }
    }

    #[test]
    fn an_answer_is_kept_for_minutes_and_never_past_the_reset() {
        let start = Instant::now();
        let seconds = Duration::from_secs;
        let known = KnownLimit::new(limit(990, 3_600_000), start);
        assert!(known.is_current(start + seconds(299)) && !known.is_current(start + seconds(300)));
        assert_eq!(known.budget(start + seconds(100), 50).reset_after, seconds(3_500));
        let soon = KnownLimit::new(limit(990, 10_000), start);
        assert!(soon.is_current(start + seconds(9)) && !soon.is_current(start + seconds(10)));
        let untouched = KnownLimit::new(limit(1000, 0), start);
        assert!(untouched.is_current(start), "a budget that nobody has touched has no end yet");
    }

    #[test]
    fn a_start_is_counted_at_once() {
        let now = Instant::now();
        let mut known = KnownLimit::new(limit(51, 3_600_000), now);
        known.left(50);
        assert_eq!((known.budget(now, 50).remaining, known.starts(now).remaining), (50, 50));
        assert_eq!((known.key(0), known.key(3)), (0, 1));
    }
}
