//! Discord takes at most 3 edits per 6 s and channel of messages older than an hour (discord.md); the bot keeps to it always,
//! since changes are coalesced anyway.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Edits in a window.
const EDITS: usize = 3;
/// The window; a little longer than Discord's, for clocks that differ.
const WINDOW: Duration = Duration::from_millis(6200);

/// The edits of one channel.
#[derive(Debug, Default)]
pub struct EditPace(VecDeque<Instant>);

impl EditPace {
    /// How long the next edit has to wait.
    pub fn wait(&mut self, now: Instant) -> Duration {
        while self.0.front().is_some_and(|edit| now.saturating_duration_since(*edit) >= WINDOW) {
            self.0.pop_front();
        }
        match self.0.front() {
            Some(first) if self.0.len() >= EDITS => {
                WINDOW.saturating_sub(now.saturating_duration_since(*first))
            }
            _ => Duration::ZERO,
        }
    }

    /// An edit is sent now.
    pub fn sent(&mut self, now: Instant) {
        self.0.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_three_edits_in_six_seconds() {
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
        assert!(sent.windows(4).all(|four| four[3] - four[0] > Duration::from_secs(6)));
        assert!(sent.len() >= 27, "{}", sent.len());
    }
}
