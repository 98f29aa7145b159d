//! Shops: what bots of one namespace share. The key of a shop is always `<namespace>/<name>`.

use stockbot_config::Currency;

use crate::{Actor, Store, StoreError};

/// A shop's key in every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShopId(pub(crate) i64);

impl ShopId {
    /// The number, for metrics and checks.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

/// Is the shop open?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopState {
    /// The shop.
    pub id: ShopId,
    /// Closed from Discord (`/maintenance on`).
    pub maintenance: bool,
    /// Why; empty unless closed.
    pub reason: String,
}

/// Finds or creates the shop. Idempotent; any number of pods may call it at once.
///
/// Denominations are fixed by the first call: others give [`StoreError::CurrencyChanged`]. Names of coins and the
/// cap may change.
pub async fn ensure_shop(
    _store: &Store,
    _namespace: &str,
    _name: &str,
    _currency: &Currency,
) -> Result<ShopId, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Is the shop open?
pub async fn shop_state(_store: &Store, _shop: ShopId) -> Result<ShopState, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Closes or opens the shop. Once it returned with `on`, no purchase commits any more.
pub async fn set_maintenance(
    _store: &Store,
    _shop: ShopId,
    _on: bool,
    _reason: &str,
    _actor: &Actor,
) -> Result<(), StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
