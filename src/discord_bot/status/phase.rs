//! The whole state in one word.

use super::{
    observed::{Observed, Outcome},
    trouble::stall,
};
use crate::api::status::Phase;

/// The phase; the worst news wins.
pub fn phase(observed: &Observed<'_>) -> Phase {
    if observed.outcome == Outcome::Paused {
        return Phase::Paused;
    }
    if stall(observed).is_some() {
        return if observed.serves() { Phase::Degraded } else { Phase::Failed };
    }
    if observed.wanted() == 0 {
        return Phase::Stopped;
    }
    if observed.crash_looping() {
        return Phase::Degraded;
    }
    match (observed.deployment, observed.rolled_out(), observed.serves()) {
        (None, ..) => Phase::Pending,
        (_, false, true) => Phase::Updating,
        (_, false, false) => Phase::Starting,
        (_, true, _) if observed.connected() => Phase::Running,
        (_, true, _)
            if observed
                .bot
                .status
                .as_ref()
                .is_some_and(|old| matches!(old.phase, Phase::Running | Phase::Degraded)) =>
        {
            Phase::Degraded
        }
        (_, true, _) => Phase::Starting,
    }
}
