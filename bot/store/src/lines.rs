//! Lines of text that a channel is owed: jobs of the outbox that carry their words.

use crate::{
    ShopId, Store, StoreError,
    db::{Sql, id},
};

/// Owes a channel a line of text, once per nonce.
pub async fn owe_line(
    store: &Store,
    shop: ShopId,
    (bot, application_id): (&str, u64),
    channel_id: u64,
    nonce: &str,
    text: &str,
) -> Result<(), StoreError> {
    store.execute(line_sql(shop, (bot, application_id), channel_id, nonce, text)).await.map(drop)
}

pub(crate) fn line_sql<'q>(
    shop: ShopId,
    (bot, application_id): (&'q str, u64),
    channel_id: u64,
    nonce: &'q str,
    text: &str,
) -> Sql<'q> {
    let sql = sqlx::query(
        "INSERT INTO stockbot.outbox (shop_id, bot, application_id, kind, payload, nonce)
         VALUES ($1, $2, $3, 'log_post', $4, $5) ON CONFLICT (bot, nonce) DO NOTHING",
    );
    let payload = serde_json::json!({"channel_id": channel_id, "text": text});
    sql.bind(shop.0).bind(bot).bind(id(application_id)).bind(payload).bind(nonce)
}
