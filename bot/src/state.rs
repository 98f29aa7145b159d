//! What the process knows of itself right now: the `/status` document, readiness and the beats of its loops.
//!
//! Written by the loops, read by `http`. Must not: do I/O or hold a secret.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use stockbot_config::status::{BotStatus, DatabaseState, GatewayState, LastError};

use crate::shards::Shards;

/// A loop that has not come round for this long is stuck. The slowest one is the outbox, whose jobs take at most 60 s.
const STUCK_AFTER: Duration = Duration::from_mins(3);

/// Shared state of the process.
#[derive(Debug)]
pub struct State {
    status: Mutex<BotStatus>,
    shards: Mutex<Shards>,
    beats: Mutex<BTreeMap<&'static str, Instant>>,
    /// Until when troubles count that nothing else ends.
    passing: Mutex<BTreeMap<&'static str, Instant>>,
}

impl State {
    /// The state of a process that has just started in this pod.
    #[must_use]
    pub fn new(pod: &str) -> Self {
        let status =
            BotStatus { pod: pod.into(), version: env!("CARGO_PKG_VERSION").into(), ..BotStatus::default() };
        Self {
            status: Mutex::new(status),
            shards: Mutex::default(),
            beats: Mutex::default(),
            passing: Mutex::default(),
        }
    }

    /// Changes the document.
    pub fn update(&self, change: impl FnOnce(&mut BotStatus)) {
        change(&mut self.status.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// Notes how a shard of this pod fares.
    pub fn shard(&self, shard: u32, state: GatewayState) {
        self.update_shards(|shards| shards.set(shard, state));
    }

    /// The shard is this pod's no more.
    pub fn shard_left(&self, shard: u32) {
        self.update_shards(|shards| shards.remove(shard));
    }

    /// It is known which shards are this pod's.
    pub fn shards_known(&self) {
        self.update_shards(|_| {});
    }

    fn update_shards(&self, change: impl FnOnce(&mut Shards)) {
        let mut shards = self.shards.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut shards);
        self.update(|status| {
            status.gateway.state = shards.state();
            status.gateway.shards.connected = shards.connected();
        });
    }

    /// Notes a failure for people to see.
    pub fn failed(&self, message: impl std::fmt::Display) {
        let error = LastError { time: Timestamp::now(), message: message.to_string() };
        self.update(|status| status.last_error = Some(error));
    }

    /// Notes what is wrong with something that is configured, and what to do; `None`: nothing any more.
    pub fn trouble(&self, about: &str, message: Option<String>) {
        self.update(|status| {
            match message {
                Some(message) => status.troubles.insert(about.to_owned(), message),
                None => status.troubles.remove(about),
            };
        });
    }

    /// Notes something that is over unless it happens again within `span`.
    pub fn trouble_for(&self, about: &'static str, message: String, span: Duration) {
        let until = Instant::now() + span;
        self.passing.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(about, until);
        self.trouble(about, Some(message));
    }

    /// The document as it is now.
    #[must_use]
    pub fn status(&self) -> BotStatus {
        let mut status = self.status.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let passing = self.passing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        status.troubles.retain(|about, _| passing.get(about.as_str()).is_none_or(|until| *until > now));
        status
    }

    /// Warm and with a database: able to take over.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let status = self.status.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        status.ready && status.database.state == DatabaseState::Migrated
    }

    /// A loop has come round.
    pub fn beat(&self, task: &'static str) {
        self.beats.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(task, Instant::now());
    }

    /// A loop has nothing to do until something happens: it is not expected to come round.
    pub fn rest(&self, task: &'static str) {
        self.beats.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(task);
    }

    /// Loops that have not come round for too long.
    #[must_use]
    pub fn stuck(&self, now: Instant) -> Vec<&'static str> {
        let beats = self.beats.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        beats
            .iter()
            .filter(|(_, beat)| now.saturating_duration_since(**beat) > STUCK_AFTER)
            .map(|(task, _)| *task)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_stops_coming_round_is_named() {
        let state = State::new("pod");
        state.beat("outbox");
        assert!(state.stuck(Instant::now()).is_empty());
        assert_eq!(state.stuck(Instant::now() + STUCK_AFTER + Duration::from_secs(1)), ["outbox"]);
    }

    #[test]
    fn a_loop_that_rests_is_not_stuck() {
        let state = State::new("pod");
        state.beat("startup");
        state.rest("startup");
        assert!(state.stuck(Instant::now() + STUCK_AFTER * 2).is_empty());
    }

    #[test]
    fn a_trouble_lasts_until_it_is_mended_or_its_time_is_over() {
        let state = State::new("pod");
        let about = || state.status().troubles.into_keys().collect::<Vec<_>>();
        state.trouble("shop.channels.log", Some("gone".into()));
        state.trouble_for("token", "shared".into(), Duration::from_hours(1));
        assert_eq!(about(), ["shop.channels.log", "token"]);
        state.trouble_for("token", "shared".into(), Duration::ZERO);
        assert_eq!(about(), ["shop.channels.log"]);
        state.trouble("shop.channels.log", None);
        assert!(about().is_empty());
    }

    #[test]
    fn ready_needs_warmth_and_a_database() {
        let state = State::new("pod");
        state.update(|status| status.ready = true);
        assert!(!state.is_ready());
        state.update(|status| status.database.state = DatabaseState::Migrated);
        assert!(state.is_ready());
    }
}
