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
}

impl RolloutPace {
    /// Slots `period` apart.
    #[must_use]
    pub fn new(period: Duration) -> Self {
        Self { period, slots: Mutex::default() }
    }

    /// How long the bot has to wait; zero = it may go now, and the slot is used up. `is_through` says whether the rollout
    /// of another bot has ended well, or does not matter any more.
    pub fn wait(&self, bot: &Key, is_through: impl Fn(&Key) -> bool) -> Duration {
        let now = Instant::now();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.reserved.get(bot).copied().unwrap_or_else(|| {
            let slot = slots.free.map_or(now, |free| free.max(now));
            slots.free = Some(slot + self.period);
            slot
        });
        let held_up = slots.before.as_ref().is_some_and(|before| before != bot && !is_through(before));
        if slot > now || held_up {
            slots.reserved.insert(bot.clone(), slot);
            return slot.saturating_duration_since(now).max(if held_up { AGAIN } else { Duration::ZERO });
        }
        slots.reserved.remove(bot);
        slots.before = Some(bot.clone());
        // Whoever had to wait for the bot before does not go together with the next.
        slots.free = slots.free.max(Some(now + self.period));
        let next = now + self.period;
        slots.reserved.values_mut().for_each(|slot| *slot = (*slot).max(next));
        Duration::ZERO
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
        let pace = RolloutPace::new(Duration::from_secs(10));
        let wait = |name| pace.wait(&key(name), |_| true);
        assert_eq!(wait("a"), Duration::ZERO);
        let (b, c) = (wait("b"), wait("c"));
        assert!(b > Duration::from_secs(9) && b <= Duration::from_secs(10), "{b:?}");
        assert!(c > Duration::from_secs(19) && c <= Duration::from_secs(20), "{c:?}");
        assert!(wait("b") <= b, "asking again does not cost the place");
    }

    #[test]
    fn nobody_goes_before_the_one_before_is_ready_again() {
        let pace = RolloutPace::new(Duration::ZERO);
        assert_eq!(pace.wait(&key("a"), |_| false), Duration::ZERO, "nobody went before the first");
        assert_eq!(pace.wait(&key("b"), |before| *before != key("a")), AGAIN);
        assert_eq!(
            pace.wait(&key("a"), |_| false),
            Duration::ZERO,
            "it may be rolled again itself, to mend it"
        );
        assert_eq!(pace.wait(&key("b"), |before| *before == key("a")), Duration::ZERO);
        assert_eq!(
            pace.wait(&key("c"), |before| *before == key("a")),
            AGAIN,
            "now the second is the one before"
        );
    }
}
