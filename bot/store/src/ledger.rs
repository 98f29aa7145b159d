//! The double-entry ledger: balances, movements and their proof.

use jiff::Timestamp;

use crate::{Actor, ShopId, Store, StoreError};

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TransferKind {
    Purchase,
    Deposit,
    Refund,
    AdminAdd,
    AdminRemove,
    AdminReset,
}

/// Outcome of [`adjust_balance`] and [`reset_balance`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Done now.
    Done {
        /// After.
        balance: i64,
        /// Before.
        before: i64,
    },
    /// This external id was used before; nothing changed now.
    AlreadyDone {
        /// Balance now.
        balance: i64,
    },
    /// The balance would exceed the cap; nothing changed.
    AboveCap {
        /// Balance now.
        balance: i64,
        /// The cap.
        max: i64,
    },
    /// The balance would become negative; nothing changed.
    TooLow {
        /// Balance now.
        balance: i64,
    },
    /// No such customer in this shop.
    UnknownCustomer,
}

/// One line of a customer's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Key for paging: 1, 2, 3 ... per customer.
    pub entry_id: i64,
    /// Why.
    pub kind: TransferKind,
    /// Signed, in the smallest denomination.
    pub amount: i64,
    /// Balance after it.
    pub balance_after: i64,
    /// When.
    pub at: Timestamp,
    /// The order of a purchase or refund.
    pub order_id: Option<String>,
}

/// What [`audit`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// One sentence per contradiction; empty = proved.
    pub problems: Vec<String>,
    /// Ledger entries read.
    pub entries: i64,
    /// Transfers read.
    pub transfers: i64,
    /// Orders read.
    pub orders: i64,
    /// Stock units read.
    pub units: i64,
}

/// Moves `amount` (signed) between the shop and a customer, once per shop, kind and external id. Audited as
/// `balance.add`, `balance.remove`, `balance.reset` or `deposit`. An amount of 0 changes and records nothing.
#[expect(clippy::too_many_arguments, reason = "each is a different kind of thing and all are needed")]
pub async fn adjust_balance(
    _store: &Store,
    _shop: ShopId,
    _customer_id: i64,
    _amount: i64,
    _kind: TransferKind,
    _external_id: &str,
    _max_balance: i64,
    _actor: &Actor,
) -> Result<Adjustment, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Sets a customer's balance to 0, whatever it is when the lock is taken.
pub async fn reset_balance(
    _store: &Store,
    _shop: ShopId,
    _customer_id: i64,
    _external_id: &str,
    _actor: &Actor,
) -> Result<Adjustment, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// A customer's movements, newest first, those before `before` (an `entry_id`).
pub async fn history(
    _store: &Store,
    _shop: ShopId,
    _customer_id: i64,
    _before: Option<i64>,
    _limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Proves balances, versions, sums, orders and stock of one shop (or all) against each other, in one snapshot.
pub async fn audit(_store: &Store, _shop: Option<ShopId>) -> Result<AuditReport, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
