//! The outbox: what Discord is owed, written in the transaction that owes it and worked off under leases.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stockbot_config::Locale;

use crate::{
    ShopId, Store, StoreError,
    db::{Sql, Word as _, get, id, read_word, seconds, words},
    prune,
};

/// What is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxKind {
    /// The goods, by direct message.
    Delivery,
    /// The final reply to the buyer.
    Receipt,
    /// The public post.
    HistoryPost,
    /// The line in the log channel.
    LogPost,
    /// The buyer's role.
    BuyerRole,
}

words!(OutboxKind {
    Delivery = "delivery",
    Receipt = "receipt",
    HistoryPost = "history_post",
    LogPost = "log_post",
    BuyerRole = "buyer_role",
});

/// The nonce of an order's job, the same for every attempt: at most 8 + 1 + 12 of Discord's 25 characters.
pub(crate) fn nonce(order_id: &str, kind: OutboxKind) -> String {
    format!("{order_id}-{}", kind.word())
}

/// Payload of the jobs that a sale leaves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalePayload {
    /// Buyer.
    pub user_id: u64,
    /// In-game name at the time of sale.
    pub grow_id: String,
    /// The interaction that bought.
    pub interaction_id: u64,
    /// Its token, for 15 minutes; empty afterwards, and where nothing is answered.
    pub token: String,
    /// The buyer's language.
    pub locale: Locale,
    /// Balance after the sale.
    pub balance: i64,
    /// Channel to post to, for posts.
    pub channel_id: Option<u64>,
    /// Guild and role, for the role.
    pub role: Option<(u64, u64)>,
}

/// A claimed job. It is the caller's until the lease ends; its `attempts` number fences out whoever held it before.
#[derive(Clone, PartialEq)]
pub struct OutboxJob {
    /// Key.
    pub id: i64,
    /// Shop.
    pub shop: ShopId,
    /// What is owed.
    pub kind: OutboxKind,
    /// For which order.
    pub order_id: Option<String>,
    /// [`SalePayload`] for the jobs of a sale.
    pub payload: Value,
    /// Number of this attempt, from 1.
    pub attempts: i32,
    /// At most 25 characters, the same for every attempt.
    pub nonce: String,
    /// Discord application of the bot.
    pub application_id: u64,
    /// When it was owed.
    pub created_at: Timestamp,
    /// When a send whose outcome is unknown was started first; `None` = surely not sent yet.
    pub sent_at: Option<Timestamp>,
    /// Holder of the lease.
    pub owner: String,
}

/// How many jobs of a kind somebody has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// The kind.
    pub kind: OutboxKind,
    /// So many, at most.
    pub jobs: i64,
}

/// Claims due jobs of a bot, each kind on its own and oldest first; none for the channels `busy`.
pub async fn claim_jobs(
    store: &Store,
    bot: &str,
    owner: &str,
    lease: Duration,
    rooms: &[Room],
    busy: &[u64],
) -> Result<Vec<OutboxJob>, StoreError> {
    let (kinds, jobs): (Vec<String>, Vec<i64>) =
        rooms.iter().map(|room| (room.kind.word().to_owned(), room.jobs)).unzip();
    let busy: Vec<String> = busy.iter().map(u64::to_string).collect();
    let sql = sqlx::query!(
        r#"WITH due AS (
            SELECT j.id FROM unnest($4::text[], $5::bigint[]) AS room (kind, jobs), LATERAL (
                SELECT o.id FROM stockbot.outbox o
                WHERE o.bot = $1 AND o.kind = room.kind AND o.state = 'pending' AND o.next_at <= now()
                    AND (o.payload->>'channel_id' = ANY($6::text[])) IS NOT TRUE
                ORDER BY o.next_at, o.id LIMIT room.jobs FOR NO KEY UPDATE SKIP LOCKED
            ) j
        )
        UPDATE stockbot.outbox j
        SET attempts = attempts + 1, lease_owner = $2,
            lease_until = now() + make_interval(secs => $3), next_at = now() + make_interval(secs => $3)
        FROM due WHERE j.id = due.id
        RETURNING j.id, j.shop_id, j.kind, j.order_id, j.payload, j.attempts, j.nonce, j.application_id,
            j.created_at AS "created_at: jiff_sqlx::Timestamp", j.sent_at AS "sent_at: jiff_sqlx::Timestamp""#,
        bot,
        owner,
        seconds(lease),
        &kinds,
        &jobs,
        &busy,
    );
    let mut claimed = Vec::new();
    for row in store.rows(sql).await? {
        claimed.push(OutboxJob {
            id: row.id,
            shop: ShopId(row.shop_id),
            kind: read_word("kind", &row.kind)?,
            order_id: row.order_id,
            payload: row.payload,
            attempts: row.attempts,
            nonce: row.nonce,
            application_id: row.application_id.cast_unsigned(),
            created_at: row.created_at.to_jiff(),
            sent_at: row.sent_at.map(jiff_sqlx::Timestamp::to_jiff),
            owner: owner.to_owned(),
        });
    }
    claimed.sort_unstable_by_key(|job| job.id);
    Ok(claimed)
}

/// A statement about a job that the caller still holds: nobody claimed it since, and it was neither finished nor cancelled.
macro_rules! held {
    ($job:expr, $before:literal, $after:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query!(
            $before + " WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'pending' " + $after,
            $job.id,
            $job.owner,
            $job.attempts,
            $($argument,)*
        )
    };
}
pub(crate) use held;

/// To be called right before Discord is: writes the start of the send down. `false`: the lease is over or the job was cancelled;
/// do not send.
pub async fn job_sending(store: &Store, job: &OutboxJob) -> Result<bool, StoreError> {
    let sql = held!(
        job,
        "UPDATE stockbot.outbox SET sent_at = coalesce(sent_at, now())",
        "AND lease_until > now()"
    );
    Ok(store.execute(sql).await? == 1)
}

/// What is known of a send that [`job_sending`] announced, or that a sale began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It surely did not happen.
    No,
    /// It may have.
    Perhaps,
}

/// Done. `false`: somebody else holds the job now.
pub async fn job_done(
    store: &Store,
    job: &OutboxJob,
    discord_message_id: Option<u64>,
) -> Result<bool, StoreError> {
    Ok(store.execute(done_sql(job, discord_message_id)).await? == 1)
}

pub(crate) fn done_sql(job: &OutboxJob, discord_message_id: Option<u64>) -> Sql<'_> {
    held!(
        job,
        "UPDATE stockbot.outbox SET state = 'done', finished_at = now(), discord_message_id = $4",
        "",
        discord_message_id.map(id)
    )
}

/// Done by one message for all. Those that somebody else holds now are left out; how many were not.
pub async fn jobs_done(
    store: &Store,
    jobs: &[&OutboxJob],
    discord_message_id: u64,
) -> Result<u64, StoreError> {
    let ids: Vec<i64> = jobs.iter().map(|job| job.id).collect();
    let owners: Vec<String> = jobs.iter().map(|job| job.owner.clone()).collect();
    let attempts: Vec<i32> = jobs.iter().map(|job| job.attempts).collect();
    let sql = sqlx::query!(
        "UPDATE stockbot.outbox j SET state = 'done', finished_at = now(), discord_message_id = $4
         FROM unnest($1::bigint[], $2::text[], $3::int[]) AS held (id, owner, attempts)
         WHERE j.id = held.id AND j.lease_owner = held.owner AND j.attempts = held.attempts AND j.state = 'pending'",
        &ids,
        &owners,
        &attempts,
        id(discord_message_id),
    );
    store.execute(sql).await
}

/// Not done; due again after `after`. `false`: somebody else holds the job now.
pub async fn job_retry(
    store: &Store,
    job: &OutboxJob,
    after: Duration,
    error: &str,
    sent: Sent,
) -> Result<bool, StoreError> {
    Ok(store.execute(retry_sql(job, after, error, sent)).await? == 1)
}

pub(crate) fn retry_sql<'q>(job: &'q OutboxJob, after: Duration, error: &'q str, sent: Sent) -> Sql<'q> {
    held!(
        job,
        "UPDATE stockbot.outbox
         SET next_at = now() + make_interval(secs => $4), error = $5, lease_owner = NULL, lease_until = NULL,
            sent_at = CASE WHEN $6 THEN NULL ELSE sent_at END",
        "",
        seconds(after),
        error,
        sent == Sent::No,
    )
}

/// Given up, and surely not sent; the order stays deliverable by `/orders` and refundable, and its receipt, which says so, is
/// due. `false`: somebody else holds the job now.
pub async fn job_failed(store: &Store, job: &OutboxJob, error: &str) -> Result<bool, StoreError> {
    let sql = held!(
        job,
        "WITH job AS (UPDATE stockbot.outbox SET state = 'failed', finished_at = now(), error = $4, sent_at = NULL",
        "RETURNING order_id, kind), receipt AS (
            UPDATE stockbot.outbox r SET next_at = now()
            FROM job WHERE job.kind = 'delivery' AND r.order_id = job.order_id AND r.kind = 'receipt'
                AND r.state = 'pending' AND r.lease_owner IS NULL
        )
        SELECT FROM job",
        error,
    );
    Ok(store.row(sql).await?.is_some())
}

/// Jobs of a bot that are neither done nor given up.
pub async fn outbox_depth(store: &Store, bot: &str) -> Result<i64, StoreError> {
    let sql =
        sqlx::query("SELECT count(*) AS depth FROM stockbot.outbox WHERE bot = $1 AND state = 'pending'");
    get(&store.one(sql.bind(bot)).await?, "depth")
}

/// Blanks the tokens in jobs older than `keep`, and returns in how many.
pub async fn forget_tokens(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    let oldest = r#"UPDATE stockbot.outbox SET payload = payload || '{"token": ""}' WHERE id = ANY(ARRAY(
            SELECT id FROM stockbot.outbox
            WHERE shop_id = $1 AND payload->>'token' <> '' AND created_at < now() - make_interval(secs => $2)
            ORDER BY created_at LIMIT $3
        ))"#;
    prune::prune(store, shop, keep, oldest).await
}

/// Removes finished jobs older than `keep`, and returns how many. Deliveries of orders that are still paid stay: the books say
/// that they are owed.
pub async fn prune_outbox(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    macro_rules! oldest {
        ($which:literal) => {
            concat!(
                "DELETE FROM stockbot.outbox WHERE id = ANY(ARRAY(
                    SELECT id FROM stockbot.outbox
                    WHERE shop_id = $1 AND ",
                $which,
                " AND finished_at < now() - make_interval(secs => $2)
                    ORDER BY finished_at LIMIT $3
                ))"
            )
        };
    }
    // Each has an index of its own.
    let done = prune::prune(store, shop, keep, oldest!("state IN ('done', 'cancelled')")).await?;
    let given_up = oldest!("state = 'failed' AND kind <> 'delivery'");
    Ok(done + prune::prune(store, shop, keep, given_up).await?)
}
