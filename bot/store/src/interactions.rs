//! Interactions: written down by their id before any effect, so that repeats do nothing and any pod can finish them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use stockbot_config::Locale;

use sqlx::postgres::PgRow;

use crate::{
    CommandLog, ShopId, Store, StoreError,
    db::{Sql, Word as _, get, get_id, get_maybe_id, get_time, get_word, id as key, seconds, words},
    logs::command_sql,
    prune,
};

/// An interaction as it arrives.
#[derive(Clone)]
pub struct NewInteraction {
    /// Discord's id.
    pub id: u64,
    /// Shop.
    pub shop: ShopId,
    /// Receiving bot, `<namespace>/<name>`.
    pub bot: String,
    /// Its application.
    pub application_id: u64,
    /// Works for 15 minutes; kept until the interaction has ended.
    pub token: String,
    /// What it is about, like `purchase`.
    pub kind: String,
    /// Custom id of the button, or name of the command.
    pub custom_id: String,
    /// Who.
    pub user_id: u64,
    /// Where.
    pub channel_id: Option<u64>,
    /// Where.
    pub guild_id: Option<u64>,
    /// The user's language.
    pub locale: Locale,
    /// Receiving pod.
    pub pod: String,
    /// What is needed to finish it elsewhere.
    pub payload: Value,
}

/// How an interaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InteractionEnd {
    /// Answered.
    Finished,
    /// Discord did not take the acknowledgement in time; nothing was done.
    TooLate,
    /// Given up.
    Failed,
}

words!(InteractionEnd { Finished = "finished", TooLate = "too_late", Failed = "failed" });

/// An interaction that nobody finished, claimed by the caller.
#[derive(Clone)]
#[expect(missing_docs, reason = "as in NewInteraction")]
pub struct UnfinishedInteraction {
    pub id: u64,
    pub shop: ShopId,
    pub application_id: u64,
    pub token: String,
    pub kind: String,
    pub custom_id: String,
    pub user_id: u64,
    pub channel_id: Option<u64>,
    pub guild_id: Option<u64>,
    pub locale: Locale,
    pub payload: Value,
    /// When it arrived; the token works for 15 minutes from then.
    pub received_at: Timestamp,
    /// Discord took the acknowledgement for sure; else it has to be asked.
    pub acknowledged: bool,
}

impl UnfinishedInteraction {
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: get_id(row, "id")?,
            shop: ShopId(get(row, "shop_id")?),
            application_id: get_id(row, "application_id")?,
            token: get(row, "token")?,
            kind: get(row, "kind")?,
            custom_id: get(row, "custom_id")?,
            user_id: get_id(row, "user_id")?,
            channel_id: get_maybe_id(row, "channel_id")?,
            guild_id: get_maybe_id(row, "guild_id")?,
            locale: get_word(row, "locale")?,
            payload: get(row, "payload")?,
            received_at: get_time(row, "received_at")?,
            acknowledged: get(row, "acknowledged")?,
        })
    }
}

/// Ends an interaction with what was answered, and logs it. The first end stays; `false`: it had ended before.
pub async fn finish_interaction(
    store: &Store,
    id: u64,
    end: InteractionEnd,
    response: &Value,
    log: Option<&CommandLog>,
) -> Result<bool, StoreError> {
    let Some(log) = log else { return Ok(store.execute(finished_sql(id, end, response)).await? == 1) };
    let transaction = async || {
        let mut tx = store.begin().await?;
        let ended = tx.execute(finished_sql(id, end, response)).await? == 1;
        tx.execute(command_sql(log)).await?;
        tx.commit().await?;
        Ok(ended)
    };
    store.whole(transaction).await
}

pub(crate) fn finished_sql(id: u64, end: InteractionEnd, response: &Value) -> Sql<'_> {
    sqlx::query!(
        "UPDATE stockbot.interactions SET state = $2, response = $3, finished_at = now(), lease_until = NULL, token = ''
         WHERE id = $1 AND state IN ('received', 'acknowledged')",
        key(id),
        end.word(),
        response,
    )
}

/// Claims interactions of a bot that arrived more than `older_than` ago and that nobody finished, oldest first. Each is handed to
/// one caller until `lease` is over.
pub async fn unfinished_interactions(
    store: &Store,
    bot: &str,
    owner: &str,
    older_than: Duration,
    lease: Duration,
    limit: i64,
) -> Result<Vec<UnfinishedInteraction>, StoreError> {
    let sql = sqlx::query(
        "WITH due AS (
            SELECT id FROM stockbot.interactions
            WHERE bot = $1 AND state IN ('received', 'acknowledged')
                AND received_at < now() - make_interval(secs => $3)
                AND (lease_until IS NULL OR lease_until <= now())
            ORDER BY received_at LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED
        ), claimed AS (
            UPDATE stockbot.interactions i SET lease_owner = $2, lease_until = now() + make_interval(secs => $4)
            FROM due WHERE i.id = due.id
            RETURNING i.id, i.shop_id, i.application_id, i.token, i.kind, i.custom_id, i.user_id, i.channel_id, i.guild_id,
                i.locale, i.payload, i.received_at, i.state
        )
        SELECT id, shop_id, application_id, token, kind, custom_id, user_id, channel_id, guild_id, locale, payload, received_at,
            state = 'acknowledged' AS acknowledged
        FROM claimed ORDER BY received_at, id",
    );
    let sql = sql.bind(bot).bind(owner).bind(seconds(older_than)).bind(seconds(lease));
    store.rows(sql.bind(limit)).await?.iter().map(UnfinishedInteraction::from_row).collect()
}

/// Blanks the tokens of interactions older than `keep`, and returns how many.
pub async fn forget_tokens(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    let oldest = "UPDATE stockbot.interactions SET token = '' WHERE id = ANY(ARRAY(
            SELECT id FROM stockbot.interactions
            WHERE shop_id = $1 AND token <> '' AND received_at < now() - make_interval(secs => $2)
            ORDER BY received_at LIMIT $3
        ))";
    prune::prune(store, shop, keep, oldest).await
}

/// Removes interactions (and with them their payloads and answers) older than `keep`, and returns how many.
pub async fn prune_interactions(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    let oldest = "DELETE FROM stockbot.interactions WHERE id = ANY(ARRAY(
            SELECT id FROM stockbot.interactions
            WHERE shop_id = $1 AND received_at < now() - make_interval(secs => $2)
            ORDER BY received_at LIMIT $3
        ))";
    prune::prune(store, shop, keep, oldest).await
}
