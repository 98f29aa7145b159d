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

/// Transfers and what they did. Each query gives one sentence per contradiction; `$1` is a shop's id or NULL for all.
const TRANSFERS: &[&str] = &[
    // Double entry within one shop; an order was paid once by its customer, and a refunded one paid back once.
    "WITH moved AS MATERIALIZED (
        SELECT t.id, t.shop_id, t.kind, t.order_id, count(e.account_id) AS entries, coalesce(sum(e.amount), 0) AS total,
            max(a.customer_id) AS customer_id, sum(e.amount) FILTER (WHERE a.customer_id IS NOT NULL) AS amount,
            coalesce(bool_or(a.shop_id <> t.shop_id), false) AS stray
        FROM stockbot.ledger_transfers t
        LEFT JOIN stockbot.ledger_entries e ON e.transfer_id = t.id
        LEFT JOIN stockbot.accounts a ON a.id = e.account_id
        WHERE $1::bigint IS NULL OR t.shop_id = $1
        GROUP BY t.id
     )
     SELECT format('transfer %s: %s entries that sum to %s', id, entries, total)
     FROM moved WHERE entries <> 2 OR total <> 0
     UNION ALL
     SELECT format('transfer %s: it is of shop %s, but an account of another shop has an entry of it', id, shop_id)
     FROM moved WHERE stray
     UNION ALL
     SELECT format('order %s: total %s, but paid %s', o.id, o.total, coalesce(-paid.amount, 0))
     FROM stockbot.orders o
     LEFT JOIN moved AS paid
        ON paid.order_id = o.id AND paid.kind = 'purchase' AND paid.customer_id = o.customer_id
     WHERE ($1::bigint IS NULL OR o.shop_id = $1) AND coalesce(-paid.amount, 0) <> o.total
     UNION ALL
     SELECT format('order %s (%s): total %s, but paid back %s', coalesce(o.id, back.order_id), coalesce(o.state, 'not refunded'),
            o.total, coalesce(back.amount, 0))
     FROM (SELECT order_id, customer_id, amount FROM moved WHERE kind = 'refund') AS back
     FULL JOIN (
        SELECT id, customer_id, state, total FROM stockbot.orders WHERE state = 'refunded' AND ($1::bigint IS NULL OR shop_id = $1)
     ) AS o ON back.order_id = o.id AND back.customer_id = o.customer_id
     WHERE o.id IS NULL OR back.amount IS DISTINCT FROM o.total",
];

/// Accounts, goods, deliveries and the audit trail; about as much work as the transfers.
const THE_REST: &[&str] = &[
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
    // An order has exactly its units, a refunded one none; no unit names an order that is not there.
    "WITH taken AS (
        SELECT order_id, count(*) AS units, min(product_code) AS code, max(product_code) AS other
        FROM stockbot.stock_units
        WHERE order_id IS NOT NULL AND ($1::bigint IS NULL OR shop_id = $1)
        GROUP BY shop_id, order_id
     ), sold AS (
        SELECT id, state, product_code, CASE WHEN state = 'refunded' THEN 0 ELSE quantity END AS units
        FROM stockbot.orders WHERE $1::bigint IS NULL OR shop_id = $1
     )
     SELECT CASE WHEN sold.id IS NULL
            THEN format('%s units of %s name the order %s, which is not there', taken.units, code, order_id)
            ELSE format('order %s (%s): %s units of %s instead of %s of %s',
                sold.id, sold.state, coalesce(taken.units, 0), concat_ws(' and ', code, nullif(other, code)),
                sold.units, product_code)
        END
     FROM taken FULL JOIN sold ON sold.id = taken.order_id
     WHERE sold.id IS NULL OR coalesce(taken.units, 0) <> sold.units
        OR taken.units > 0 AND (code, other) <> (product_code, product_code)",
    // The counts of what can be sold are those of the units.
    "WITH units AS (
        SELECT shop_id, product_code, count(*) AS available FROM stockbot.stock_units
        WHERE state = 'available' AND ($1::bigint IS NULL OR shop_id = $1) GROUP BY shop_id, product_code
     ), counts AS (
        SELECT shop_id, product_code, sum(available) AS available FROM stockbot.stock_counts
        WHERE $1::bigint IS NULL OR shop_id = $1 GROUP BY shop_id, product_code
     )
     SELECT format('product %s of shop %s: %s units can be sold, but %s are counted',
            product_code, shop_id, coalesce(units.available, 0), coalesce(counts.available, 0))
     FROM units FULL JOIN counts USING (shop_id, product_code)
     WHERE coalesce(units.available, 0) <> coalesce(counts.available, 0)",
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
///
/// Takes two connections, because half of the work each is done in half of the time.
pub async fn audit(store: &Store, shop: Option<ShopId>) -> Result<AuditReport, StoreError> {
    let shop = shop.map(|s| s.0);
    let mut tx = begin(store, "").await?;
    let row = tx.one(sqlx::query("SELECT pg_export_snapshot() AS snapshot")).await?;
    let mut twin = begin(store, get(&row, "snapshot")?).await?;
    let (transfers, rest) = tokio::join!(check(&mut tx, shop, TRANSFERS), check(&mut twin, shop, THE_REST));
    let mut report = count(&mut tx, shop).await?;
    report.problems = rest?;
    report.problems.extend(transfers?);
    Ok(report)
}

/// Starts reading in a snapshot of its own, or in an exported one.
async fn begin(store: &Store, snapshot: &str) -> Result<Tx, StoreError> {
    let adopt =
        if snapshot.is_empty() { String::new() } else { format!("SET TRANSACTION SNAPSHOT '{snapshot}';") };
    // Reading everything may take longer than a sale may; compiling these statements takes longer than running them.
    let sql = format!(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; {adopt}
         SET LOCAL statement_timeout = '{}s'; SET LOCAL jit = off;",
        PATIENCE.as_secs()
    );
    store.begin_patiently(&sql, PATIENCE).await
}

/// The sentences of some checks.
async fn check(tx: &mut Tx, shop: Option<i64>, checks: &[&str]) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for check in checks {
        let sql = format!(
            "SELECT problem, count(*) OVER () AS problems FROM ({check}) AS found (problem)
             ORDER BY problem LIMIT {LISTED}"
        );
        let rows = tx.rows(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(shop)).await?;
        for row in &rows {
            problems.push(get(row, "problem")?);
        }
        let all: i64 = rows.first().map_or(Ok(0), |row| get(row, "problems"))?;
        if all > LISTED {
            problems.push(format!("... and {} more like these", all - LISTED));
        }
    }
    Ok(problems)
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
