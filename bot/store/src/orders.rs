//! Orders: what was sold to whom, and whether the goods arrived.

use jiff::Timestamp;

use crate::{Actor, ShopId, Store, StoreError};

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

/// One order by its id in any case.
pub async fn order(_store: &Store, _shop: ShopId, _id: &str) -> Result<Option<Order>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The order that an interaction bought.
pub async fn order_by_interaction(
    _store: &Store,
    _shop: ShopId,
    _interaction_id: u64,
) -> Result<Option<Order>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// A customer's orders, newest first, those after `before` (the id of the last order shown) in that list.
pub async fn orders_of(
    _store: &Store,
    _shop: ShopId,
    _customer_id: i64,
    _before: Option<&str>,
    _limit: i64,
) -> Result<Vec<Order>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The goods of an order, oldest first; empty once refunded.
pub async fn order_units(_store: &Store, _shop: ShopId, _order_id: &str) -> Result<Vec<String>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Hands the goods to the buyer who asks for them (`/orders`): marks a paid order delivered, so that it can no longer be
/// refunded, and returns them. `None`: no such order of this customer, or refunded.
pub async fn fetch_goods(
    _store: &Store,
    _shop: ShopId,
    _customer_id: i64,
    _order_id: &str,
) -> Result<Option<(Order, Vec<String>)>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Gives the money of an undelivered order back and its units back to the stock, once. Audited as `order.refund`.
pub async fn refund(
    _store: &Store,
    _shop: ShopId,
    _order_id: &str,
    _external_id: &str,
    _actor: &Actor,
) -> Result<Refund, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
