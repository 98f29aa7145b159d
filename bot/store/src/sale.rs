//! One attempt at a purchase: the transaction itself.
//!
//! Locks in this order: the shop's doors (shared), the buyer's account, units, a part of the shop's sales account. All purchases
//! of one buyer queue at his account, so that a repeated interaction always sees what the first one did.

use crate::{
    PurchaseOutcome, PurchaseRequest, Receipt, Refusal, ShopId, Store, StoreError, TransferKind,
    db::{Tx, capitals, get, id},
    orders::new_id,
    placing::{receipt, write_order},
    shops::begin_within_doors,
    stock::count_available,
    transfer::{Account, Transfer, post},
};

/// How units are claimed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Passes over what others hold: nobody waits while there is enough.
    SkipLocked,
    /// Waits for others to buy or give up; for the last units.
    Wait,
}

/// What the buyer's confirmation is held against.
struct Facts {
    maintenance: Option<String>,
    grow_id: Option<String>,
    blacklisted: Option<bool>,
    product_name: Option<String>,
    price: Option<i64>,
    active: Option<bool>,
    bought: Option<String>,
    confirmed: Option<String>,
    /// A Discord id as Postgres stores it.
    direct_channel: Option<i64>,
}

/// A sale that nothing speaks against.
pub(crate) struct Sale<'a> {
    pub(crate) shop: ShopId,
    pub(crate) request: &'a PurchaseRequest,
    pub(crate) order_id: String,
    pub(crate) code: String,
    pub(crate) product_name: String,
    pub(crate) grow_id: String,
    pub(crate) account: Account,
    pub(crate) total: i64,
    pub(crate) direct_channel: Option<u64>,
}

/// Buys in one transaction, or changes nothing. `None`: there are enough units, but others hold some of them; wait for those.
pub(crate) async fn attempt(
    store: &Store,
    shop: ShopId,
    request: &PurchaseRequest,
    claim: Claim,
) -> Result<Option<PurchaseOutcome>, StoreError> {
    let code = capitals(&request.code);
    let mut tx = begin_within_doors(store, shop).await?;
    let account = lock_buyer(&mut tx, shop, request.user_id).await?;
    let facts = read_facts(&mut tx, shop, request, &code, account.as_ref()).await?;
    if let Some(order_id) = &facts.bought {
        return Ok(Some(PurchaseOutcome::Repeated(receipt(&mut tx, shop, order_id).await?)));
    }
    if let Some(order_id) = facts.confirmed {
        return Ok(Some(PurchaseOutcome::Refused(Refusal::AlreadyConfirmed { order_id })));
    }
    let sale = match check(shop, request, code, facts, account) {
        Ok(sale) => sale,
        Err(refusal) => return Ok(Some(PurchaseOutcome::Refused(refusal))),
    };

    let units = take_units(&mut tx, &sale, claim).await?;
    let taken = i64::try_from(units.len()).unwrap_or(i64::MAX);
    if taken < request.quantity {
        // What was taken and what is left are together what the committed state has: nobody else's half-done purchase counts.
        let left = taken + count_available(&mut tx, shop, &sale.code).await?;
        // Releases what was taken before anybody waits for others.
        tx.rollback().await?;
        let refusal = Refusal::OutOfStock { left, asked: request.quantity };
        return Ok((left < request.quantity).then_some(PurchaseOutcome::Refused(refusal)));
    }
    let (order, held) = write_order(&mut tx, &sale).await?;
    let external_id = request.interaction_id.to_string();
    let (kind, order_id, amount) = (TransferKind::Purchase, Some(order.id.as_str()), -sale.total);
    let transfer = Transfer { shop, kind, external_id: &external_id, order_id, amount };
    let balance = post(&mut tx, &sale.account, &transfer).await?;
    tx.commit().await?;
    Ok(Some(PurchaseOutcome::Bought(Receipt { order, balance, units, held })))
}

/// Locks the buyer's account; `None`: not registered.
async fn lock_buyer(tx: &mut Tx, shop: ShopId, user_id: u64) -> Result<Option<Account>, StoreError> {
    let sql = sqlx::query_as!(
        Account,
        r#"SELECT a.id, c.id AS customer_id, a.balance
         FROM stockbot.customers c JOIN stockbot.accounts a ON a.customer_id = c.id
         WHERE c.shop_id = $1 AND c.discord_user_id = $2 FOR UPDATE OF a"#,
        shop.0,
        id(user_id),
    );
    tx.row(sql).await
}

/// Read after the buyer's account was locked, so that nothing another purchase of his did is missed.
async fn read_facts(
    tx: &mut Tx,
    shop: ShopId,
    request: &PurchaseRequest,
    code: &str,
    account: Option<&Account>,
) -> Result<Facts, StoreError> {
    let sql = sqlx::query_as!(
        Facts,
        r#"SELECT CASE WHEN s.maintenance THEN s.maintenance_reason END AS maintenance,
            c.grow_id AS "grow_id?", c.blacklisted AS "blacklisted?",
            p.name AS "product_name?", p.price AS "price?", p.active AS "active?",
            (SELECT o.id FROM stockbot.orders o WHERE o.shop_id = $1 AND o.interaction_id = $4) AS bought,
            (SELECT o.id FROM stockbot.orders o WHERE o.shop_id = $1 AND o.confirmation_id = $5) AS confirmed,
            (SELECT d.channel_id FROM stockbot.direct_channels d WHERE d.application_id = $6 AND d.user_id = $7)
                AS direct_channel
         FROM stockbot.shops s
         LEFT JOIN stockbot.customers c ON c.shop_id = s.id AND c.id = $2
         LEFT JOIN stockbot.products p ON p.shop_id = s.id AND p.code = $3
         WHERE s.id = $1"#,
        shop.0,
        account.map(|a| a.customer_id),
        code,
        id(request.interaction_id),
        id(request.confirmation_id),
        id(request.application_id),
        id(request.user_id),
    );
    tx.one(sql).await
}

/// Everything that speaks against the sale before a unit is touched.
fn check(
    shop: ShopId,
    request: &PurchaseRequest,
    code: String,
    facts: Facts,
    account: Option<Account>,
) -> Result<Sale<'_>, Refusal> {
    if let Some(reason) = request.maintenance_forced.clone().or(facts.maintenance) {
        return Err(Refusal::Maintenance { reason });
    }
    let (Some(account), Some(grow_id)) = (account, facts.grow_id) else {
        return Err(Refusal::NotRegistered);
    };
    if facts.blacklisted == Some(true) {
        return Err(Refusal::Blacklisted);
    }
    let max = request.max_quantity.min(i32::MAX.into());
    if !(1..=max).contains(&request.quantity) {
        return Err(Refusal::BadQuantity { max });
    }
    let (Some(product_name), Some(price)) = (facts.product_name, facts.price) else {
        return Err(Refusal::UnknownProduct);
    };
    if facts.active != Some(true) {
        return Err(Refusal::Inactive);
    }
    if price != request.unit_price {
        return Err(Refusal::PriceChanged { now: price });
    }
    let total = price.saturating_mul(request.quantity);
    if account.balance < total {
        return Err(Refusal::BalanceTooLow { balance: account.balance, total });
    }
    let (order_id, direct_channel) = (new_id(), facts.direct_channel.map(i64::cast_unsigned));
    Ok(Sale { shop, request, order_id, code, product_name, grow_id, account, total, direct_channel })
}

/// Sells the oldest units to the order and returns them, oldest first; fewer than asked for if there are no more.
async fn take_units(tx: &mut Tx, sale: &Sale<'_>, claim: Claim) -> Result<Vec<String>, StoreError> {
    macro_rules! take {
        ($wait:literal) => {
            concat!(
                "WITH oldest AS (
                    SELECT id FROM stockbot.stock_units
                    WHERE shop_id = $1 AND product_code = $2 AND state = 'available'
                    ORDER BY id LIMIT $3 FOR NO KEY UPDATE ",
                $wait,
                ")
                UPDATE stockbot.stock_units u SET state = 'sold', order_id = $4, sold_at = now()
                FROM oldest WHERE u.id = oldest.id
                RETURNING u.id, u.content"
            )
        };
    }
    let sql = match claim {
        Claim::SkipLocked => take!("SKIP LOCKED"),
        Claim::Wait => take!(""),
    };
    let sql = sqlx::query(sql).bind(sale.shop.0).bind(&sale.code);
    let rows = tx.rows(sql.bind(sale.request.quantity).bind(&sale.order_id)).await?;
    let unit = |row| Ok((get(row, "id")?, get(row, "content")?));
    let mut units = rows.iter().map(unit).collect::<Result<Vec<(i64, String)>, StoreError>>()?;
    units.sort_unstable();
    Ok(units.into_iter().map(|(_, content)| content).collect())
}
