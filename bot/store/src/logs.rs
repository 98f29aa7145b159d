//! Logs for people: every command (`discord_command_logs`) and the append-only audit trail (`discord_audit_logs`).

use std::time::Duration;

use serde_json::Value;

use crate::{Actor, ShopId, Store, StoreError};

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
    /// `success`, `refused` or `error`.
    pub outcome: String,
    /// From arrival to the answer.
    pub duration: Duration,
    /// What went wrong.
    pub error: Option<String>,
}

/// How much an audit entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

/// Logs a command.
pub async fn log_command(_store: &Store, _log: &CommandLog) -> Result<(), StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Appends to the audit trail.
#[expect(clippy::too_many_arguments, reason = "each is a different kind of thing and all are needed")]
pub async fn audit_log(
    _store: &Store,
    _shop: ShopId,
    _severity: Severity,
    _action: &str,
    _actor: &Actor,
    _target: &str,
    _details: &Value,
) -> Result<(), StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
