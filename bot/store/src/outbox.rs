//! The outbox: what Discord is owed, written in the transaction that owes it and worked off under leases.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stockbot_config::Locale;

use sqlx::postgres::PgRow;

use crate::{
    ShopId, Store, StoreError,
    db::{Sql, Word as _, get, get_id, get_maybe_time, get_time, get_word, id, seconds, words},
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
    /// Its token, for 15 minutes.
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
#[derive(Clone)]
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

impl OutboxJob {
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: get(row, "id")?,
            shop: ShopId(get(row, "shop_id")?),
            kind: get_word(row, "kind")?,
            order_id: get(row, "order_id")?,
            payload: get(row, "payload")?,
            attempts: get(row, "attempts")?,
            nonce: get(row, "nonce")?,
            application_id: get_id(row, "application_id")?,
            created_at: get_time(row, "created_at")?,
            sent_at: get_maybe_time(row, "sent_at")?,
            owner: get(row, "lease_owner")?,
        })
    }
}

/// Claims due jobs of a bot, oldest first.
pub async fn claim_jobs(
    store: &Store,
    bot: &str,
    owner: &str,
    lease: Duration,
    limit: i64,
) -> Result<Vec<OutboxJob>, StoreError> {
    let sql = sqlx::query(
        "WITH due AS (
            SELECT id FROM stockbot.outbox
            WHERE bot = $1 AND state = 'pending' AND next_at <= now()
            ORDER BY next_at, id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
        ), claimed AS (
            UPDATE stockbot.outbox j
            SET attempts = attempts + 1, lease_owner = $2,
                lease_until = now() + make_interval(secs => $3), next_at = now() + make_interval(secs => $3)
            FROM due WHERE j.id = due.id
            RETURNING j.id, j.shop_id, j.kind, j.order_id, j.payload, j.attempts, j.nonce, j.application_id, j.created_at,
                j.sent_at, j.lease_owner
        )
        SELECT id, shop_id, kind, order_id, payload, attempts, nonce, application_id, created_at, sent_at, lease_owner
        FROM claimed ORDER BY id",
    );
    let sql = sql.bind(bot).bind(owner).bind(seconds(lease)).bind(limit);
    store.rows(sql).await?.iter().map(OutboxJob::from_row).collect()
}

/// A statement about a job that the caller still holds: nobody claimed it since, and it was neither finished nor cancelled.
macro_rules! held {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'pending' ",
            $after
        )
    };
}

fn about<'q>(job: &'q OutboxJob, sql: &'static str) -> Sql<'q> {
    sqlx::query(sql).bind(job.id).bind(&job.owner).bind(job.attempts)
}

/// To be called right before Discord is: writes the start of the send down. `false`: the lease is over or the job was cancelled;
/// do not send.
pub async fn job_sending(store: &Store, job: &OutboxJob) -> Result<bool, StoreError> {
    let sql =
        held!("UPDATE stockbot.outbox SET sent_at = coalesce(sent_at, now())", "AND lease_until > now()");
    Ok(store.execute(about(job, sql)).await? == 1)
}

/// The send that [`job_sending`] announced surely did not happen.
pub async fn job_not_sent(store: &Store, job: &OutboxJob) -> Result<bool, StoreError> {
    let sql = held!("UPDATE stockbot.outbox SET sent_at = NULL", "");
    Ok(store.execute(about(job, sql)).await? == 1)
}

/// Done. A delivery makes its order delivered in the same transaction. `false`: somebody else holds the job now.
pub async fn job_done(
    store: &Store,
    job: &OutboxJob,
    discord_message_id: Option<u64>,
) -> Result<bool, StoreError> {
    let sql = held!(
        "WITH job AS (UPDATE stockbot.outbox SET state = 'done', finished_at = now(), discord_message_id = $4",
        "RETURNING kind, order_id), delivered AS (
            UPDATE stockbot.orders o SET state = 'delivered', delivered_at = now()
            FROM job WHERE job.kind = 'delivery' AND o.id = job.order_id AND o.state = 'paid'
        )
        SELECT FROM job"
    );
    Ok(store.row(about(job, sql).bind(discord_message_id.map(id))).await?.is_some())
}

/// How goods reached the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveredVia {
    /// By direct message.
    DirectMessage,
    /// Attached to the reply.
    Reply,
    /// Not sent: the buyer fetches or has fetched them with `/orders`.
    Orders,
}

words!(DeliveredVia { DirectMessage = "dm", Reply = "reply", Orders = "orders" });

/// The goods have arrived: the job is done and its order delivered, in one transaction. The receipt becomes due at once.
/// `false`: somebody else holds the job now.
pub async fn job_delivered(
    store: &Store,
    job: &OutboxJob,
    via: DeliveredVia,
    discord_message_id: Option<u64>,
) -> Result<bool, StoreError> {
    let sql = held!(
        "WITH job AS (UPDATE stockbot.outbox SET state = 'done', finished_at = now(), discord_message_id = $4",
        "RETURNING order_id), delivered AS (
            UPDATE stockbot.orders o SET state = 'delivered', delivered_at = now(), delivered_via = $5
            FROM job WHERE o.id = job.order_id AND o.state = 'paid'
        ), receipt AS (
            UPDATE stockbot.outbox r SET next_at = now()
            FROM job WHERE r.order_id = job.order_id AND r.kind = 'receipt' AND r.state = 'pending' AND r.lease_owner IS NULL
        )
        SELECT FROM job"
    );
    let sql = about(job, sql).bind(discord_message_id.map(id)).bind(via.word());
    Ok(store.row(sql).await?.is_some())
}

/// How the goods of an order went; `None` while that is open.
pub async fn delivery_of(
    store: &Store,
    shop: ShopId,
    order_id: &str,
) -> Result<Option<DeliveredVia>, StoreError> {
    let sql = sqlx::query(
        "SELECT coalesce(o.delivered_via, CASE WHEN o.state <> 'paid' OR j.state <> 'pending' THEN 'orders' END) AS via
         FROM stockbot.orders o LEFT JOIN stockbot.outbox j ON j.order_id = o.id AND j.kind = 'delivery'
         WHERE o.shop_id = $1 AND o.id = $2",
    );
    match store.row(sql.bind(shop.0).bind(order_id)).await? {
        Some(row) if get::<Option<String>>(&row, "via")?.is_some() => get_word(&row, "via").map(Some),
        _ => Ok(None),
    }
}

/// Not done; due again after `after`. `false`: somebody else holds the job now.
pub async fn job_retry(
    store: &Store,
    job: &OutboxJob,
    after: Duration,
    error: &str,
) -> Result<bool, StoreError> {
    let sql = held!(
        "UPDATE stockbot.outbox
         SET next_at = now() + make_interval(secs => $4), error = $5, lease_owner = NULL, lease_until = NULL",
        ""
    );
    Ok(store.execute(about(job, sql).bind(seconds(after)).bind(error)).await? == 1)
}

/// Given up; the order stays deliverable by `/orders` and refundable. `false`: somebody else holds the job now.
pub async fn job_failed(store: &Store, job: &OutboxJob, error: &str) -> Result<bool, StoreError> {
    let sql = held!("UPDATE stockbot.outbox SET state = 'failed', finished_at = now(), error = $4", "");
    Ok(store.execute(about(job, sql).bind(error)).await? == 1)
}

/// Jobs of a bot that are neither done nor given up.
pub async fn outbox_depth(store: &Store, bot: &str) -> Result<i64, StoreError> {
    let sql =
        sqlx::query("SELECT count(*) AS depth FROM stockbot.outbox WHERE bot = $1 AND state = 'pending'");
    get(&store.one(sql.bind(bot)).await?, "depth")
}

/// Removes finished jobs (and with them their tokens) older than `keep`, and returns how many. Deliveries of orders that are still
/// paid stay: the books say that they are owed.
pub async fn prune_outbox(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    let sql = sqlx::query(
        "DELETE FROM stockbot.outbox
         WHERE shop_id = $1 AND state IN ('done', 'cancelled') AND finished_at < now() - make_interval(secs => $2)",
    );
    store.execute(sql.bind(shop.0).bind(seconds(keep))).await
}
