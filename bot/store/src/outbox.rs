//! The outbox: what Discord is owed, written in the transaction that owes it and worked off under leases.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stockbot_config::Locale;

use crate::{ShopId, Store, StoreError};

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

/// Claims due jobs of a bot, oldest first.
pub async fn claim_jobs(
    _store: &Store,
    _bot: &str,
    _owner: &str,
    _lease: Duration,
    _limit: i64,
) -> Result<Vec<OutboxJob>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// To be called right before Discord is: writes the start of the send down. `false`: the lease is over or the job was cancelled;
/// do not send.
pub async fn job_sending(_store: &Store, _job: &OutboxJob) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The send that [`job_sending`] announced surely did not happen.
pub async fn job_not_sent(_store: &Store, _job: &OutboxJob) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Done. A delivery makes its order delivered in the same transaction. `false`: somebody else holds the job now.
pub async fn job_done(
    _store: &Store,
    _job: &OutboxJob,
    _discord_message_id: Option<u64>,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Not done; due again after `after`. `false`: somebody else holds the job now.
pub async fn job_retry(
    _store: &Store,
    _job: &OutboxJob,
    _after: Duration,
    _error: &str,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Given up; the order stays deliverable by `/orders` and refundable. `false`: somebody else holds the job now.
pub async fn job_failed(_store: &Store, _job: &OutboxJob, _error: &str) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Jobs of a bot that are neither done nor given up.
pub async fn outbox_depth(_store: &Store, _bot: &str) -> Result<i64, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
