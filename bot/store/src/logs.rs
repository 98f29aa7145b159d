//! Logs for people: every command (`discord_command_logs`) and the append-only audit trail (`discord_audit_logs`).

use std::time::Duration;

use serde_json::Value;

use crate::{
    Actor, ShopId, Store, StoreError,
    db::{Sql, Tx, Word as _, id, words},
    prune,
};

/// One command or click.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandLog {
    /// Shop.
    pub shop: ShopId,
    /// Bot, `<namespace>/<name>`.
    pub bot: String,
    /// Interaction; logged once.
    pub interaction_id: Option<u64>,
    /// Who.
    pub user_id: u64,
    /// Name at that time.
    pub user_name: String,
    /// Where.
    pub channel_id: Option<u64>,
    /// Where.
    pub guild_id: Option<u64>,
    /// Command or custom id.
    pub command: String,
    /// Arguments; no secrets, no goods.
    pub arguments: Value,
    /// How it ended.
    pub outcome: CommandOutcome,
    /// From arrival to the answer.
    pub duration: Duration,
    /// What went wrong.
    pub error: Option<String>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// Done.
    Success,
    /// Not done, for a reason that the user was told.
    Refused,
    /// Not done, because something broke.
    Error,
}

words!(CommandOutcome { Success = "success", Refused = "refused", Error = "error" });

/// How much an audit entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

words!(Severity { Info = "info", Warning = "warning", Critical = "critical" });

/// Logs a command; once per interaction.
pub async fn log_command(store: &Store, log: &CommandLog) -> Result<(), StoreError> {
    store.execute(command_sql(log)).await.map(drop)
}

pub(crate) fn command_sql(log: &CommandLog) -> Sql<'_> {
    let duration = i64::try_from(log.duration.as_millis()).unwrap_or(i64::MAX);
    sqlx::query!(
        "INSERT INTO stockbot.discord_command_logs
            (shop_id, bot, interaction_id, user_id, user_name, channel_id, guild_id,
             command, arguments, outcome, duration_ms, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (interaction_id) DO NOTHING",
        log.shop.0,
        log.bot,
        log.interaction_id.map(id),
        id(log.user_id),
        log.user_name,
        log.channel_id.map(id),
        log.guild_id.map(id),
        log.command,
        log.arguments,
        log.outcome.word(),
        duration,
        log.error.as_deref(),
    )
}

/// One line of the audit trail.
pub(crate) struct Entry<'a> {
    pub shop: ShopId,
    pub severity: Severity,
    pub action: &'a str,
    pub actor: &'a Actor,
    pub target: &'a str,
    pub details: &'a Value,
}

impl Entry<'_> {
    fn sql(&self) -> Sql<'_> {
        let sql = sqlx::query(
            "INSERT INTO stockbot.discord_audit_logs
                (shop_id, severity, action, actor_id, actor_name, target, details)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        );
        let sql = sql.bind(self.shop.0).bind(self.severity.word()).bind(self.action);
        sql.bind(id(self.actor.user_id)).bind(&self.actor.name).bind(self.target).bind(self.details)
    }
}

/// Appends to the audit trail within the transaction that does what is audited. The last lock a transaction takes: everybody who
/// appends to this shop's trail waits until it commits.
pub(crate) async fn append(tx: &mut Tx, entry: &Entry<'_>) -> Result<(), StoreError> {
    tx.execute(entry.sql()).await?;
    Ok(())
}

/// Appends something to the audit trail that has no transaction of its own.
pub async fn audit_log(
    store: &Store,
    shop: ShopId,
    severity: Severity,
    action: &str,
    actor: &Actor,
    target: &str,
    details: &Value,
) -> Result<(), StoreError> {
    store.execute(Entry { shop, severity, action, actor, target, details }.sql()).await?;
    Ok(())
}

/// Removes audit entries older than `keep`, but never the newest, and returns how many.
pub async fn prune_audit_log(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    // A row for each entry removed, as a DELETE would count them.
    let oldest = "SELECT FROM generate_series(1, stockbot.prune_audit_logs($1, make_interval(secs => $2), $3)) AS pruned";
    prune::prune(store, shop, keep, oldest).await
}

/// Removes command logs older than `keep` and returns how many.
pub async fn prune_command_log(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    let oldest = "DELETE FROM stockbot.discord_command_logs WHERE id = ANY(ARRAY(
            SELECT id FROM stockbot.discord_command_logs
            WHERE shop_id = $1 AND created_at < now() - make_interval(secs => $2)
            ORDER BY created_at LIMIT $3
        ))";
    prune::prune(store, shop, keep, oldest).await
}
