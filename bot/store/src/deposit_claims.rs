//! Deposits that could not be credited, and an administrator who says whose they are: given once.

use serde_json::json;
use sqlx::postgres::PgRow;

use crate::{
    Actor, DepositState, Severity, ShopId, Store, StoreError,
    db::{get, get_word, id},
    deposits::{Paid, pay},
    logs::{Entry, append},
    transfer::lock_account,
};

/// A deposit that waits for an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDeposit {
    /// Key.
    pub id: i64,
    /// Name as it was told.
    pub grow_id: String,
    /// Amount.
    pub amount: i64,
    /// Why it waits.
    pub state: DepositState,
}

/// Outcome of [`claim_deposit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Credited now: the deposit and the new balance.
    Done {
        /// The deposit.
        deposit: OpenDeposit,
        /// The customer's balance.
        balance: i64,
    },
    /// No such deposit waits, or not any more.
    NotOpen,
    /// The balance would exceed the cap; nothing changed.
    AboveCap {
        /// Now.
        balance: i64,
    },
    /// No such customer.
    UnknownCustomer,
}

/// Deposits that wait for an administrator, oldest first.
pub async fn open_deposits(store: &Store, shop: ShopId, limit: i64) -> Result<Vec<OpenDeposit>, StoreError> {
    let sql = sqlx::query(
        "SELECT id, grow_id, amount, state FROM stockbot.deposits
         WHERE shop_id = $1 AND state IN ('unclaimed', 'above_cap') ORDER BY id LIMIT $2",
    );
    store.rows(sql.bind(shop.0).bind(limit)).await?.iter().map(open_of).collect()
}

fn open_of(row: &PgRow) -> Result<OpenDeposit, StoreError> {
    Ok(OpenDeposit {
        id: get(row, "id")?,
        grow_id: get(row, "grow_id")?,
        amount: get(row, "amount")?,
        state: get_word(row, "state")?,
    })
}

/// Gives a deposit that waits to a customer, once. Audited as `deposit.claim`.
pub async fn claim_deposit(
    store: &Store,
    shop: ShopId,
    deposit: i64,
    customer: i64,
    max_balance: i64,
    actor: &Actor,
) -> Result<Claim, StoreError> {
    let transaction = async || {
        let mut tx = store.begin().await?;
        let find = sqlx::query(
            "SELECT id, grow_id, amount, state, external_id FROM stockbot.deposits
             WHERE shop_id = $1 AND id = $2 AND state IN ('unclaimed', 'above_cap') FOR UPDATE",
        );
        let Some(row) = tx.row(find.bind(shop.0).bind(deposit)).await? else { return Ok(Claim::NotOpen) };
        let (deposit, external_id): (OpenDeposit, String) = (open_of(&row)?, get(&row, "external_id")?);
        let Some(account) = lock_account(&mut tx, shop, customer).await? else {
            return Ok(Claim::UnknownCustomer);
        };
        let balance = match pay(&mut tx, shop, &account, &external_id, deposit.amount, max_balance).await? {
            Paid::Done(balance) => balance,
            Paid::Before => return Ok(Claim::NotOpen),
            Paid::AboveCap => return Ok(Claim::AboveCap { balance: account.balance }),
        };
        let done = sqlx::query(
            "UPDATE stockbot.deposits SET state = 'credited', customer_id = $2, claimed_by = $3, credited_at = now()
             WHERE id = $1",
        );
        tx.execute(done.bind(deposit.id).bind(customer).bind(id(actor.user_id))).await?;
        let details = json!({
            "deposit": deposit.id, "external_id": external_id, "amount": deposit.amount, "balance": balance,
        });
        let (severity, target) = (Severity::Warning, customer.to_string());
        let entry =
            Entry { shop, severity, action: "deposit.claim", actor, target: &target, details: &details };
        append(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(Claim::Done { deposit, balance })
    };
    store.whole(transaction).await
}
