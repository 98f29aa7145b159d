//! How often a call is tried, and how long all of that may take. Pure.

use std::time::Duration;

use backon::ExponentialBuilder;
use stockbot_config::tuning::Retry;

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// For all tries: a caller's lease on its job lasts longer.
const BUDGET: Duration = Duration::from_secs(25);

/// How often a call is tried.
#[derive(Clone, Copy, Debug)]
pub struct Tries {
    most: usize,
    first_pause: Duration,
    longest_pause: Duration,
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// No try is begun later than this after the first.
    pub budget: Duration,
}

impl Tries {
    /// As the shop has it configured.
    pub fn of(retry: &Retry) -> Self {
        Self {
            most: usize::try_from(retry.attempts).unwrap_or(1),
            first_pause: retry.base_delay.get(),
            longest_pause: retry.max_delay.get(),
            timeout: TIMEOUT,
            budget: BUDGET,
        }
    }

    /// For a caller who tries again by himself.
    pub fn once(self) -> Self {
        Self { most: 1, ..self }
    }

    /// For what is worth nothing later than `budget`: again and again, at once, each time for `timeout`.
    pub const fn hurried(budget: Duration, timeout: Duration) -> Self {
        let (first_pause, longest_pause) = (Duration::from_millis(100), Duration::from_millis(400));
        Self { most: usize::MAX, first_pause, longest_pause, timeout, budget }
    }

    /// The pauses between the tries.
    pub fn pauses(&self) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_jitter()
            .with_max_times(self.most.saturating_sub(1))
    }
}
