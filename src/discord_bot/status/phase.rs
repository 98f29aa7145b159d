//! The whole state in one word.

use super::{
    conditions::loss,
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
        let stopped = observed.applied() && observed.pods_left() == 0;
        return if stopped { Phase::Stopped } else { Phase::Updating };
    }
    if observed.deployment.is_none() {
        return Phase::Pending;
    }
    if loss(observed).is_some() {
        return Phase::Degraded;
    }
    if !observed.applied() || !observed.rolled_out() {
        return if observed.serves() { Phase::Updating } else { Phase::Starting };
    }
    let before = observed.bot.status.as_ref().map(|status| status.phase).unwrap_or_default();
    match (observed.connected(), before) {
        (true, _) => Phase::Running,
        (false, Phase::Running | Phase::Degraded) => Phase::Degraded,
        (false, _) => Phase::Starting,
    }
}
