//! Refunds: the money of an undelivered order goes back to its buyer and the units back to the stock, once. Must not: refund what
//! may have been delivered.

use serde_json::json;

use crate::{
    Actor, Order, OrderState, Severity, ShopId, Store, StoreError, TransferKind,
    db::{Tx, capitals, get},
    logs::{Entry, append},
    orders::{DeliveryState, lock_delivery, lock_order, order_within},
    transfer::{Transfer, lock_account, post},
};

/// Outcome of [`refund`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refund {
    /// Money is back, units are for sale again, nothing will be delivered.
    Done {
        /// As it is now.
        order: Box<Order>,
        /// The buyer's balance now.
        balance: i64,
    },
    /// Refunded before; nothing changed.
    AlreadyRefunded,
    /// The goods were handed over; nothing changed.
    Delivered,
    /// A delivery was started and its outcome is not known yet; nothing changed, try again later.
    InDelivery,
    /// No such order in this shop.
    UnknownOrder,
}

/// Gives the money of an undelivered order back and its units back to the stock, once. Audited as `order.refund`.
pub async fn refund(
    store: &Store,
    shop: ShopId,
    order_id: &str,
    external_id: &str,
    actor: &Actor,
) -> Result<Refund, StoreError> {
    let transaction = async || {
        let mut tx = store.begin().await?;
        let buyer = "SELECT customer_id FROM stockbot.orders WHERE shop_id = $1 AND id = $2";
        let Some(row) = tx.row(sqlx::query(buyer).bind(shop.0).bind(capitals(order_id))).await? else {
            return Ok(Refund::UnknownOrder);
        };
        let customer_id = get(&row, "customer_id")?;
        let Some(account) = lock_account(&mut tx, shop, customer_id).await? else {
            return Err(StoreError::Corrupt(format!("customer {customer_id} has no account")));
        };
        let job = lock_delivery(&mut tx, shop, order_id).await?;
        let Some(order) = lock_order(&mut tx, shop, order_id).await? else { return Ok(Refund::UnknownOrder) };
        match order.state {
            OrderState::Refunded => return Ok(Refund::AlreadyRefunded),
            OrderState::Delivered => return Ok(Refund::Delivered),
            OrderState::Paid if job.is_some_and(|j| j.state == DeliveryState::Begun) => {
                return Ok(Refund::InDelivery);
            }
            OrderState::Paid => {}
        }
        undo(&mut tx, &order.id).await?;
        let (kind, amount) = (TransferKind::Refund, order.total);
        let transfer = Transfer { shop, kind, external_id, order_id: Some(&order.id), amount };
        let balance = post(&mut tx, &account, &transfer).await?;
        let details = json!({ "total": order.total, "customer": customer_id, "external_id": external_id });
        let (severity, action, target) = (Severity::Warning, "order.refund", order.id.as_str());
        append(&mut tx, &Entry { shop, severity, action, actor, target, details: &details }).await?;
        let order = Box::new(order_within(&mut tx, shop, &order.id).await?);
        tx.commit().await?;
        Ok(Refund::Done { order, balance })
    };
    store.whole(transaction).await
}

/// Puts the units back and cancels what Discord was owed.
async fn undo(tx: &mut Tx, order_id: &str) -> Result<(), StoreError> {
    for sql in [
        "UPDATE stockbot.stock_units SET state = 'available', order_id = NULL, sold_at = NULL WHERE order_id = $1",
        "UPDATE stockbot.orders SET state = 'refunded', refunded_at = now() WHERE id = $1",
        "UPDATE stockbot.outbox SET state = 'cancelled', finished_at = now() WHERE order_id = $1 AND state = 'pending'",
    ] {
        tx.execute(sqlx::query(sql).bind(order_id)).await?;
    }
    Ok(())
}
