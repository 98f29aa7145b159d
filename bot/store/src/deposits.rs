//! Deposits: money that arrived outside, credited once per external id; what cannot be credited is kept for an administrator.
//!
//! Must not: guess whose a deposit is. What is kept is given to somebody by `deposit_claims`.

use serde_json::json;

use crate::{
    Actor, Customer, Severity, ShopId, Store, StoreError, TransferKind,
    customers::named_sql,
    db::{Tx, Word as _, get, id, words},
    lines::line_sql,
    logs::{Entry, append},
    transfer::{Account, Transfer, lock_account, post, was_posted},
};

/// Where it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositSource {
    /// A message in the deposit channel.
    Message,
    /// A signed request.
    Http,
}

words!(DepositSource { Message = "message", Http = "http" });

/// Where a deposit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositState {
    /// The customer has it.
    Credited,
    /// Nobody is registered under that name.
    Unclaimed,
    /// The balance would exceed the cap.
    AboveCap,
    /// Whose it is, or how much, could not be read.
    Unreadable,
}

words!(DepositState {
    Credited = "credited",
    Unclaimed = "unclaimed",
    AboveCap = "above_cap",
    Unreadable = "unreadable",
});

/// A deposit as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeposit {
    /// Where.
    pub source: DepositSource,
    /// Names it for all time.
    pub external_id: String,
    /// Whose, and how much; `None`: it could not be read.
    pub read: Option<(String, i64)>,
}

/// What became of a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DepositOutcome {
    /// Credited now.
    Credited {
        /// To whom, with the new balance.
        customer: Customer,
    },
    /// Kept: nobody is registered under that name.
    Unclaimed,
    /// Kept: the balance would exceed the cap.
    AboveCap {
        /// Whose it would be, with the balance now.
        customer: Customer,
    },
    /// Kept: it could not be read.
    Unreadable,
    /// It was told before; nothing changed.
    Known,
}

/// Posts that tell of a deposit: written in the transaction that credits it.
pub struct Teller<'a> {
    /// Bot, `<namespace>/<name>`, and its application.
    pub bot: (&'a str, u64),
    /// Channels and texts for an outcome; at most nine.
    pub lines: &'a (dyn Fn(&DepositOutcome) -> Vec<(u64, String)> + Sync),
}

/// Credits a deposit, or keeps it. A deposit that could not be read is taken once more when it is told anew (a message was edited);
/// any other only once. Audited as `deposit`, `deposit.unclaimed`, `deposit.above_cap` or `deposit.unreadable`.
pub async fn deposit(
    store: &Store,
    shop: ShopId,
    new: &NewDeposit,
    max_balance: i64,
    actor: &Actor,
    teller: &Teller<'_>,
) -> Result<DepositOutcome, StoreError> {
    let transaction = async || {
        let mut tx = store.begin().await?;
        let Some(key) = begin(&mut tx, shop, new).await? else { return Ok(DepositOutcome::Known) };
        let outcome = match &new.read {
            None => DepositOutcome::Unreadable,
            Some((grow_id, amount)) => {
                credit(&mut tx, shop, &new.external_id, grow_id, *amount, max_balance).await?
            }
        };
        if outcome == DepositOutcome::Known {
            return Ok(outcome);
        }
        keep(&mut tx, key, new, &outcome).await?;
        for (number, (channel, text)) in (teller.lines)(&outcome).into_iter().enumerate() {
            let attempt = if new.read.is_some() { "d" } else { "u" };
            let nonce = format!("{attempt}{key}-{number}");
            tx.execute(line_sql(shop, teller.bot, channel, &nonce, &text)).await?;
        }
        audit(&mut tx, shop, new, &outcome, actor).await?;
        tx.commit().await?;
        Ok(outcome)
    };
    store.whole(transaction).await
}

/// The row of a deposit that is new, or was not understood before; locked. `None`: it is known.
async fn begin(tx: &mut Tx, shop: ShopId, new: &NewDeposit) -> Result<Option<i64>, StoreError> {
    let sql = sqlx::query(
        "INSERT INTO stockbot.deposits (shop_id, source, external_id, state) VALUES ($1, $2, $3, 'unreadable')
         ON CONFLICT (shop_id, external_id) DO UPDATE SET source = excluded.source
         WHERE deposits.state = 'unreadable' AND $4
         RETURNING id",
    );
    let sql = sql.bind(shop.0).bind(new.source.word()).bind(&new.external_id).bind(new.read.is_some());
    tx.row(sql).await?.map(|row| get(&row, "id")).transpose()
}

async fn credit(
    tx: &mut Tx,
    shop: ShopId,
    external_id: &str,
    grow_id: &str,
    amount: i64,
    max_balance: i64,
) -> Result<DepositOutcome, StoreError> {
    let Some(row) = tx.row(named_sql(shop, grow_id)).await? else { return Ok(DepositOutcome::Unclaimed) };
    let mut customer = Customer::from_row(&row)?;
    let Some(account) = lock_account(tx, shop, customer.id).await? else {
        return Ok(DepositOutcome::Unclaimed);
    };
    customer.balance = account.balance;
    match pay(tx, shop, &account, external_id, amount, max_balance).await? {
        Paid::Done(balance) => {
            customer.balance = balance;
            Ok(DepositOutcome::Credited { customer })
        }
        Paid::Before => Ok(DepositOutcome::Known),
        Paid::AboveCap => Ok(DepositOutcome::AboveCap { customer }),
    }
}

/// Whether money could be moved.
pub(crate) enum Paid {
    Done(i64),
    Before,
    AboveCap,
}

/// Moves the money of a deposit, once per external id.
pub(crate) async fn pay(
    tx: &mut Tx,
    shop: ShopId,
    account: &Account,
    external_id: &str,
    amount: i64,
    max_balance: i64,
) -> Result<Paid, StoreError> {
    let transfer = Transfer { shop, kind: TransferKind::Deposit, external_id, order_id: None, amount };
    if was_posted(tx, &transfer).await? {
        return Ok(Paid::Before);
    }
    if account.balance.checked_add(amount).is_none_or(|after| after > max_balance) {
        return Ok(Paid::AboveCap);
    }
    Ok(Paid::Done(post(tx, account, &transfer).await?))
}

async fn keep(tx: &mut Tx, key: i64, new: &NewDeposit, outcome: &DepositOutcome) -> Result<(), StoreError> {
    let (state, customer) = match outcome {
        DepositOutcome::Credited { customer } => (DepositState::Credited, Some(customer.id)),
        DepositOutcome::AboveCap { .. } => (DepositState::AboveCap, None),
        DepositOutcome::Unclaimed => (DepositState::Unclaimed, None),
        DepositOutcome::Unreadable | DepositOutcome::Known => (DepositState::Unreadable, None),
    };
    let (grow_id, amount) = new.read.as_ref().map(|(name, amount)| (name.as_str(), *amount)).unzip();
    let sql = sqlx::query(
        "UPDATE stockbot.deposits SET grow_id = $2, amount = $3, state = $4, customer_id = $5,
            credited_at = CASE WHEN $4 = 'credited' THEN now() END
         WHERE id = $1",
    );
    tx.execute(sql.bind(key).bind(grow_id).bind(amount).bind(state.word()).bind(customer)).await.map(drop)
}

async fn audit(
    tx: &mut Tx,
    shop: ShopId,
    new: &NewDeposit,
    outcome: &DepositOutcome,
    actor: &Actor,
) -> Result<(), StoreError> {
    let (action, severity) = match outcome {
        DepositOutcome::Credited { .. } | DepositOutcome::Known => ("deposit", Severity::Info),
        DepositOutcome::Unclaimed => ("deposit.unclaimed", Severity::Warning),
        DepositOutcome::AboveCap { .. } => ("deposit.above_cap", Severity::Warning),
        DepositOutcome::Unreadable => ("deposit.unreadable", Severity::Warning),
    };
    let target = new.read.as_ref().map_or("", |(grow_id, _)| grow_id);
    let balance = match outcome {
        DepositOutcome::Credited { customer } | DepositOutcome::AboveCap { customer } => {
            Some(customer.balance)
        }
        _ => None,
    };
    let details = json!({
        "source": new.source.word(), "external_id": new.external_id,
        "amount": new.read.as_ref().map(|(_, amount)| amount), "balance": balance,
    });
    append(tx, &Entry { shop, severity, action, actor, target, details: &details }).await
}

/// Up to which message a deposit channel was read; `start` where that has never happened.
pub async fn deposits_read_to(
    store: &Store,
    shop: ShopId,
    channel: u64,
    start: u64,
) -> Result<u64, StoreError> {
    let sql = sqlx::query(
        "INSERT INTO stockbot.deposit_cursors AS kept (shop_id, channel_id, read_to) VALUES ($1, $2, $3)
         ON CONFLICT (shop_id, channel_id) DO UPDATE SET read_to = kept.read_to RETURNING read_to",
    );
    let row = store.one(sql.bind(shop.0).bind(id(channel)).bind(id(start))).await?;
    crate::db::get_id(&row, "read_to")
}

/// Remembers up to which message a deposit channel was read.
pub async fn set_deposits_read_to(
    store: &Store,
    shop: ShopId,
    channel: u64,
    read_to: u64,
) -> Result<(), StoreError> {
    let sql = sqlx::query(
        "UPDATE stockbot.deposit_cursors SET read_to = greatest(read_to, $3) WHERE shop_id = $1 AND channel_id = $2",
    );
    store.execute(sql.bind(shop.0).bind(id(channel)).bind(id(read_to))).await.map(drop)
}
