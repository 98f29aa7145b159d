//! Which set of slash commands is registered with Discord, so that a restart registers nothing.

use crate::{
    Store, StoreError,
    db::{get, id},
};

/// Fingerprint of the commands registered last.
pub async fn command_fingerprint(
    store: &Store,
    application_id: u64,
    guild_id: u64,
) -> Result<Option<String>, StoreError> {
    let sql = sqlx::query(
        "SELECT fingerprint FROM stockbot.command_sets WHERE application_id = $1 AND guild_id = $2",
    );
    let row = store.row(sql.bind(id(application_id)).bind(id(guild_id))).await?;
    row.map(|row| get(&row, "fingerprint")).transpose()
}

/// Remembers that these commands are registered.
pub async fn save_command_fingerprint(
    store: &Store,
    application_id: u64,
    guild_id: u64,
    fingerprint: &str,
) -> Result<(), StoreError> {
    let sql = sqlx::query(
        "INSERT INTO stockbot.command_sets (application_id, guild_id, fingerprint) VALUES ($1, $2, $3)
         ON CONFLICT (application_id, guild_id)
         DO UPDATE SET fingerprint = excluded.fingerprint, registered_at = now()",
    );
    store.execute(sql.bind(id(application_id)).bind(id(guild_id)).bind(fingerprint)).await?;
    Ok(())
}
