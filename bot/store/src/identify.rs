//! The identify gate: Discord's session starts, shared and counted by all pods of an application.

use jiff::Timestamp;

use crate::{Store, StoreError};

/// Outcome of [`identify_permit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Identify now; it is counted.
    Granted,
    /// Another session of this key started less than 5 s ago; ask again then (by this machine's clock).
    WaitUntil(Timestamp),
    /// No session start is left for this purpose before the reset.
    BelowReserve {
        /// When the budget is full again.
        reset_at: Timestamp,
    },
}

/// What Discord says of an application's session starts (`GET /gateway/bot`), and what is kept of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Left until `reset_at`.
    pub remaining: i32,
    /// Per day.
    pub total: i32,
    /// When the budget is full again.
    pub reset_at: Timestamp,
    /// Never used for rollouts and restarts.
    pub reserve: i32,
}

/// Asks for one session start. `key` = `shard_id % max_concurrency`. `restart`: for a rollout or restart, which may not touch the
/// reserve; other starts may use it up.
pub async fn identify_permit(
    _store: &Store,
    _application_id: u64,
    _key: i32,
    _budget: &Budget,
    _restart: bool,
) -> Result<Permit, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
