//! Shard ownership: one row per bot and shard, taken by compare-and-swap; the epoch fences out whoever owned it before.

use std::time::Duration;

use jiff::Timestamp;

use sqlx::postgres::PgRow;

use crate::{
    Store, StoreError,
    db::{Sql, get, get_time, seconds},
};

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

impl ShardLease {
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        let session_id: Option<String> = get(row, "session_id")?;
        let session = match session_id {
            None => None,
            Some(session_id) => {
                let (sequence, resume_url) = (get(row, "sequence")?, get(row, "resume_url")?);
                Some(SavedSession { session_id, sequence, resume_url })
            }
        };
        Ok(Self { shard: get(row, "shard")?, epoch: get(row, "epoch")?, session })
    }
}

/// Takes a shard that is free, expired or the caller's own. The epoch grows by one. `owner` must name this process and no other,
/// also none that ran in the same pod before.
pub async fn acquire(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    ttl: Duration,
) -> Result<Acquire, StoreError> {
    let take = sqlx::query(
        "INSERT INTO stockbot.shard_leases AS held (bot, shard, owner, epoch, expires_at)
         VALUES ($1, $2, $3, 1, clock_timestamp() + make_interval(secs => $4))
         ON CONFLICT (bot, shard) DO UPDATE
         SET owner = excluded.owner, epoch = held.epoch + 1, expires_at = excluded.expires_at, handover_to = NULL
         WHERE held.expires_at <= clock_timestamp() OR held.owner = excluded.owner
         RETURNING shard, epoch, session_id, sequence, resume_url",
    );
    let mut tx = store.begin().await?;
    if let Some(row) = tx.row(take.bind(bot).bind(shard).bind(owner).bind(seconds(ttl))).await? {
        tx.commit().await?;
        return Ok(Acquire::Acquired(ShardLease::from_row(&row)?));
    }
    let look =
        sqlx::query("SELECT owner, expires_at FROM stockbot.shard_leases WHERE bot = $1 AND shard = $2");
    let row = tx.one(look.bind(bot).bind(shard)).await?;
    Ok(Acquire::Held { owner: get(&row, "owner")?, expires_at: get_time(&row, "expires_at")? })
}

/// Asks the owner to hand the shard over to `owner`; forgotten when the shard changes hands.
pub async fn request_handover(store: &Store, bot: &str, shard: i32, owner: &str) -> Result<(), StoreError> {
    let sql = sqlx::query(
        "UPDATE stockbot.shard_leases SET handover_to = $3 WHERE bot = $1 AND shard = $2 AND owner <> $3",
    );
    store.execute(sql.bind(bot).bind(shard).bind(owner)).await?;
    Ok(())
}

/// A statement about a shard that the caller still owns. An expired lease that nobody took is still the caller's: while the
/// database was away, nobody else could take it.
macro_rules! owned {
    ($update:literal) => {
        concat!(
            "UPDATE stockbot.shard_leases SET ",
            $update,
            " WHERE bot = $1 AND shard = $2 AND owner = $3 AND epoch = $4 RETURNING handover_to"
        )
    };
}

fn about<'q>(sql: &'static str, bot: &'q str, shard: i32, owner: &'q str, epoch: i64) -> Sql<'q> {
    sqlx::query(sql).bind(bot).bind(shard).bind(owner).bind(epoch)
}

/// Prolongs the lease and, if given, saves the last processed sequence number, which never goes back.
pub async fn renew(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    epoch: i64,
    ttl: Duration,
    sequence: Option<i64>,
) -> Result<Renewal, StoreError> {
    let sql = owned!(
        "expires_at = clock_timestamp() + make_interval(secs => $5),
         sequence = CASE WHEN session_id IS NOT NULL THEN greatest(sequence, $6) END"
    );
    let sql = about(sql, bot, shard, owner, epoch).bind(seconds(ttl)).bind(sequence);
    Ok(match store.row(sql).await? {
        None => Renewal::Lost,
        Some(row) => {
            Renewal::Renewed { handover_requested: get::<Option<String>>(&row, "handover_to")?.is_some() }
        }
    })
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
    let sql = owned!("session_id = $5, sequence = $6, resume_url = $7");
    let sql = about(sql, bot, shard, owner, epoch);
    let sql = sql.bind(&session.session_id).bind(session.sequence).bind(&session.resume_url);
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
    let sql = owned!("session_id = NULL, sequence = NULL, resume_url = NULL");
    Ok(store.row(about(sql, bot, shard, owner, epoch)).await?.is_some())
}

/// Gives the shard up at once and keeps its session for the next owner. `false`: not the owner any more.
pub async fn release(
    store: &Store,
    bot: &str,
    shard: i32,
    owner: &str,
    epoch: i64,
) -> Result<bool, StoreError> {
    let sql = owned!("expires_at = clock_timestamp(), owner = ''");
    Ok(store.row(about(sql, bot, shard, owner, epoch)).await?.is_some())
}
