//! Live messages: which Discord message each display is. Written before and after a post, so that a crash never leaves two.

use jiff::Timestamp;

use rand::RngExt as _;
use sqlx::postgres::PgRow;

use crate::{
    ShopId, Store, StoreError,
    db::{get, get_id, get_maybe_id, get_maybe_time, id},
};

/// One display of a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayRow {
    /// Name of the `StockDisplay`.
    pub name: String,
    /// Channel.
    pub channel_id: u64,
    /// The live message; `None` while it is being posted for the first time.
    pub message_id: Option<u64>,
    /// Fingerprint of what was published last; empty before.
    pub content_hash: String,
    /// When.
    pub published_at: Option<Timestamp>,
    /// Nonce of a post that was started and not saved yet.
    pub posting_nonce: Option<String>,
    /// When that post was started.
    pub posting_since: Option<Timestamp>,
}

impl DisplayRow {
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            name: get(row, "name")?,
            channel_id: get_id(row, "channel_id")?,
            message_id: get_maybe_id(row, "message_id")?,
            content_hash: get(row, "content_hash")?,
            published_at: get_maybe_time(row, "published_at")?,
            posting_nonce: get(row, "posting_nonce")?,
            posting_since: get_maybe_time(row, "posting_since")?,
        })
    }
}

/// Outcome of [`reserve_display`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// Post with this nonce; nobody did before.
    Post {
        /// At most 25 characters.
        nonce: String,
    },
    /// A post with this nonce was started and may have reached this channel: look for it there. Not there: post with the same nonce
    /// if the channel is still wanted, else [`forget_display`] and reserve again.
    Recover {
        /// Where it may be; not necessarily the channel that was asked for.
        channel_id: u64,
        /// At most 25 characters.
        nonce: String,
        /// When the post was started.
        since: Timestamp,
    },
    /// The message exists, here or in the channel of the row: edit it, or remove it and [`forget_display`].
    Published(DisplayRow),
}

/// A display's columns, of one bot in its shop.
macro_rules! select {
    ($rest:literal) => {
        sqlx::query(concat!(
            "SELECT name, channel_id, message_id, content_hash, published_at, posting_nonce, posting_since
             FROM stockbot.displays WHERE shop_id = $1 AND bot = $2 ",
            $rest
        ))
    };
}

/// The displays of a bot in its shop, by name.
pub async fn displays(store: &Store, shop: ShopId, bot: &str) -> Result<Vec<DisplayRow>, StoreError> {
    store
        .rows(select!("ORDER BY name COLLATE \"C\"").bind(shop.0).bind(bot))
        .await?
        .iter()
        .map(DisplayRow::from_row)
        .collect()
}

/// To be called before a message is posted.
pub async fn reserve_display(
    store: &Store,
    shop: ShopId,
    bot: &str,
    name: &str,
    channel_id: u64,
) -> Result<Reservation, StoreError> {
    // 16 hexadecimal digits: nobody else in this channel posts with the same nonce.
    let nonce = format!("{:016x}", rand::rng().random::<u64>());
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let insert = sqlx::query(
                "INSERT INTO stockbot.displays (shop_id, bot, name, channel_id, posting_nonce, posting_since)
         VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (shop_id, bot, name) DO NOTHING",
            );
            let insert = insert.bind(shop.0).bind(bot).bind(name).bind(id(channel_id)).bind(&nonce);
            if tx.execute(insert).await? == 1 {
                tx.commit().await?;
                return Ok(Reservation::Post { nonce: nonce.clone() });
            }
            let row = DisplayRow::from_row(
                &tx.one(select!("AND name = $3").bind(shop.0).bind(bot).bind(name)).await?,
            )?;
            Ok(match (row.message_id, row.posting_nonce.clone(), row.posting_since) {
                (None, Some(nonce), Some(since)) => {
                    Reservation::Recover { channel_id: row.channel_id, nonce, since }
                }
                _ => Reservation::Published(row),
            })
        })
        .await
}

/// The message was posted or edited.
pub async fn save_display(
    store: &Store,
    shop: ShopId,
    bot: &str,
    name: &str,
    channel_id: u64,
    message_id: u64,
    content_hash: &str,
) -> Result<(), StoreError> {
    let sql = sqlx::query(
        "INSERT INTO stockbot.displays (shop_id, bot, name, channel_id, message_id, content_hash, published_at)
         VALUES ($1, $2, $3, $4, $5, $6, now())
         ON CONFLICT (shop_id, bot, name) DO UPDATE
         SET channel_id = excluded.channel_id, message_id = excluded.message_id, content_hash = excluded.content_hash,
             published_at = excluded.published_at, posting_nonce = NULL, posting_since = NULL",
    );
    let sql = sql.bind(shop.0).bind(bot).bind(name).bind(id(channel_id)).bind(id(message_id));
    store.execute(sql.bind(content_hash)).await?;
    Ok(())
}

/// The message is gone (removed by us or by somebody else). Only if it is still the one that the row names; `false`: it is not.
pub async fn forget_display(
    store: &Store,
    shop: ShopId,
    bot: &str,
    name: &str,
    message_id: Option<u64>,
) -> Result<bool, StoreError> {
    let sql = sqlx::query(
        "DELETE FROM stockbot.displays
         WHERE shop_id = $1 AND bot = $2 AND name = $3 AND message_id IS NOT DISTINCT FROM $4",
    );
    Ok(store.execute(sql.bind(shop.0).bind(bot).bind(name).bind(message_id.map(id))).await? == 1)
}

/// Has every live message of a bot edited anew by whoever publishes it; how many there are.
pub async fn refresh_displays(store: &Store, shop: ShopId, bot: &str) -> Result<usize, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let forget = "UPDATE stockbot.displays SET content_hash = '' WHERE shop_id = $1 AND bot = $2 AND message_id IS NOT NULL";
            let refreshed = tx.execute(sqlx::query(forget).bind(shop.0).bind(bot)).await?;
            let tell = "INSERT INTO stockbot.change_events (shop_id, kind) VALUES ($1, 'shop')";
            tx.execute(sqlx::query(tell).bind(shop.0)).await?;
            tx.commit().await?;
            Ok(usize::try_from(refreshed).unwrap_or(usize::MAX))
        })
        .await
}
