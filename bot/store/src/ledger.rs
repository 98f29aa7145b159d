//! The double-entry ledger: balances and movements. [`audit`] proves them.

use jiff::Timestamp;
use serde_json::json;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Tx, read_word},
    logs::{Entry, append},
    transfer::{Transfer, lock_account, post, was_posted},
};
pub use crate::{
    audit::{AuditReport, audit},
    transfer::TransferKind,
};

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

/// Moves `amount` (signed) between the shop and a customer, once per shop, kind and external id. Audited as
/// `balance.add`, `balance.remove`, `balance.reset` or `deposit`. An amount of 0 changes and records nothing.
#[expect(clippy::too_many_arguments, reason = "each is a different kind of thing and all are needed")]
pub async fn adjust_balance(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    amount: i64,
    kind: TransferKind,
    external_id: &str,
    max_balance: i64,
    actor: &Actor,
) -> Result<Adjustment, StoreError> {
    if matches!(kind, TransferKind::Purchase | TransferKind::Refund) {
        return Err(StoreError::Unexpected("money of an order moves by purchase and refund only".into()));
    }
    let transfer = Transfer { shop, kind, external_id, order_id: None, amount };
    adjust(store, customer_id, &transfer, Some(max_balance), actor).await
}

/// Sets a customer's balance to 0, whatever it is when the lock is taken. Audited as `balance.reset`.
pub async fn reset_balance(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    external_id: &str,
    actor: &Actor,
) -> Result<Adjustment, StoreError> {
    let kind = TransferKind::AdminReset;
    let transfer = Transfer { shop, kind, external_id, order_id: None, amount: 0 };
    adjust(store, customer_id, &transfer, None, actor).await
}

/// `max_balance`: `None` takes the whole balance away instead of the transfer's amount.
async fn adjust(
    store: &Store,
    customer_id: i64,
    transfer: &Transfer<'_>,
    max_balance: Option<i64>,
    actor: &Actor,
) -> Result<Adjustment, StoreError> {
    let transaction = async || {
        let mut tx = store.begin().await?;
        let Some(account) = lock_account(&mut tx, transfer.shop, customer_id).await? else {
            return Ok(Adjustment::UnknownCustomer);
        };
        let before = account.balance;
        if was_posted(&mut tx, transfer).await? {
            return Ok(Adjustment::AlreadyDone { balance: before });
        }
        let transfer = Transfer { amount: max_balance.map_or(-before, |_| transfer.amount), ..*transfer };
        match (before.checked_add(transfer.amount), max_balance) {
            (Some(after), _) if after < 0 => return Ok(Adjustment::TooLow { balance: before }),
            (Some(after), Some(max)) if transfer.amount > 0 && after > max => {
                return Ok(Adjustment::AboveCap { balance: before, max });
            }
            (None, max) => return Ok(Adjustment::AboveCap { balance: before, max: max.unwrap_or(i64::MAX) }),
            (Some(_), _) if transfer.amount == 0 => return Ok(Adjustment::Done { balance: before, before }),
            (Some(_), _) => {}
        }
        let balance = match post(&mut tx, &account, &transfer).await {
            // Another customer was given this external id at the same moment.
            Err(error) if error.is_conflict("ledger_transfers_once") => {
                return Ok(Adjustment::AlreadyDone { balance: before });
            }
            posted => posted?,
        };
        let details = json!({
            "amount": transfer.amount, "before": before, "after": balance, "external_id": transfer.external_id,
        });
        let (shop, action, target) = (transfer.shop, transfer.kind.action(), customer_id.to_string());
        let severity = Severity::Warning;
        append(&mut tx, &Entry { shop, severity, action, actor, target: &target, details: &details }).await?;
        tx.commit().await?;
        Ok(Adjustment::Done { balance, before })
    };
    store.whole(transaction).await
}

/// A page of movements, read by a store or within a transaction.
macro_rules! movements {
    ($reader:expr, $shop:expr, $customer_id:expr, $before:expr, $limit:expr) => {{
    let sql = sqlx::query!(
        r#"SELECT e.account_version, t.kind, e.amount, e.balance_after, t.created_at AS "created_at: jiff_sqlx::Timestamp",
                t.order_id
         FROM stockbot.accounts a
         JOIN stockbot.ledger_entries e ON e.account_id = a.id
         JOIN stockbot.ledger_transfers t ON t.id = e.transfer_id
         WHERE a.shop_id = $1 AND a.customer_id = $2 AND e.account_version < $3
         ORDER BY e.account_version DESC LIMIT $4"#,
        $shop.0,
        $customer_id,
        $before.unwrap_or(i64::MAX),
        $limit,
    );
    let rows = $reader.rows(sql).await?;
    let movements = rows.into_iter().map(|row| {
        Ok(Movement {
            entry_id: row.account_version,
            kind: read_word("kind", &row.kind)?,
            amount: row.amount,
            balance_after: row.balance_after,
            at: row.created_at.to_jiff(),
            order_id: row.order_id,
        })
    });
    movements.collect()
    }};
}

/// A customer's movements, newest first, those before `before` (an `entry_id`).
pub async fn history(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    movements!(store, shop, customer_id, before, limit)
}

/// As [`history`], within a transaction.
pub(crate) async fn history_within(
    tx: &mut Tx,
    shop: ShopId,
    customer_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    movements!(tx, shop, customer_id, before, limit)
}
