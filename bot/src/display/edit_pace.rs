//! Discord takes at most 3 edits per 6 s and channel of messages older than an hour (discord.md); the bot keeps to it always, since
//! changes are coalesced anyway. The first edit goes at once, the next ones evenly: after three in a row, what changes then would be
//! seen only when the six seconds are over.

use std::time::{Duration, Instant};

/// Between two edits: a third of Discord's window, and a little more for clocks that differ.
const SPACING: Duration = Duration::from_millis(2100);

/// The edits of one channel.
#[derive(Debug, Default)]
pub struct EditPace(Option<Instant>);

impl EditPace {
    /// How long the next edit has to wait.
    pub fn wait(&self, now: Instant) -> Duration {
        let since = self.0.map(|last| now.saturating_duration_since(last));
        since.map_or(Duration::ZERO, |since| SPACING.saturating_sub(since))
    }

    /// An edit is sent now, or may have been.
    pub fn sent(&mut self, now: Instant) {
        self.0 = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_three_edits_in_six_seconds_and_none_much_later_than_asked_for() {
        let mut pace = EditPace::default();
        let start = Instant::now();
        let mut now = start;
        let mut sent = Vec::new();
        while now < start + Duration::from_mins(1) {
            if pace.wait(now).is_zero() {
                pace.sent(now);
                sent.push(now);
            }
            now += Duration::from_millis(50);
        }
        assert_eq!(sent[0], start, "the first at once");
        assert!(sent.windows(4).all(|four| four[3] - four[0] > Duration::from_secs(6)));
        assert!(sent.windows(2).all(|two| two[1] - two[0] < Duration::from_millis(2200)));
    }
}
