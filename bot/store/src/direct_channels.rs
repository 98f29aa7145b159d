//! The direct channel between an application and a user: opened once, then kept. It belongs to no shop: bots of one application
//! share it.

use std::time::Duration;

use crate::{
    Store, StoreError,
    db::{Sql, get_maybe_id, id, seconds},
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
    sqlx::query!(
        "INSERT INTO stockbot.direct_channels (application_id, user_id, channel_id) VALUES ($1, $2, $3)
         ON CONFLICT (application_id, user_id)
         DO UPDATE SET channel_id = EXCLUDED.channel_id, opened_at = EXCLUDED.opened_at",
        id(application),
        id(user),
        id(channel),
    )
}

/// Discord does not know the channel any more.
pub async fn forget_direct_channel(store: &Store, application: u64, user: u64) -> Result<(), StoreError> {
    let sql = sqlx::query("DELETE FROM stockbot.direct_channels WHERE application_id = $1 AND user_id = $2");
    store.execute(sql.bind(id(application)).bind(id(user))).await.map(drop)
}

/// Direct channels that were opened a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Openings {
    /// How many, by any pod.
    pub count: u64,
    /// When all of them are longer ago.
    pub over_in: Duration,
}

/// What an application's pods have opened within `window`; that of a pod which died in the middle of a delivery counts as well.
pub async fn recent_openings(
    store: &Store,
    application: u64,
    bot: &str,
    window: Duration,
) -> Result<Openings, StoreError> {
    let row = sqlx::query!(
        r#"WITH opened AS (
            SELECT opened_at AS at FROM stockbot.direct_channels
            WHERE application_id = $1 AND opened_at > now() - make_interval(secs => $3)
            UNION ALL
            SELECT j.sent_at FROM stockbot.outbox j
            WHERE j.bot = $2 AND j.kind = 'delivery' AND j.state = 'pending'
                AND j.sent_at > now() - make_interval(secs => $3)
                AND NOT EXISTS (
                    SELECT FROM stockbot.direct_channels d
                    WHERE d.application_id = $1 AND d.user_id = (j.payload->>'user_id')::bigint
                )
        )
        SELECT count(*) AS "count!",
            coalesce(extract(epoch FROM max(at) - now()) + $3, 0)::float8 AS "over_in!"
        FROM opened"#,
        id(application),
        bot,
        seconds(window),
    );
    let row = store.one(row).await?;
    let over_in = Duration::try_from_secs_f64(row.over_in).unwrap_or(window);
    Ok(Openings { count: row.count.cast_unsigned(), over_in })
}
