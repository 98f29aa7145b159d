//! The proof of the books: balances, versions, sums, orders and stock against each other.
//!
//! Reads everything in one snapshot and changes nothing. The invariants are those that tests hold every run of the shop against:
//! what is sold, paid and counted must add up whatever happened.

use std::time::Duration;

use crate::{
    ShopId, Store, StoreError,
    db::{Tx, get},
};

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

/// Longest time one check may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// Problems listed per check; the rest is only counted.
const LISTED: i64 = 20;

/// Each query gives one sentence per contradiction. `$1` is a shop's id or NULL for all.
const CHECKS: &[&str] = &[
    // Per account, in order of the versions: no gap, and each balance is the one before plus the amount.
    "SELECT format('account %s: entry %s has version %s and balance %s, expected version %s and balance %s',
            account_id, place, account_version, balance_after, place, expected)
     FROM (
        SELECT e.account_id, e.account_version, e.balance_after,
            row_number() OVER w AS place, sum(e.amount) OVER w AS expected
        FROM stockbot.ledger_entries e JOIN stockbot.accounts a ON a.id = e.account_id
        WHERE $1::bigint IS NULL OR a.shop_id = $1
        WINDOW w AS (PARTITION BY e.account_id ORDER BY e.account_version)
     ) AS entry
     WHERE account_version <> place OR balance_after <> expected",
    // The account says what its last entry says.
    "SELECT format('account %s: balance %s and version %s, but its entries end with balance %s and version %s',
            a.id, a.balance, a.version, coalesce(last.balance_after, 0), coalesce(last.account_version, 0))
     FROM stockbot.accounts a
     LEFT JOIN LATERAL (
        SELECT e.balance_after, e.account_version FROM stockbot.ledger_entries e
        WHERE e.account_id = a.id ORDER BY e.account_version DESC LIMIT 1
     ) AS last ON true
     WHERE ($1::bigint IS NULL OR a.shop_id = $1)
        AND (a.balance, a.version) <> (coalesce(last.balance_after, 0), coalesce(last.account_version, 0))",
    "SELECT format('account %s: a customer has the balance %s', id, balance)
     FROM stockbot.accounts
     WHERE ($1::bigint IS NULL OR shop_id = $1) AND kind = 'customer' AND balance < 0",
    // Double entry, within one shop.
    "SELECT format('transfer %s: %s entries that sum to %s', t.id, coalesce(e.entries, 0), coalesce(e.total, 0))
     FROM stockbot.ledger_transfers t
     LEFT JOIN (
        SELECT transfer_id, count(*) AS entries, sum(amount) AS total FROM stockbot.ledger_entries GROUP BY transfer_id
     ) AS e ON e.transfer_id = t.id
     WHERE ($1::bigint IS NULL OR t.shop_id = $1) AND (e.entries IS DISTINCT FROM 2 OR e.total <> 0)",
    "SELECT format('transfer %s: it is of shop %s, its entry is on account %s of shop %s', t.id, t.shop_id, a.id, a.shop_id)
     FROM stockbot.ledger_transfers t
     JOIN stockbot.ledger_entries e ON e.transfer_id = t.id
     JOIN stockbot.accounts a ON a.id = e.account_id
     WHERE ($1::bigint IS NULL OR t.shop_id = $1) AND a.shop_id <> t.shop_id",
    // An order was paid once by its customer; a refunded one was paid back once.
    "SELECT format('order %s (%s): total %s, but paid %s and paid back %s',
            o.id, o.state, o.total, coalesce(paid.amount, 0), coalesce(back.amount, 0))
     FROM stockbot.orders o
     JOIN stockbot.accounts a ON a.customer_id = o.customer_id
     LEFT JOIN LATERAL (
        SELECT -sum(e.amount) AS amount FROM stockbot.ledger_transfers t
        JOIN stockbot.ledger_entries e ON e.transfer_id = t.id AND e.account_id = a.id
        WHERE t.order_id = o.id AND t.kind = 'purchase'
     ) AS paid ON true
     LEFT JOIN LATERAL (
        SELECT sum(e.amount) AS amount FROM stockbot.ledger_transfers t
        JOIN stockbot.ledger_entries e ON e.transfer_id = t.id AND e.account_id = a.id
        WHERE t.order_id = o.id AND t.kind = 'refund'
     ) AS back ON true
     WHERE ($1::bigint IS NULL OR o.shop_id = $1)
        AND (coalesce(paid.amount, 0), coalesce(back.amount, 0))
            <> (o.total, CASE WHEN o.state = 'refunded' THEN o.total ELSE 0 END)",
    // An order has exactly its units, a refunded one none.
    "SELECT format('order %s (%s): %s of %s units of %s', o.id, o.state, coalesce(u.units, 0), o.quantity, o.product_code)
     FROM stockbot.orders o
     LEFT JOIN (
        SELECT order_id, shop_id, product_code, count(*) AS units FROM stockbot.stock_units
        WHERE order_id IS NOT NULL GROUP BY order_id, shop_id, product_code
     ) AS u ON u.order_id = o.id AND u.shop_id = o.shop_id AND u.product_code = o.product_code
     WHERE ($1::bigint IS NULL OR o.shop_id = $1)
        AND coalesce(u.units, 0) <> CASE WHEN o.state = 'refunded' THEN 0 ELSE o.quantity END",
    "SELECT format('unit %s (%s): it names the order %s, which is not an order of its shop and product', u.id, u.state, u.order_id)
     FROM stockbot.stock_units u
     LEFT JOIN stockbot.orders o ON o.id = u.order_id AND o.shop_id = u.shop_id AND o.product_code = u.product_code
     WHERE ($1::bigint IS NULL OR u.shop_id = $1) AND u.order_id IS NOT NULL AND o.id IS NULL",
    // Paid means that a delivery is owed.
    "SELECT format('order %s: paid, but no delivery is owed', o.id)
     FROM stockbot.orders o
     WHERE ($1::bigint IS NULL OR o.shop_id = $1) AND o.state = 'paid'
        AND NOT EXISTS (
            SELECT FROM stockbot.outbox j
            WHERE j.order_id = o.id AND j.kind = 'delivery' AND j.state IN ('pending', 'failed')
        )",
    "SELECT format('order %s: refunded, but delivered or still to be delivered', o.id)
     FROM stockbot.orders o
     JOIN stockbot.outbox j ON j.order_id = o.id AND j.kind = 'delivery' AND j.state IN ('pending', 'done')
     WHERE ($1::bigint IS NULL OR o.shop_id = $1) AND o.state = 'refunded'",
    // The audit trail goes on without a gap (retention removes its beginning only).
    "SELECT format('audit trail of shop %s: entry %s follows entry %s', shop_id, number, before)
     FROM (
        SELECT shop_id, number, lag(number) OVER (PARTITION BY shop_id ORDER BY number) AS before
        FROM stockbot.discord_audit_logs WHERE $1::bigint IS NULL OR shop_id = $1
     ) AS entry
     WHERE number <> before + 1",
];

/// Proves balances, versions, sums, orders and stock of one shop (or all) against each other, in one snapshot.
pub async fn audit(store: &Store, shop: Option<ShopId>) -> Result<AuditReport, StoreError> {
    let shop = shop.map(|s| s.0);
    // Reading everything may take longer than a sale may.
    let snapshot = format!(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '{}s';",
        PATIENCE.as_secs()
    );
    let mut tx = store.begin_patiently(&snapshot, PATIENCE).await?;
    let mut report = count(&mut tx, shop).await?;
    for check in CHECKS {
        let sql = format!(
            "SELECT problem, count(*) OVER () AS problems FROM ({check}) AS found (problem) ORDER BY problem LIMIT {LISTED}"
        );
        let rows = tx.rows(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(shop)).await?;
        for row in &rows {
            report.problems.push(get(row, "problem")?);
        }
        let all: i64 = rows.first().map_or(Ok(0), |row| get(row, "problems"))?;
        if all > LISTED {
            report.problems.push(format!("... and {} more like these", all - LISTED));
        }
    }
    Ok(report)
}

async fn count(tx: &mut Tx, shop: Option<i64>) -> Result<AuditReport, StoreError> {
    let sql = sqlx::query(
        "SELECT
            (SELECT count(*) FROM stockbot.ledger_entries e JOIN stockbot.accounts a ON a.id = e.account_id
             WHERE $1::bigint IS NULL OR a.shop_id = $1) AS entries,
            (SELECT count(*) FROM stockbot.ledger_transfers WHERE $1::bigint IS NULL OR shop_id = $1) AS transfers,
            (SELECT count(*) FROM stockbot.orders WHERE $1::bigint IS NULL OR shop_id = $1) AS orders,
            (SELECT count(*) FROM stockbot.stock_units WHERE $1::bigint IS NULL OR shop_id = $1) AS units",
    );
    let row = tx.one(sql.bind(shop)).await?;
    Ok(AuditReport {
        problems: Vec::new(),
        entries: get(&row, "entries")?,
        transfers: get(&row, "transfers")?,
        orders: get(&row, "orders")?,
        units: get(&row, "units")?,
    })
}
