//! From which sequence number a session may be resumed without losing an interaction.
//!
//! A dispatch counts as processed when its interaction is in the database; the saved number never runs ahead of that, so a
//! pod that dies in between gets the dispatch again.

use std::{collections::BTreeSet, sync::Mutex};

#[derive(Debug, Default)]
struct Progress {
    highest: u64,
    in_flight: BTreeSet<u64>,
}

/// Progress of one session.
#[derive(Debug, Default)]
pub struct Sequence(Mutex<Progress>);

impl Sequence {
    /// Starts over for a new or resumed session.
    pub fn reset(&self, sequence: u64) {
        *self.lock() = Progress { highest: sequence, in_flight: BTreeSet::new() };
    }

    /// A dispatch has arrived; with `pending` it is processed only when [`Self::done`] says so.
    pub fn arrived(&self, sequence: u64, pending: bool) {
        let mut progress = self.lock();
        progress.highest = progress.highest.max(sequence);
        if pending {
            progress.in_flight.insert(sequence);
        }
    }

    /// A pending dispatch is processed.
    pub fn done(&self, sequence: u64) {
        self.lock().in_flight.remove(&sequence);
    }

    /// The highest number up to which everything is processed.
    pub fn safe(&self) -> u64 {
        let progress = self.lock();
        progress.in_flight.first().map_or(progress.highest, |first| first.saturating_sub(1))
    }

    /// Nothing is pending.
    pub fn is_idle(&self) -> bool {
        self.lock().in_flight.is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_saved_number_waits_for_the_oldest_pending_dispatch() {
        let sequence = Sequence::default();
        sequence.reset(10);
        sequence.arrived(11, true);
        sequence.arrived(12, false);
        sequence.arrived(13, true);
        assert_eq!(sequence.safe(), 10);
        sequence.done(11);
        assert_eq!(sequence.safe(), 12);
        sequence.done(13);
        assert_eq!(sequence.safe(), 13);
        assert!(sequence.is_idle());
    }
}
