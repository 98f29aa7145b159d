//! What an answer shows: as it was read when the interaction arrived, else read now.

use stockbot_config::ButtonAction;
use stockbot_store::{
    Customer, Found, Movement, Order, Page, Product, ShopState, Wanted,
    customers::{customer, customer_by_grow_id},
    ledger::history,
    orders::orders_of,
    products::{list_products, product},
    shops::shop_state,
};

use super::{error::ReplyError, reply::Reply};
use crate::custom_id::CustomId;

impl Reply {
    /// The customer, or a refusal that leads to the registration.
    pub async fn customer(&self) -> Result<Customer, ReplyError> {
        self.registered().await?.ok_or_else(|| self.not_registered())
    }

    /// The refusal of who is no customer.
    pub fn not_registered(&self) -> ReplyError {
        self.refusal("refuse-not-registered", &[]).or(CustomId::Do(ButtonAction::Register))
    }

    /// The customer, if the user is one.
    pub async fn registered(&self) -> Result<Option<Customer>, ReplyError> {
        match &self.arrival {
            Some(arrival) => Ok(arrival.customer.clone()),
            None => Ok(customer(&self.bot.store, self.bot.shop, self.user).await?),
        }
    }

    /// Is the shop open?
    pub async fn shop(&self) -> Result<ShopState, ReplyError> {
        match &self.arrival {
            Some(arrival) => Ok(arrival.shop.clone()),
            None => Ok(shop_state(&self.bot.store, self.bot.shop).await?),
        }
    }

    /// A page of the customer's movements.
    pub async fn movements(&self, customer: &Customer, page: Page) -> Result<Vec<Movement>, ReplyError> {
        match self.found(&Wanted::Movements(page)) {
            Some(Found::Movements(movements)) => Ok(movements.clone()),
            _ => Ok(history(&self.bot.store, self.bot.shop, customer.id, page.before, page.limit).await?),
        }
    }

    /// So many of the customer's newest orders.
    pub async fn orders(&self, customer: &Customer, limit: i64) -> Result<Vec<Order>, ReplyError> {
        match self.found(&Wanted::Orders(limit)) {
            Some(Found::Orders(orders)) => Ok(orders.clone()),
            _ => Ok(orders_of(&self.bot.store, self.bot.shop, customer.id, None, limit).await?),
        }
    }

    /// All products on sale.
    pub async fn products(&self) -> Result<Vec<Product>, ReplyError> {
        match self.found(&Wanted::Products) {
            Some(Found::Products(products)) => Ok(products.clone()),
            _ => Ok(list_products(&self.bot.store, self.bot.shop, false).await?),
        }
    }

    /// The product with this code in any case.
    pub async fn product(&self, code: &str) -> Result<Option<Product>, ReplyError> {
        match self.found(&Wanted::Product(code.into())) {
            Some(Found::Product(product)) => Ok(product.clone()),
            _ => Ok(product(&self.bot.store, self.bot.shop, code).await?),
        }
    }

    /// Another customer, by GrowID in any case.
    pub async fn customer_named(&self, grow_id: &str) -> Result<Option<Customer>, ReplyError> {
        match self.found(&Wanted::Customer(grow_id.trim().into())) {
            Some(Found::Customer(customer)) => Ok(customer.clone()),
            _ => Ok(customer_by_grow_id(&self.bot.store, self.bot.shop, grow_id).await?),
        }
    }

    fn found(&self, wanted: &Wanted) -> Option<&Found> {
        let (read, found) = self.arrival.as_ref()?.found.as_ref()?;
        (read == wanted).then_some(found)
    }
}
