//! The direct channel between an application and a user: opened once, then kept. It belongs to no shop: bots of one application
//! share it.

use crate::{
    Store, StoreError,
    db::{Sql, get_maybe_id, id},
};

/// The channel, if it was opened before.
pub async fn direct_channel(store: &Store, application: u64, user: u64) -> Result<Option<u64>, StoreError> {
    let sql = sqlx::query(
        "SELECT channel_id FROM stockbot.direct_channels WHERE application_id = $1 AND user_id = $2",
    );
    let row = store.row(sql.bind(id(application)).bind(id(user))).await?;
    row.map_or(Ok(None), |row| get_maybe_id(&row, "channel_id"))
}

/// Keeps a channel that Discord has opened.
pub async fn keep_direct_channel(
    store: &Store,
    application: u64,
    user: u64,
    channel: u64,
) -> Result<(), StoreError> {
    store.execute(keep_sql(application, user, channel)).await.map(drop)
}

pub(crate) fn keep_sql<'q>(application: u64, user: u64, channel: u64) -> Sql<'q> {
    sqlx::query(
        "INSERT INTO stockbot.direct_channels (application_id, user_id, channel_id) VALUES ($1, $2, $3)
         ON CONFLICT (application_id, user_id)
         DO UPDATE SET channel_id = EXCLUDED.channel_id, opened_at = EXCLUDED.opened_at",
    )
    .bind(id(application))
    .bind(id(user))
    .bind(id(channel))
}

/// Discord does not know the channel any more.
pub async fn forget_direct_channel(store: &Store, application: u64, user: u64) -> Result<(), StoreError> {
    let sql = sqlx::query("DELETE FROM stockbot.direct_channels WHERE application_id = $1 AND user_id = $2");
    store.execute(sql.bind(id(application)).bind(id(user))).await.map(drop)
}
