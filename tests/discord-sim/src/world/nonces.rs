//! The nonces of messages, remembered for "the past few minutes" so that `enforce_nonce` finds the first message.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::id::Id;

/// How long one is remembered.
const LIFE: Duration = Duration::from_mins(5);
/// How many at most; the oldest go first.
const MOST: usize = 50_000;

/// A nonce, as the author wrote it.
type Key = (Id, String);

/// The nonces of all authors.
#[derive(Debug, Default)]
pub struct Nonces {
    first: HashMap<Key, (Id, Instant)>,
    order: VecDeque<(Instant, Key)>,
}

impl Nonces {
    /// Remembers the message that used a nonce first.
    pub fn remember(&mut self, author: Id, nonce: String, message: Id, now: Instant) {
        self.forget(now);
        let key = (author, nonce);
        if self.first.contains_key(&key) {
            return;
        }
        self.first.insert(key.clone(), (message, now));
        self.order.push_back((now, key));
    }

    /// The message that used this nonce of this author first.
    #[must_use]
    pub fn find(&self, author: Id, nonce: &str, now: Instant) -> Option<Id> {
        let (message, at) = self.first.get(&(author, nonce.to_owned()))?;
        (now.duration_since(*at) <= LIFE).then_some(*message)
    }

    fn forget(&mut self, now: Instant) {
        while let Some((at, _)) = self.order.front() {
            if now.duration_since(*at) <= LIFE && self.order.len() < MOST {
                return;
            }
            if let Some((_, key)) = self.order.pop_front() {
                self.first.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_means_its_first_message_for_five_minutes() {
        let (mut nonces, now) = (Nonces::default(), Instant::now());
        nonces.remember(Id(1), "n".into(), Id(10), now);
        nonces.remember(Id(1), "n".into(), Id(11), now);
        assert_eq!(nonces.find(Id(1), "n", now), Some(Id(10)));
        assert_eq!(nonces.find(Id(2), "n", now), None, "another author's nonces are others");
        let later = now + LIFE + Duration::from_secs(1);
        assert_eq!(nonces.find(Id(1), "n", later), None);
        nonces.remember(Id(1), "n".into(), Id(12), later);
        assert_eq!(nonces.find(Id(1), "n", later), Some(Id(12)));
    }

    #[test]
    fn memory_holds_so_many_nonces() {
        let (mut nonces, now) = (Nonces::default(), Instant::now());
        for number in 0..2 * MOST as u64 {
            nonces.remember(Id(1), number.to_string(), Id(number), now);
        }
        assert_eq!((nonces.first.len(), nonces.order.len()), (MOST, MOST));
        assert_eq!(nonces.find(Id(1), "0", now), None);
    }
}
