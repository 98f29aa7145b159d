//! Slots for rollouts that nobody asked for: an upgrade of the operator, or a new default, changes the pods of every bot.
//! They are rolled one after the other, and each only when the one before is ready again, so that a bad image is noticed
//! before it is everywhere. Must not: know when a bot is ready.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::cache::Key;

/// How soon to ask again while the bot before is not ready.
const AGAIN: Duration = Duration::from_secs(2);

/// How long the wave stands still before everybody who waits is told for whom: until then it moves on, and what is told would
/// have to be told anew at each step.
const STUCK: Duration = Duration::from_secs(30);

/// When a bot may be rolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How soon to ask again; zero = it may go now, and the slot is used up.
    pub wait: Duration,
    /// The bot whose rollout holds up everybody.
    pub stuck: Option<Key>,
}

impl Turn {
    /// At once.
    pub const NOW: Self = Self { wait: Duration::ZERO, stuck: None };
}

/// Hands out slots, at least `period` apart, in the order in which they were asked for.
#[derive(Debug)]
pub struct RolloutPace {
    period: Duration,
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    /// When the next slot begins.
    free: Option<Instant>,
    reserved: HashMap<Key, Instant>,
    /// The bot that went last.
    before: Option<Key>,
    /// Since when somebody waits for it.
    held_since: Option<Instant>,
}

impl RolloutPace {
    /// Slots `period` apart.
    #[must_use]
    pub fn new(period: Duration) -> Self {
        Self { period, slots: Mutex::default() }
    }

    /// When the bot may go. `is_through` says whether the rollout of another bot has ended well, or does not matter any more.
    pub fn ask(&self, bot: &Key, now: Instant, is_through: impl Fn(&Key) -> bool) -> Turn {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.reserved.get(bot).copied().unwrap_or_else(|| {
            let slot = slots.free.map_or(now, |free| free.max(now));
            slots.free = Some(slot + self.period);
            slot
        });
        let holder = slots.before.clone().filter(|before| before != bot && !is_through(before));
        slots.held_since = holder.as_ref().map(|_| slots.held_since.unwrap_or(now));
        if slot > now || holder.is_some() {
            slots.reserved.insert(bot.clone(), slot);
            let least = if holder.is_some() { AGAIN } else { Duration::ZERO };
            let is_stuck =
                slots.held_since.is_some_and(|since| now.saturating_duration_since(since) >= STUCK);
            let wait = slot.saturating_duration_since(now).max(least);
            return Turn { wait, stuck: holder.filter(|_| is_stuck) };
        }
        slots.reserved.remove(bot);
        slots.before = Some(bot.clone());
        // Whoever had to wait for the bot before does not go together with the next.
        slots.free = slots.free.max(Some(now + self.period));
        let next = now + self.period;
        slots.reserved.values_mut().for_each(|slot| *slot = (*slot).max(next));
        Turn::NOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::new("shops", name)
    }

    #[test]
    fn bots_get_slots_one_after_the_other_and_keep_theirs() {
        let (pace, now) = (RolloutPace::new(Duration::from_secs(10)), Instant::now());
        let wait =
            |name, second| pace.ask(&key(name), now + Duration::from_secs(second), |_| true).wait.as_secs();
        assert_eq!((wait("a", 0), wait("b", 0), wait("c", 0)), (0, 10, 20));
        assert_eq!(wait("b", 1), 9, "asking again does not cost the place");
    }

    #[test]
    fn nobody_goes_before_the_one_before_is_ready_again() {
        let (pace, now) = (RolloutPace::new(Duration::ZERO), Instant::now());
        let wait = |name, through: &str| pace.ask(&key(name), now, |before| before.name == through).wait;
        assert_eq!(wait("a", ""), Duration::ZERO, "nobody went before the first");
        assert_eq!(wait("b", ""), AGAIN);
        assert_eq!(wait("a", ""), Duration::ZERO, "it may be rolled again itself, to mend it");
        assert_eq!(wait("b", "a"), Duration::ZERO);
        assert_eq!(wait("c", "a"), AGAIN, "now the second is the one before");
    }

    #[test]
    fn a_wave_that_stands_still_says_for_whom() {
        let (pace, begun) = (RolloutPace::new(Duration::ZERO), Instant::now());
        let stuck = |name, second, through: bool| {
            pace.ask(&key(name), begun + Duration::from_secs(second), |_| through).stuck
        };
        assert_eq!(stuck("a", 0, true), None);
        assert_eq!(stuck("b", 1, false), None);
        assert_eq!(stuck("c", 30, false), None, "a rollout takes its time");
        assert_eq!(stuck("c", 31, false), Some(key("a")));
        assert_eq!(stuck("b", 32, true), None, "it goes on");
        assert_eq!(stuck("c", 33, false), None, "now for another");
    }
}
