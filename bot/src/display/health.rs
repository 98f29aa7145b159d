//! How publishing a display went over the last hour.
//!
//! Score = 100 x (0.6 x update success rate + 0.4 x button success rate) - min(10, failed updates of the last hour), from 0 to 100.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use stockbot_config::status::Health;

/// What is remembered.
const WINDOW: Duration = Duration::from_hours(1);
/// Entries kept at most: an edit every 2 s fills an hour with 1800.
const ENTRIES: usize = 2000;

struct Update {
    at: Instant,
    took: Duration,
    succeeded: bool,
    buttons: bool,
}

/// The last hour of one display.
#[derive(Default)]
pub struct Record {
    updates: VecDeque<Update>,
    retries: i32,
}

impl Record {
    /// An update was tried.
    pub fn add(&mut self, now: Instant, took: Duration, succeeded: bool, buttons: bool) {
        self.updates.push_back(Update { at: now, took, succeeded, buttons });
        if !succeeded {
            self.retries = self.retries.saturating_add(1);
        }
        while self.updates.len() > ENTRIES
            || self.updates.front().is_some_and(|update| now - update.at > WINDOW)
        {
            self.updates.pop_front();
        }
    }

    /// The last hour in numbers; a display that had nothing to update is healthy.
    pub fn health(&self) -> Health {
        let total = self.updates.len();
        let share = |number: usize| if total == 0 { 1.0 } else { ratio(number, total) };
        let updated = share(self.updates.iter().filter(|update| update.succeeded).count());
        let buttons = share(self.updates.iter().filter(|update| update.buttons).count());
        let failed = self.updates.iter().filter(|update| !update.succeeded).count();
        let spent: Duration = self.updates.iter().map(|update| update.took).sum();
        let average = spent.checked_div(u32::try_from(total).unwrap_or(u32::MAX)).unwrap_or_default();
        let score = 100.0 * (0.6 * updated + 0.4 * buttons) - ratio(failed.min(10), 1);
        Health {
            #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
            score: score.clamp(0.0, 100.0).round() as i32,
            update_success_rate: format!("{updated:.2}"),
            button_success_rate: format!("{buttons:.2}"),
            average_response_time: format!("{}ms", average.as_millis()),
            errors_last_hour: i32::try_from(failed).unwrap_or(i32::MAX),
            retries: self.retries,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_follows_its_formula() {
        let mut record = Record::default();
        assert_eq!(record.health().score, 100);
        let now = Instant::now();
        for succeeded in [true, true, true, false] {
            record.add(now, Duration::from_millis(100), succeeded, succeeded);
        }
        let health = record.health();
        assert_eq!((health.score, health.errors_last_hour), (74, 1));
        assert_eq!(
            (health.update_success_rate.as_str(), health.average_response_time.as_str()),
            ("0.75", "100ms")
        );
    }
}
