//! Live messages that are not wanted any more and could not be removed yet. Kept until they are gone, through restarts.

use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::{
    ShopId, Store, StoreError,
    db::{get, get_id, get_maybe_id, get_time},
};

/// A message that is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    id: i64,
    /// Name of the `StockDisplay` that it was.
    pub name: String,
    /// Where it is.
    pub channel_id: u64,
    /// The message; `None`: a post whose answer never came, to be looked for among what was posted after `since`.
    pub message_id: Option<u64>,
    /// When it was given up, or its post begun.
    pub since: Timestamp,
}

impl Leftover {
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: get(row, "id")?,
            name: get(row, "name")?,
            channel_id: get_id(row, "channel_id")?,
            message_id: get_maybe_id(row, "message_id")?,
            since: get_time(row, "since")?,
        })
    }
}

/// Gives the message of a display up, so that the display can have another one; it stays a leftover of the bot until
/// [`forget_leftover`]. Does nothing when the display has none.
pub async fn leave_display(store: &Store, shop: ShopId, bot: &str, name: &str) -> Result<(), StoreError> {
    let sql = sqlx::query(
        "WITH left_behind AS (
            DELETE FROM stockbot.displays WHERE shop_id = $1 AND bot = $2 AND name = $3
            RETURNING channel_id, message_id, posting_since
        )
        INSERT INTO stockbot.display_leftovers (shop_id, bot, name, channel_id, message_id, since)
        SELECT $1, $2, $3, channel_id, message_id, coalesce(posting_since, now()) FROM left_behind",
    );
    store.execute(sql.bind(shop.0).bind(bot).bind(name)).await?;
    Ok(())
}

/// What a bot has left behind, oldest first.
pub async fn leftovers(store: &Store, shop: ShopId, bot: &str) -> Result<Vec<Leftover>, StoreError> {
    let sql = sqlx::query(
        "SELECT id, name, channel_id, message_id, since FROM stockbot.display_leftovers
         WHERE shop_id = $1 AND bot = $2 ORDER BY id",
    );
    store.rows(sql.bind(shop.0).bind(bot)).await?.iter().map(Leftover::from_row).collect()
}

/// The message is gone.
pub async fn forget_leftover(store: &Store, shop: ShopId, leftover: &Leftover) -> Result<(), StoreError> {
    let sql = sqlx::query("DELETE FROM stockbot.display_leftovers WHERE shop_id = $1 AND id = $2");
    store.execute(sql.bind(shop.0).bind(leftover.id)).await?;
    Ok(())
}
