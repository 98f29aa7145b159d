//! Shard ownership: one row per bot and shard, taken by compare-and-swap; the epoch fences out whoever owned it before. Leases are
//! renewed by [`crate::pulse`].

use std::time::Duration;

use crate::{Store, StoreError, db::seconds};

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

/// A shard among all shards of a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardOf {
    /// Its number, from 0.
    pub shard: i32,
    /// How many there are.
    pub total: i32,
}

/// An owned shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardLease {
    /// Shard.
    pub shard: i32,
    /// Grows by one with every owner.
    pub epoch: i64,
    /// The session to resume, if the last owner left one of the same number of shards.
    pub session: Option<SavedSession>,
}

/// The pod whose request is still to be honoured. The version before notes no end; its requests last as long as the lease.
macro_rules! wanted_by {
    () => {
        "CASE WHEN coalesce(handover_until, expires_at) > clock_timestamp() THEN handover_to END"
    };
}
pub(crate) use wanted_by;

/// Takes a shard that is free, expired or the caller's own; `None`: somebody else's, or kept for the pod that asked for it. The
/// epoch grows by one. A session of another number of shards is forgotten: resumed, it would go on with the guilds of before.
///
/// `owner` is the pod; a process that takes its own pod's lease has replaced the one that held it.
pub async fn take(
    store: &Store,
    bot: &str,
    ShardOf { shard, total }: ShardOf,
    owner: &str,
    ttl: Duration,
) -> Result<Option<ShardLease>, StoreError> {
    let sql = sqlx::query!(
        "INSERT INTO stockbot.shard_leases AS held (bot, shard, total, owner, epoch, expires_at)
         VALUES ($1, $2, $3, $4, 1, clock_timestamp() + make_interval(secs => $5))
         ON CONFLICT (bot, shard) DO UPDATE
         SET owner = excluded.owner, epoch = held.epoch + 1, expires_at = excluded.expires_at, total = excluded.total,
            handover_to = NULL, handover_until = NULL,
            session_id = CASE WHEN coalesce(held.total, $3) = $3 THEN held.session_id END,
            sequence = CASE WHEN coalesce(held.total, $3) = $3 THEN held.sequence END,
            resume_url = CASE WHEN coalesce(held.total, $3) = $3 THEN held.resume_url END
         WHERE held.owner = $4 OR held.expires_at <= clock_timestamp()
            AND (held.handover_to = $4 OR coalesce(held.handover_until <= clock_timestamp(), true))
         RETURNING shard, epoch, session_id, sequence, resume_url",
        bot,
        shard,
        total,
        owner,
        seconds(ttl),
    );
    let Some(row) = store.row(sql).await? else { return Ok(None) };
    let session = match (row.session_id, row.sequence, row.resume_url) {
        (Some(session_id), Some(sequence), Some(resume_url)) => {
            Some(SavedSession { session_id, sequence, resume_url })
        }
        _ => None,
    };
    Ok(Some(ShardLease { shard: row.shard, epoch: row.epoch, session }))
}

/// Asks the owner to hand the shard over to `owner` within `within`; forgotten then, and when the shard changes hands.
pub async fn request_handover(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    within: Duration,
) -> Result<(), StoreError> {
    let sql = sqlx::query!(
        "UPDATE stockbot.shard_leases
         SET handover_to = $3, handover_until = clock_timestamp() + make_interval(secs => $4)
         WHERE bot = $1 AND shard = $2 AND owner <> $3",
        bot,
        shard,
        owner,
        seconds(within),
    );
    store.execute(sql).await?;
    Ok(())
}

/// A statement about a shard that the caller still owns. An expired lease that nobody took is still the caller's: while the
/// database was away, nobody else could take it.
macro_rules! owned {
    (($bot:expr, $shard:expr, $owner:expr, $epoch:expr), $update:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query!(
            "UPDATE stockbot.shard_leases SET "
                + $update
                + " WHERE bot = $1 AND shard = $2 AND owner = $3 AND epoch = $4 RETURNING shard",
            $bot,
            $shard,
            $owner,
            $epoch,
            $($argument,)*
        )
    };
}

/// Saves what is needed to resume. `false`: not the owner any more.
pub async fn save_session(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    epoch: i64,
    session: &SavedSession,
) -> Result<bool, StoreError> {
    let sql = owned!(
        (bot, shard, owner, epoch),
        "session_id = $5, sequence = $6, resume_url = $7",
        session.session_id,
        session.sequence,
        session.resume_url,
    );
    Ok(store.row(sql).await?.is_some())
}

/// The session is dead: the next owner has to identify. `false`: not the owner any more.
pub async fn clear_session(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    epoch: i64,
) -> Result<bool, StoreError> {
    let sql = owned!((bot, shard, owner, epoch), "session_id = NULL, sequence = NULL, resume_url = NULL");
    Ok(store.row(sql).await?.is_some())
}

/// Gives the shard up at once and keeps its session for the next owner: for `courtesy` for the pod that asked for it, if one did.
/// `false`: not the owner any more.
pub async fn release(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    epoch: i64,
    courtesy: Duration,
) -> Result<bool, StoreError> {
    let sql = owned!(
        (bot, shard, owner, epoch),
        "expires_at = clock_timestamp(), owner = '',
         handover_until = CASE WHEN handover_until > clock_timestamp()
            THEN clock_timestamp() + make_interval(secs => $5) END",
        seconds(courtesy),
    );
    Ok(store.row(sql).await?.is_some())
}
