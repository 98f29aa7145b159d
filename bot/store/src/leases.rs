//! Shard ownership: one row per bot and shard, taken by compare-and-swap; the epoch fences out whoever owned it before.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Store, StoreError};

/// What is needed to resume a gateway session.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedSession {
    /// Discord's session id.
    pub session_id: String,
    /// Last sequence number that was processed.
    pub sequence: i64,
    /// URL to resume at.
    pub resume_url: String,
}

impl std::fmt::Debug for SavedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SavedSession").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

/// An owned shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardLease {
    /// Shard.
    pub shard: i32,
    /// Grows by one with every owner.
    pub epoch: i64,
    /// The session to resume, if the last owner left one.
    pub session: Option<SavedSession>,
}

/// Outcome of [`acquire`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acquire {
    /// The caller owns it until the lease ends.
    Acquired(ShardLease),
    /// Somebody else does.
    Held {
        /// Who.
        owner: String,
        /// Until when, by the database's clock.
        expires_at: Timestamp,
    },
}

/// Outcome of [`renew`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Still the caller's.
    Renewed {
        /// Another pod is warm and waits for the shard.
        handover_requested: bool,
    },
    /// Somebody else owns it: close the session without processing anything more.
    Lost,
}

/// Takes a shard that is free, expired or the caller's own. The epoch grows by one.
pub async fn acquire(
    _store: &Store,
    _bot: &str,
    _shard: i32,
    _owner: &str,
    _ttl: Duration,
) -> Result<Acquire, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Asks the owner to hand the shard over to `owner`; forgotten when the shard changes hands.
pub async fn request_handover(
    _store: &Store,
    _bot: &str,
    _shard: i32,
    _owner: &str,
) -> Result<(), StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Prolongs the lease and, if given, saves the last processed sequence number.
#[expect(clippy::too_many_arguments, reason = "each is a different kind of thing and all are needed")]
pub async fn renew(
    _store: &Store,
    _bot: &str,
    _shard: i32,
    _owner: &str,
    _epoch: i64,
    _ttl: Duration,
    _sequence: Option<i64>,
) -> Result<Renewal, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Saves what is needed to resume. `false`: not the owner any more.
pub async fn save_session(
    _store: &Store,
    _bot: &str,
    _shard: i32,
    _owner: &str,
    _epoch: i64,
    _session: &SavedSession,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The session is dead: the next owner has to identify. `false`: not the owner any more.
pub async fn clear_session(
    _store: &Store,
    _bot: &str,
    _shard: i32,
    _owner: &str,
    _epoch: i64,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Gives the shard up at once and keeps its session for the next owner. `false`: not the owner any more.
pub async fn release(
    _store: &Store,
    _bot: &str,
    _shard: i32,
    _owner: &str,
    _epoch: i64,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
