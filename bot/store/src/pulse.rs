//! The one statement that an idle pod sends: it renews the pod's leases and brings all news of the database since the last one.

use std::time::Duration;

use serde::Deserialize;
use sqlx::types::Json;

use crate::{
    ChangeCursor, ShopId, Store, StoreError,
    changes::changed,
    db::{get, seconds},
    leases::{SavedSession, wanted_by},
};

/// A shard that the caller owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Shard.
    pub shard: i32,
    /// Of the caller's lease.
    pub epoch: i64,
    /// The session as it may be resumed now; of the one that is saved, the sequence number is kept up.
    pub session: Option<SavedSession>,
}

/// Who asks, and what it has.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// `<namespace>/<name>`.
    pub bot: &'a str,
    /// The bot's shop.
    pub shop: ShopId,
    /// The pod.
    pub owner: &'a str,
    /// For how long leases are renewed.
    pub ttl: Duration,
    /// Shards that are the caller's.
    pub own: &'a [Own],
    /// Where the caller stands in the change feed; without one nothing counts as changed.
    pub cursor: Option<&'a ChangeCursor>,
    /// An interaction without an end that arrived so long ago may have lost its pod.
    pub abandoned_after: Duration,
}

/// A shard's lease as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LeaseView {
    /// Shard.
    pub shard: i32,
    /// Empty: nobody.
    pub owner: String,
    /// Grows by one with every owner.
    pub epoch: i64,
    /// It was the caller's and still is, for another `ttl`.
    pub renewed: bool,
    /// Anybody may take it, but for the pod named in `wanted_by`.
    pub over: bool,
    /// A pod that is warm and waits for it.
    pub wanted_by: Option<String>,
}

/// News of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Shards that have or had an owner. Those that the caller has lost are among them, under their new owner.
    pub leases: Vec<LeaseView>,
    /// Something that displays show has changed since the cursor.
    pub changed: bool,
    /// Where to go on.
    pub cursor: ChangeCursor,
    /// Jobs of the outbox are due.
    pub jobs_due: bool,
    /// Interactions wait for their answer whose pod may have died.
    pub unanswered: bool,
}

/// Renews and asks, in one statement.
const PULSE: &str = concat!(
    "WITH kept AS (
        UPDATE stockbot.shard_leases AS held
        SET expires_at = clock_timestamp() + make_interval(secs => $4),
            sequence = CASE WHEN held.session_id = own.session THEN greatest(held.sequence, own.sequence)
                ELSE held.sequence END
        FROM unnest($5::int[], $6::bigint[], $7::text[], $8::bigint[]) AS own (shard, epoch, session, sequence)
        WHERE held.bot = $1 AND held.shard = own.shard AND held.owner = $3 AND held.epoch = own.epoch
        RETURNING held.shard, held.owner, held.epoch, true AS renewed, false AS over, ",
    wanted_by!(),
    " AS wanted_by
    ), seen AS (
        SELECT shard, owner, epoch, renewed, over, wanted_by FROM kept
        UNION ALL
        SELECT shard, owner, epoch, false, expires_at <= clock_timestamp(), ",
    wanted_by!(),
    " FROM stockbot.shard_leases AS held
        WHERE bot = $1 AND NOT EXISTS (SELECT FROM kept WHERE kept.shard = held.shard)
    )
    SELECT coalesce((SELECT jsonb_agg(seen ORDER BY shard) FROM seen), '[]') AS leases,
        pg_current_snapshot()::text AS cursor,
        coalesce(",
    changed!("$2", "$9"),
    ", false) AS changed,
        EXISTS (
            SELECT FROM stockbot.outbox WHERE bot = $1 AND state = 'pending' AND next_at <= now()
        ) AS jobs_due,
        EXISTS (
            SELECT FROM stockbot.interactions
            WHERE bot = $1 AND state IN ('received', 'acknowledged')
                AND received_at < now() - make_interval(secs => $10) AND (lease_until IS NULL OR lease_until <= now())
        ) AS unanswered"
);

/// Renews the caller's leases and asks for everything else that a pod waits for.
pub async fn pulse(store: &Store, asking: &Asking<'_>) -> Result<Pulse, StoreError> {
    let shards: Vec<i32> = asking.own.iter().map(|own| own.shard).collect();
    let epochs: Vec<i64> = asking.own.iter().map(|own| own.epoch).collect();
    let sessions = asking.own.iter().map(|own| own.session.as_ref());
    let (sessions, sequences): (Vec<_>, Vec<_>) = sessions
        .map(|session| session.map(|session| (session.session_id.as_str(), session.sequence)).unzip())
        .unzip();
    let sql = sqlx::query(PULSE).bind(asking.bot).bind(asking.shop.0).bind(asking.owner);
    let sql = sql.bind(seconds(asking.ttl)).bind(shards).bind(epochs).bind(sessions).bind(sequences);
    let sql = sql.bind(asking.cursor.map(|cursor| cursor.0.as_str())).bind(seconds(asking.abandoned_after));
    let row = store.one(sql).await?;
    let Json(leases) = get(&row, "leases")?;
    Ok(Pulse {
        leases,
        changed: get(&row, "changed")?,
        cursor: ChangeCursor(get(&row, "cursor")?),
        jobs_due: get(&row, "jobs_due")?,
        unanswered: get(&row, "unanswered")?,
    })
}
