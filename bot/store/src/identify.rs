//! The identify gate: Discord's session starts, shared and counted by all pods of an application.

use std::time::Duration;

use crate::{
    Store, StoreError,
    db::{get, id, seconds},
};

/// Discord takes one Identify per 5 s and key, as they arrive there: one that was slow on its way must not be followed too early.
const SPACING: Duration = Duration::from_millis(5_500);

/// Outcome of [`identify_permit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Identify now; it is counted.
    Granted {
        /// Starts that are left after this one.
        left: i32,
    },
    /// Another session of this key started a moment ago; ask again after this.
    Wait(Duration),
    /// No session start is left for this purpose before the reset.
    BelowReserve {
        /// Starts that are left.
        left: i32,
    },
}

/// What Discord says of an application's session starts (`GET /gateway/bot`), and what is kept of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Left until the reset.
    pub remaining: i32,
    /// Per day.
    pub total: i32,
    /// Time until the budget is full again.
    pub reset_after: Duration,
    /// Never used for rollouts and restarts.
    pub reserve: i32,
}

/// Asks for one session start. `key` = `shard_id % max_concurrency`. `restart`: for a rollout or restart, which may not touch the
/// reserve; other starts may use it up.
///
/// Our own count of the day stands beside Discord's, because Discord's was read before other pods' latest starts: the lower of the
/// two remainders decides. A start that was granted and never used stays counted.
pub async fn identify_permit(
    store: &Store,
    application_id: u64,
    key: i32,
    budget: &Budget,
    restart: bool,
) -> Result<Permit, StoreError> {
    let alone =
        format!("SELECT pg_advisory_xact_lock(stockbot.lock_key('identify', {}));", id(application_id));
    store.whole(|| permit(store, &alone, id(application_id), key, budget, restart)).await
}

async fn permit(
    store: &Store,
    alone: &str,
    application: i64,
    key: i32,
    budget: &Budget,
    restart: bool,
) -> Result<Permit, StoreError> {
    let mut tx = store.begin_and(alone).await?;
    let look = sqlx::query(
        "SELECT coalesce(sum(used) FILTER (WHERE window_ends_at > clock_timestamp()), 0)::int AS used,
            coalesce(max($3 - extract(epoch FROM clock_timestamp() - last_at)::float8) FILTER (WHERE key = $2), 0) AS wait
         FROM stockbot.identify_gate WHERE application_id = $1",
    );
    let row = tx.one(look.bind(application).bind(key).bind(seconds(SPACING))).await?;
    let (used, wait): (i32, f64) = (get(&row, "used")?, get(&row, "wait")?);

    let left = budget.remaining.min(budget.total.saturating_sub(used));
    if left <= if restart { budget.reserve } else { 0 } {
        return Ok(Permit::BelowReserve { left });
    }
    if wait > 0.0 {
        // A clock of the database that was set back must not stop a bot for longer than the spacing.
        return Ok(Permit::Wait(Duration::try_from_secs_f64(wait).map_or(SPACING, |wait| wait.min(SPACING))));
    }
    let start = sqlx::query(
        "INSERT INTO stockbot.identify_gate AS gate (application_id, key, window_ends_at, used, total, last_at)
         VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), 1, $4, clock_timestamp())
         ON CONFLICT (application_id, key) DO UPDATE
         SET used = CASE WHEN gate.window_ends_at > clock_timestamp() THEN gate.used + 1 ELSE 1 END,
             window_ends_at = CASE WHEN gate.window_ends_at > clock_timestamp() THEN gate.window_ends_at
                                   ELSE excluded.window_ends_at END,
             total = excluded.total, last_at = excluded.last_at",
    );
    let start = start.bind(application).bind(key).bind(seconds(budget.reset_after)).bind(budget.total);
    tx.execute(start).await?;
    tx.commit().await?;
    Ok(Permit::Granted { left: left - 1 })
}
