//! Moving money: between one customer and the shop, both sides and their entries in one statement.
//!
//! Must not: decide whether money may move.

use crate::{
    ShopId, StoreError,
    db::{Tx, Word as _, words},
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
    pub(crate) fn counterpart(self) -> &'static str {
        match self {
            Self::Purchase | Self::Refund => "sales",
            Self::Deposit => "deposits",
            Self::AdminAdd | Self::AdminRemove | Self::AdminReset => "adjustments",
        }
    }

    /// In the audit trail.
    pub(crate) fn action(self) -> &'static str {
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
    let sql = sqlx::query!(
        r#"WITH customer AS (
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
        SELECT customer.balance AS "balance!" FROM customer, shop"#,
        account.id,
        transfer.amount,
        transfer.shop.0,
        transfer.kind.counterpart(),
        transfer.kind.word(),
        transfer.external_id,
        transfer.order_id,
    );
    match tx.row(sql).await? {
        Some(customer) => Ok(customer.balance),
        None => Err(StoreError::Corrupt("the accounts of a transfer are missing or cannot pay it".into())),
    }
}

/// Locks a customer's account.
pub(crate) async fn lock_account(
    tx: &mut Tx,
    shop: ShopId,
    customer_id: i64,
) -> Result<Option<Account>, StoreError> {
    let sql = sqlx::query!(
        "SELECT id, balance FROM stockbot.accounts WHERE shop_id = $1 AND customer_id = $2 FOR UPDATE",
        shop.0,
        customer_id,
    );
    let account = tx.row(sql).await?;
    Ok(account.map(|account| Account { id: account.id, customer_id, balance: account.balance }))
}

/// Was this external id used before?
pub(crate) async fn was_posted(tx: &mut Tx, transfer: &Transfer<'_>) -> Result<bool, StoreError> {
    let sql = sqlx::query!(
        r#"SELECT 1 AS "there!" FROM stockbot.ledger_transfers WHERE shop_id = $1 AND kind = $2 AND external_id = $3"#,
        transfer.shop.0,
        transfer.kind.word(),
        transfer.external_id,
    );
    Ok(tx.row(sql).await?.is_some())
}
