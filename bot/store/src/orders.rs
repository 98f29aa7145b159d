//! Orders: what was sold to whom, and whether the goods arrived.

use jiff::Timestamp;

use rand::RngExt as _;
use sqlx::postgres::PgRow;

use crate::{
    ShopId, Store, StoreError,
    db::{Sql, Tx, capitals, get, get_id, get_maybe_time, get_time, get_word, id as user, words},
};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Money taken, goods reserved for the buyer, delivery under way.
    Paid,
    /// Goods handed over.
    Delivered,
    /// Money given back, goods never handed over.
    Refunded,
}

words!(OrderState { Paid = "paid", Delivered = "delivered", Refunded = "refunded" });

/// One sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// 8 characters of Crockford's base 32, shown to people.
    pub id: String,
    /// Product at the time of sale.
    pub product_code: String,
    /// Its name at the time of sale.
    pub product_name: String,
    /// Units.
    pub quantity: i64,
    /// Price of one at the time of sale.
    pub unit_price: i64,
    /// quantity x `unit_price`.
    pub total: i64,
    /// Where it stands.
    pub state: OrderState,
    /// When it was paid.
    pub created_at: Timestamp,
    /// When the goods were handed over.
    pub delivered_at: Option<Timestamp>,
    /// Buyer.
    pub customer_id: i64,
    /// Buyer's Discord user.
    pub user_id: u64,
    /// Buyer's in-game name now.
    pub grow_id: String,
    /// The interaction that bought it; unique.
    pub interaction_id: u64,
}

impl Order {
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: get(row, "id")?,
            product_code: get(row, "product_code")?,
            product_name: get(row, "product_name")?,
            quantity: get::<i32>(row, "quantity")?.into(),
            unit_price: get(row, "unit_price")?,
            total: get(row, "total")?,
            state: get_word(row, "state")?,
            created_at: get_time(row, "created_at")?,
            delivered_at: get_maybe_time(row, "delivered_at")?,
            customer_id: get(row, "customer_id")?,
            user_id: get_id(row, "discord_user_id")?,
            grow_id: get(row, "grow_id")?,
            interaction_id: get_id(row, "interaction_id")?,
        })
    }
}

/// An order's columns with its customer's names.
macro_rules! select {
    ($rest:literal) => {
        sqlx::query(concat!(
            "SELECT o.id, o.product_code, o.product_name, o.quantity, o.unit_price, o.total, o.state, o.created_at,
                o.delivered_at, o.customer_id, o.interaction_id, c.discord_user_id, c.grow_id
             FROM stockbot.orders o JOIN stockbot.customers c ON c.id = o.customer_id
             WHERE o.shop_id = $1 AND ",
            $rest
        ))
    };
}

/// Crockford's base 32: digits and capitals without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh order id: 8 characters, 40 random bits.
pub(crate) fn new_id() -> String {
    let mut rng = rand::rng();
    (0..8).map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())])).collect()
}

/// One order by its id in any case.
pub async fn order(store: &Store, shop: ShopId, id: &str) -> Result<Option<Order>, StoreError> {
    let sql = select!("o.id = $2").bind(shop.0).bind(capitals(id));
    store.row(sql).await?.as_ref().map(Order::from_row).transpose()
}

/// The order that an interaction bought.
pub async fn order_by_interaction(
    store: &Store,
    shop: ShopId,
    interaction_id: u64,
) -> Result<Option<Order>, StoreError> {
    let sql = select!("o.interaction_id = $2").bind(shop.0).bind(user(interaction_id));
    store.row(sql).await?.as_ref().map(Order::from_row).transpose()
}

/// The orders with these ids, in no order.
pub async fn orders_by_id(store: &Store, shop: ShopId, ids: &[&str]) -> Result<Vec<Order>, StoreError> {
    read(&store.rows(select!("o.id = ANY($2)").bind(shop.0).bind(ids)).await?)
}

/// Locks an order; `None`: no such order in this shop.
pub(crate) async fn lock_order(tx: &mut Tx, shop: ShopId, id: &str) -> Result<Option<Order>, StoreError> {
    let sql = select!("o.id = $2 FOR UPDATE OF o").bind(shop.0).bind(capitals(id));
    tx.row(sql).await?.as_ref().map(Order::from_row).transpose()
}

/// As [`order`], within a transaction.
pub(crate) async fn order_within(tx: &mut Tx, shop: ShopId, id: &str) -> Result<Order, StoreError> {
    Order::from_row(&tx.one(select!("o.id = $2").bind(shop.0).bind(id)).await?)
}

/// A customer's orders, newest first, those after `before` (the id of the last order shown) in that list.
pub async fn orders_of(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Order>, StoreError> {
    read(&store.rows(orders_sql(shop, customer_id, before, limit)).await?)
}

pub(crate) fn orders_sql(shop: ShopId, customer_id: i64, before: Option<&str>, limit: i64) -> Sql<'_> {
    let sql = select!(
        "o.customer_id = $2 AND ($3::text IS NULL OR (o.created_at, o.id) < (
            SELECT b.created_at, b.id FROM stockbot.orders b WHERE b.shop_id = $1 AND b.id = $3
         )) ORDER BY o.created_at DESC, o.id DESC LIMIT $4"
    );
    sql.bind(shop.0).bind(customer_id).bind(before).bind(limit)
}

pub(crate) fn read(rows: &[PgRow]) -> Result<Vec<Order>, StoreError> {
    rows.iter().map(Order::from_row).collect()
}

/// The goods of an order, oldest first; empty once refunded.
pub async fn order_units(store: &Store, shop: ShopId, order_id: &str) -> Result<Vec<String>, StoreError> {
    let rows = store.rows(units_sql().bind(shop.0).bind(capitals(order_id))).await?;
    rows.iter().map(|row| get(row, "content")).collect()
}

/// As [`order_units`], within a transaction.
pub(crate) async fn units_within(tx: &mut Tx, shop: ShopId, id: &str) -> Result<Vec<String>, StoreError> {
    tx.rows(units_sql().bind(shop.0).bind(id)).await?.iter().map(|row| get(row, "content")).collect()
}

fn units_sql<'q>() -> Sql<'q> {
    sqlx::query("SELECT content FROM stockbot.stock_units WHERE shop_id = $1 AND order_id = $2 ORDER BY id")
}

/// Hands the goods to the buyer who asks for them (`/orders`): marks a paid order delivered, so that it can no longer be
/// refunded, and returns them. A delivery that nobody has begun is dropped. `None`: no such order of this customer, or refunded.
pub async fn fetch_goods(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    order_id: &str,
) -> Result<Option<(Order, Vec<String>)>, StoreError> {
    let transaction = async || {
        let mut tx = store.begin().await?;
        let job = lock_delivery(&mut tx, shop, order_id).await?;
        let find = select!("o.id = $2 AND o.customer_id = $3 FOR UPDATE OF o");
        let Some(row) = tx.row(find.bind(shop.0).bind(capitals(order_id)).bind(customer_id)).await? else {
            return Ok(None);
        };
        let order = Order::from_row(&row)?;
        if order.state == OrderState::Refunded {
            return Ok(None);
        }
        if order.state == OrderState::Paid {
            let deliver =
                "UPDATE stockbot.orders SET state = 'delivered', delivered_at = now() WHERE id = $1";
            tx.execute(sqlx::query(deliver).bind(&order.id)).await?;
        }
        if let Some(Delivery { id, state: DeliveryState::Waiting }) = job {
            let done = "UPDATE stockbot.outbox SET state = 'done', finished_at = now() WHERE id = $1";
            tx.execute(sqlx::query(done).bind(id)).await?;
        }
        let order = order_within(&mut tx, shop, &order.id).await?;
        let units = units_within(&mut tx, shop, &order.id).await?;
        tx.commit().await?;
        Ok(Some((order, units)))
    };
    store.whole(transaction).await
}

/// The delivery of an order, as far as it matters to those who would rather not have it.
pub(crate) struct Delivery {
    id: i64,
    pub(crate) state: DeliveryState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    /// Nobody has begun it.
    Waiting,
    /// Begun with unknown outcome, whether or not somebody still tries.
    Begun,
    /// Done, given up or cancelled, with a known outcome.
    Over,
}

words!(DeliveryState { Waiting = "waiting", Begun = "begun", Over = "over" });

/// Locks the delivery before the order, as those do who deliver.
pub(crate) async fn lock_delivery(
    tx: &mut Tx,
    shop: ShopId,
    order_id: &str,
) -> Result<Option<Delivery>, StoreError> {
    let sql = sqlx::query(
        "SELECT id, CASE
            WHEN state IN ('done', 'cancelled') THEN 'over'
            WHEN sent_at IS NOT NULL THEN 'begun'
            WHEN state = 'pending' THEN 'waiting'
            ELSE 'over'
         END AS state
         FROM stockbot.outbox
         WHERE shop_id = $1 AND order_id = $2 AND kind = 'delivery' FOR UPDATE",
    );
    let row = tx.row(sql.bind(shop.0).bind(capitals(order_id))).await?;
    row.map(|row| Ok(Delivery { id: get(&row, "id")?, state: get_word(&row, "state")? })).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_ids_are_eight_characters_that_nobody_misreads() {
        let ids: std::collections::HashSet<String> = (0..1000).map(|_| new_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 8 && id.bytes().all(|b| ALPHABET.contains(&b))));
    }
}
