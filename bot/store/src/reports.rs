//! What administrators read: movements of all customers, figures of sales, and whole tables for a spreadsheet.

use jiff::Timestamp;
use serde_json::json;
use sqlx::postgres::PgRow;

use crate::{
    Actor, Movement, Severity, ShopId, Store, StoreError,
    db::{Sql, get, get_maybe_time, get_time, get_word},
    logs::{Entry, append},
};

/// A movement, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomersMovement {
    /// GrowID of the customer.
    pub grow_id: String,
    /// The movement; its `entry_id` counts per customer.
    pub movement: Movement,
}

/// Sales of a product, a day or an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sales {
    /// Code, date, or hour.
    pub of: String,
    /// Orders.
    pub orders: i64,
    /// Units.
    pub units: i64,
    /// Money.
    pub total: i64,
}

/// How sales are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SalesBy {
    Product,
    Day,
    Hour,
}

/// The shop's customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerFigures {
    /// Registered.
    pub registered: i64,
    /// Who bought in the time asked about.
    pub bought: i64,
    /// Balances of all.
    pub balances: i64,
}

/// A table for a spreadsheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Table {
    Orders,
    Ledger,
    Audit,
}

/// The newest movements, of one customer or all.
pub async fn transactions(
    store: &Store,
    shop: ShopId,
    customer: Option<i64>,
    limit: i64,
) -> Result<Vec<CustomersMovement>, StoreError> {
    let sql = sqlx::query(
        "SELECT c.grow_id, e.account_version, t.kind, e.amount, e.balance_after, t.created_at, t.order_id
         FROM stockbot.ledger_transfers t
         JOIN stockbot.ledger_entries e ON e.transfer_id = t.id
         JOIN stockbot.accounts a ON a.id = e.account_id
         JOIN stockbot.customers c ON c.id = a.customer_id
         WHERE t.shop_id = $1 AND ($2::bigint IS NULL OR c.id = $2) ORDER BY t.id DESC LIMIT $3",
    );
    let rows = store.rows(sql.bind(shop.0).bind(customer).bind(limit)).await?;
    let movement = |row: &PgRow| {
        let movement = Movement {
            entry_id: get(row, "account_version")?,
            kind: get_word(row, "kind")?,
            amount: get(row, "amount")?,
            balance_after: get(row, "balance_after")?,
            at: get_time(row, "created_at")?,
            order_id: get(row, "order_id")?,
        };
        Ok(CustomersMovement { grow_id: get(row, "grow_id")?, movement })
    };
    rows.iter().map(movement).collect()
}

/// Sales of the last `days` (refunded ones left out), added up: products and hours by money, days from the newest. Days and hours
/// are those of UTC.
pub async fn sales(
    store: &Store,
    shop: ShopId,
    by: SalesBy,
    days: i32,
    limit: i64,
) -> Result<Vec<Sales>, StoreError> {
    let (of, order) = match by {
        SalesBy::Product => ("product_code", "total DESC, 1"),
        SalesBy::Day => ("to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')", "1 DESC"),
        SalesBy::Hour => ("to_char(created_at AT TIME ZONE 'UTC', 'HH24')", "orders DESC, 1"),
    };
    let sql = format!(
        "SELECT {of} AS of, count(*) AS orders, sum(quantity)::bigint AS units, sum(total)::bigint AS total
         FROM stockbot.orders
         WHERE shop_id = $1 AND state <> 'refunded' AND created_at > now() - make_interval(days => $2)
         GROUP BY 1 ORDER BY {order} LIMIT $3"
    );
    let sql = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(shop.0).bind(days).bind(limit);
    let sales = |row: &PgRow| {
        Ok(Sales {
            of: get(row, "of")?,
            orders: get(row, "orders")?,
            units: get(row, "units")?,
            total: get(row, "total")?,
        })
    };
    store.rows(sql).await?.iter().map(sales).collect()
}

/// Figures of the customers; buyers of the last `days`.
pub async fn customer_figures(store: &Store, shop: ShopId, days: i32) -> Result<CustomerFigures, StoreError> {
    let sql = sqlx::query(
        "SELECT count(*) AS registered, coalesce(sum(a.balance), 0)::bigint AS balances, (
            SELECT count(DISTINCT o.customer_id) FROM stockbot.orders o
            WHERE o.shop_id = $1 AND o.state <> 'refunded' AND o.created_at > now() - make_interval(days => $2)
         ) AS bought
         FROM stockbot.customers c JOIN stockbot.accounts a ON a.customer_id = c.id WHERE c.shop_id = $1",
    );
    let row = store.one(sql.bind(shop.0).bind(days)).await?;
    let (registered, bought) = (get(&row, "registered")?, get(&row, "bought")?);
    Ok(CustomerFigures { registered, bought, balances: get(&row, "balances")? })
}

/// The newest rows of a table, at most so many, with their heading; audited as `export`.
pub async fn export(
    store: &Store,
    shop: ShopId,
    table: Table,
    most: i64,
    actor: &Actor,
) -> Result<Vec<Vec<String>>, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let rows = tx.rows(table_sql(table).bind(shop.0).bind(most)).await?;
            let heading = heading(table).iter().map(|name| (*name).to_owned()).collect();
            let rows = rows.iter().map(|row| line(table, row)).collect::<Result<Vec<_>, StoreError>>()?;
            let (severity, details) = (Severity::Warning, json!({ "rows": rows.len() }));
            let target = format!("{table:?}").to_lowercase();
            let entry = Entry { shop, severity, action: "export", actor, target: &target, details: &details };
            append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(std::iter::once(heading).chain(rows).collect())
        })
        .await
}

fn heading(table: Table) -> &'static [&'static str] {
    match table {
        Table::Orders => &[
            "order",
            "at",
            "growid",
            "product",
            "name",
            "quantity",
            "unit_price",
            "total",
            "state",
            "delivered_at",
        ],
        Table::Ledger => &["at", "growid", "kind", "amount", "balance_after", "order", "external_id"],
        Table::Audit => &["number", "at", "severity", "action", "actor_id", "actor", "target", "details"],
    }
}

fn table_sql<'q>(table: Table) -> Sql<'q> {
    match table {
        Table::Orders => sqlx::query(
            "SELECT o.id, o.created_at, c.grow_id, o.product_code, o.product_name, o.quantity::bigint, o.unit_price,
                o.total, o.state, o.delivered_at
             FROM stockbot.orders o JOIN stockbot.customers c ON c.id = o.customer_id
             WHERE o.shop_id = $1 ORDER BY o.created_at DESC, o.id LIMIT $2",
        ),
        Table::Ledger => sqlx::query(
            "SELECT t.created_at, c.grow_id, t.kind, e.amount, e.balance_after, t.order_id, t.external_id
             FROM stockbot.ledger_transfers t
             JOIN stockbot.ledger_entries e ON e.transfer_id = t.id
             JOIN stockbot.accounts a ON a.id = e.account_id
             JOIN stockbot.customers c ON c.id = a.customer_id
             WHERE t.shop_id = $1 ORDER BY t.id DESC LIMIT $2",
        ),
        Table::Audit => sqlx::query(
            "SELECT number, created_at, severity, action, actor_id, actor_name, target, details::text
             FROM stockbot.discord_audit_logs WHERE shop_id = $1 ORDER BY number DESC LIMIT $2",
        ),
    }
}

fn line(table: Table, row: &PgRow) -> Result<Vec<String>, StoreError> {
    let text = |column: &str| get::<String>(row, column);
    let number = |column: &str| get::<i64>(row, column).map(|number| number.to_string());
    let maybe = |column: &str| get::<Option<String>>(row, column).map(Option::unwrap_or_default);
    let at = || get_time(row, "created_at").map(|at: Timestamp| at.to_string());
    Ok(match table {
        Table::Orders => vec![
            text("id")?,
            at()?,
            text("grow_id")?,
            text("product_code")?,
            text("product_name")?,
            number("quantity")?,
            number("unit_price")?,
            number("total")?,
            text("state")?,
            get_maybe_time(row, "delivered_at")?.map_or_else(String::new, |at| at.to_string()),
        ],
        Table::Ledger => vec![
            at()?,
            text("grow_id")?,
            text("kind")?,
            number("amount")?,
            number("balance_after")?,
            maybe("order_id")?,
            text("external_id")?,
        ],
        Table::Audit => vec![
            number("number")?,
            at()?,
            text("severity")?,
            text("action")?,
            number("actor_id")?,
            text("actor_name")?,
            text("target")?,
            text("details")?,
        ],
    })
}
