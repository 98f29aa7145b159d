//! Customers: one Discord user each, with an in-game name that nobody else in the shop has.

use std::{fmt, str::FromStr};

use stockbot_config::Locale;

use crate::{Actor, ShopId, Store, StoreError};

/// An in-game name: 3 to 20 letters, digits and underscores; unique in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowId(String);

/// Not a GrowID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a GrowID has 3 to 20 letters, digits or underscores")]
pub struct BadGrowId;

impl GrowId {
    /// The name as entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GrowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for GrowId {
    type Err = BadGrowId;

    fn from_str(text: &str) -> Result<Self, BadGrowId> {
        let name = text.trim();
        let plausible = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plausible && (3..=20).contains(&name.len()) { Ok(Self(name.to_owned())) } else { Err(BadGrowId) }
    }
}

/// A registered customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Key.
    pub id: i64,
    /// Discord user id.
    pub user_id: u64,
    /// In-game name as entered.
    pub grow_id: String,
    /// May not buy.
    pub blacklisted: bool,
    /// In the smallest denomination, never negative.
    pub balance: i64,
    /// Language for what is sent later.
    pub locale: Locale,
}

/// Outcome of [`register`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// New customer with an empty balance.
    Created(Customer),
    /// Same customer, balance and history; new name.
    Changed {
        /// As it is now.
        customer: Customer,
        /// The name before.
        from: String,
    },
    /// Nothing to change.
    Unchanged(Customer),
    /// Somebody else has this name (in any case); nothing changed.
    Taken,
}

/// The customer of a Discord user.
pub async fn customer(_store: &Store, _shop: ShopId, _user_id: u64) -> Result<Option<Customer>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The customer of a GrowID in any case.
pub async fn customer_by_grow_id(
    _store: &Store,
    _shop: ShopId,
    _grow_id: &str,
) -> Result<Option<Customer>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Customers whose GrowID starts with `prefix` (any case), by name; for autocomplete.
pub async fn search_customers(
    _store: &Store,
    _shop: ShopId,
    _prefix: &str,
    _limit: i64,
) -> Result<Vec<Customer>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Registers a Discord user or changes his GrowID; the balance and the history stay with the user.
pub async fn register(
    _store: &Store,
    _shop: ShopId,
    _user_id: u64,
    _grow_id: &GrowId,
    _locale: Locale,
) -> Result<Registration, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Forbids or allows a customer to buy. `None`: no such customer. Audited as `blacklist.add` and `blacklist.remove`.
pub async fn set_blacklisted(
    _store: &Store,
    _shop: ShopId,
    _customer_id: i64,
    _blacklisted: bool,
    _actor: &Actor,
) -> Result<Option<Customer>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
