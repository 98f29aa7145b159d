//! The double-entry ledger: balances and movements. [`audit`] proves them.

use jiff::Timestamp;
use serde_json::json;

pub use crate::audit::{AuditReport, audit};
use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Tx, Word as _, get, get_time, get_word, words},
    logs::{Entry, append},
};

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

words!(TransferKind {
    Purchase = "purchase",
    Deposit = "deposit",
    Refund = "refund",
    AdminAdd = "admin_add",
    AdminRemove = "admin_remove",
    AdminReset = "admin_reset",
});

impl TransferKind {
    /// The shop's account on the other side.
    fn counterpart(self) -> &'static str {
        match self {
            Self::Purchase | Self::Refund => "sales",
            Self::Deposit => "deposits",
            Self::AdminAdd | Self::AdminRemove | Self::AdminReset => "adjustments",
        }
    }

    /// In the audit trail.
    fn action(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Refund => "order.refund",
            Self::Deposit => "deposit",
            Self::AdminAdd => "balance.add",
            Self::AdminRemove => "balance.remove",
            Self::AdminReset => "balance.reset",
        }
    }
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

/// A customer's account, locked: whoever holds it decides alone what its owner can afford.
pub(crate) struct Account {
    pub id: i64,
    pub customer_id: i64,
    pub balance: i64,
}

/// One movement between a customer and the shop.
pub(crate) struct Transfer<'a> {
    pub shop: ShopId,
    pub kind: TransferKind,
    pub external_id: &'a str,
    pub order_id: Option<&'a str>,
    /// Signed, as the customer sees it.
    pub amount: i64,
}

/// Moves money: both accounts, the transfer and its two entries in one statement. Returns the customer's balance after it.
///
/// The account must be locked by the caller. The shop's side takes whichever part of its account nobody is using, so that sales do
/// not queue; should all be in use, it waits for one that is picked by the customer's account.
pub(crate) async fn post(tx: &mut Tx, account: &Account, transfer: &Transfer<'_>) -> Result<i64, StoreError> {
    let sql = sqlx::query(
        "WITH customer AS (
            UPDATE stockbot.accounts SET balance = balance + $2, version = version + 1
            WHERE id = $1 AND balance + $2 >= 0
            RETURNING id, balance, version
        ), free AS (
            SELECT id FROM stockbot.accounts
            WHERE shop_id = $3 AND kind = $4 AND customer_id IS NULL
            ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED
        ), chosen AS (
            SELECT id FROM free
            UNION ALL (
                SELECT id FROM stockbot.accounts
                WHERE shop_id = $3 AND kind = $4 AND customer_id IS NULL AND NOT EXISTS (SELECT FROM free)
                ORDER BY (part + $1) % 16 LIMIT 1
            )
        ), shop AS (
            UPDATE stockbot.accounts a SET balance = a.balance - $2, version = a.version + 1
            FROM chosen, customer WHERE a.id = chosen.id
            RETURNING a.id, a.balance, a.version
        ), transfer AS (
            INSERT INTO stockbot.ledger_transfers (shop_id, kind, external_id, order_id)
            SELECT $3, $5, $6, $7 FROM customer
            RETURNING id
        ), entries AS (
            INSERT INTO stockbot.ledger_entries (transfer_id, account_id, amount, balance_after, account_version)
            SELECT transfer.id, customer.id, $2, customer.balance, customer.version FROM transfer, customer
            UNION ALL
            SELECT transfer.id, shop.id, -$2, shop.balance, shop.version FROM transfer, shop
        )
        SELECT customer.balance FROM customer, shop",
    );
    let Transfer { shop, kind, external_id, order_id, amount } = transfer;
    let sql = sql.bind(account.id).bind(amount).bind(shop.0).bind(kind.counterpart()).bind(kind.word());
    match tx.row(sql.bind(external_id).bind(order_id)).await? {
        Some(row) => get(&row, "balance"),
        None => Err(StoreError::Corrupt("the accounts of a transfer are missing or cannot pay it".into())),
    }
}

/// Locks a customer's account.
pub(crate) async fn lock_account(
    tx: &mut Tx,
    shop: ShopId,
    customer_id: i64,
) -> Result<Option<Account>, StoreError> {
    let sql = sqlx::query(
        "SELECT id, balance FROM stockbot.accounts WHERE shop_id = $1 AND customer_id = $2 FOR UPDATE",
    );
    let row = tx.row(sql.bind(shop.0).bind(customer_id)).await?;
    row.map(|row| Ok(Account { id: get(&row, "id")?, customer_id, balance: get(&row, "balance")? }))
        .transpose()
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
    store.whole(async || {
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
    }).await
}

/// Was this external id used before?
async fn was_posted(tx: &mut Tx, transfer: &Transfer<'_>) -> Result<bool, StoreError> {
    let sql = sqlx::query(
        "SELECT FROM stockbot.ledger_transfers WHERE shop_id = $1 AND kind = $2 AND external_id = $3",
    );
    let sql = sql.bind(transfer.shop.0).bind(transfer.kind.word()).bind(transfer.external_id);
    Ok(tx.row(sql).await?.is_some())
}

/// A customer's movements, newest first, those before `before` (an `entry_id`).
pub async fn history(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Movement>, StoreError> {
    let sql = sqlx::query(
        "SELECT e.account_version, t.kind, e.amount, e.balance_after, t.created_at, t.order_id
         FROM stockbot.accounts a
         JOIN stockbot.ledger_entries e ON e.account_id = a.id
         JOIN stockbot.ledger_transfers t ON t.id = e.transfer_id
         WHERE a.shop_id = $1 AND a.customer_id = $2 AND e.account_version < $3
         ORDER BY e.account_version DESC LIMIT $4",
    );
    let sql = sql.bind(shop.0).bind(customer_id).bind(before.unwrap_or(i64::MAX)).bind(limit);
    let movement = |row| {
        Ok(Movement {
            entry_id: get(row, "account_version")?,
            kind: get_word(row, "kind")?,
            amount: get(row, "amount")?,
            balance_after: get(row, "balance_after")?,
            at: get_time(row, "created_at")?,
            order_id: get(row, "order_id")?,
        })
    };
    store.rows(sql).await?.iter().map(movement).collect()
}
