//! Deliveries: jobs of the outbox whose end makes their order delivered.

use crate::{
    OutboxJob, ShopId, Store, StoreError,
    db::{Sql, Word as _, get, get_word, id, words},
    outbox::held,
};

/// How goods reached the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveredVia {
    /// By direct message.
    DirectMessage,
    /// Attached to the reply.
    Reply,
    /// Not sent: the buyer fetches or has fetched them with `/orders`.
    Orders,
}

words!(DeliveredVia { DirectMessage = "dm", Reply = "reply", Orders = "orders" });

/// The goods have arrived: the job is done and its order delivered, in one transaction. The receipt becomes due at once.
/// `false`: somebody else holds the job now.
pub async fn job_delivered(
    store: &Store,
    job: &OutboxJob,
    via: DeliveredVia,
    discord_message_id: Option<u64>,
) -> Result<bool, StoreError> {
    Ok(store.row(delivered_sql(job, via, discord_message_id)).await?.is_some())
}

/// Gives a row if the job was still held.
pub(crate) fn delivered_sql(job: &OutboxJob, via: DeliveredVia, discord_message_id: Option<u64>) -> Sql<'_> {
    held!(
        job,
        "WITH job AS (UPDATE stockbot.outbox SET state = 'done', finished_at = now(), discord_message_id = $4",
        "RETURNING order_id), delivered AS (
            UPDATE stockbot.orders o SET state = 'delivered', delivered_at = now(), delivered_via = $5
            FROM job WHERE o.id = job.order_id AND o.state = 'paid'
        ), receipt AS (
            UPDATE stockbot.outbox r SET next_at = now()
            FROM job WHERE r.order_id = job.order_id AND r.kind = 'receipt' AND r.state = 'pending' AND r.lease_owner IS NULL
        )
        SELECT FROM job",
        discord_message_id.map(id),
        via.word(),
    )
}

/// How the goods of an order went; `None` while that is open.
pub async fn delivery_of(
    store: &Store,
    shop: ShopId,
    order_id: &str,
) -> Result<Option<DeliveredVia>, StoreError> {
    let sql = sqlx::query(
        "SELECT coalesce(o.delivered_via, CASE WHEN o.state <> 'paid' OR j.state <> 'pending' THEN 'orders' END) AS via
         FROM stockbot.orders o LEFT JOIN stockbot.outbox j ON j.order_id = o.id AND j.kind = 'delivery'
         WHERE o.shop_id = $1 AND o.id = $2",
    );
    match store.row(sql.bind(shop.0).bind(order_id)).await? {
        Some(row) if get::<Option<String>>(&row, "via")?.is_some() => get_word(&row, "via").map(Some),
        _ => Ok(None),
    }
}

/// Something has replaced the receipt of an order since it was shown: it is owed once more.
pub async fn receipt_again(store: &Store, shop: ShopId, order_id: &str) -> Result<(), StoreError> {
    let sql = sqlx::query(
        "UPDATE stockbot.outbox SET state = 'pending', finished_at = NULL, next_at = now(), lease_owner = NULL, lease_until = NULL
         WHERE shop_id = $1 AND order_id = $2 AND kind = 'receipt' AND state = 'done'",
    );
    store.execute(sql.bind(shop.0).bind(order_id)).await.map(drop)
}
