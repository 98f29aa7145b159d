//! Slots for rollouts that nobody asked for: an upgrade of the operator, or a new default, changes the pods of every bot.
//! They are rolled one after the other, so that a bad image is noticed before it is everywhere.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::cache::Key;

/// Hands out slots, `period` apart, in the order in which they were asked for.
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
}

impl RolloutPace {
    /// Slots `period` apart.
    #[must_use]
    pub fn new(period: Duration) -> Self {
        Self { period, slots: Mutex::default() }
    }

    /// How long the bot has to wait for its slot; zero = it may go now, and the slot is used up.
    pub fn wait(&self, bot: &Key) -> Duration {
        let now = Instant::now();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.reserved.get(bot).copied().unwrap_or_else(|| {
            let slot = slots.free.map_or(now, |free| free.max(now));
            slots.free = Some(slot + self.period);
            slot
        });
        if slot <= now {
            slots.reserved.remove(bot);
        } else {
            slots.reserved.insert(bot.clone(), slot);
        }
        slot.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_get_slots_one_after_the_other_and_keep_theirs() {
        let pace = RolloutPace::new(Duration::from_secs(10));
        let key = |name| Key::new("shops", name);
        assert_eq!(pace.wait(&key("a")), Duration::ZERO);
        let (b, c) = (pace.wait(&key("b")), pace.wait(&key("c")));
        assert!(b > Duration::from_secs(9) && b <= Duration::from_secs(10), "{b:?}");
        assert!(c > Duration::from_secs(19) && c <= Duration::from_secs(20), "{c:?}");
        assert!(pace.wait(&key("b")) <= b, "asking again does not cost the place");
    }
}
