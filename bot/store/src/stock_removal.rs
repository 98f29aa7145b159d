//! Units that leave the stock unsold, and what is told of the stock: reduce, undo of the last addition, export, history.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Sql, Tx, capitals, get, get_id, get_time},
    logs::{Entry, append},
    stock::count_available,
};

/// Outcome of [`reduce_units`] and [`undo_addition`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Taken out.
    Done {
        /// The units, the newest first.
        units: Vec<String>,
        /// Units that can be sold now.
        available: i64,
    },
    /// There are other numbers than was said; nothing changed.
    OtherStock {
        /// Units that could be taken out.
        available: i64,
    },
}

/// Units that came into the stock together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// When; names it within the product.
    pub at: Timestamp,
    /// Units.
    pub added: i64,
    /// Those that can still be taken back.
    pub left: i64,
}

/// A change of the stock as the audit trail has it.
#[derive(Clone, Debug, PartialEq)]
pub struct StockChange {
    /// `stock.add`, `stock.reduce`, `stock.undo` or `stock.export`.
    pub action: String,
    /// Product.
    pub code: String,
    /// Who.
    pub user_id: u64,
    /// When.
    pub at: Timestamp,
    /// Numbers.
    pub details: Value,
}

/// Takes the newest `quantity` units out; all or none. Audited as `stock.reduce`.
pub async fn reduce_units(
    store: &Store,
    shop: ShopId,
    code: &str,
    quantity: i64,
    actor: &Actor,
) -> Result<Reduction, StoreError> {
    let code = capitals(code);
    let transaction = async || {
        let mut tx = store.begin().await?;
        let take = sqlx::query(
            "WITH newest AS (
                SELECT id FROM stockbot.stock_units WHERE shop_id = $1 AND product_code = $2 AND state = 'available'
                ORDER BY id DESC LIMIT $3 FOR UPDATE SKIP LOCKED
            )
            UPDATE stockbot.stock_units u SET state = 'removed' FROM newest WHERE u.id = newest.id
            RETURNING u.id, u.content",
        );
        let taken = tx.rows(take.bind(shop.0).bind(&code).bind(quantity)).await?;
        finish(tx, shop, &code, "stock.reduce", &taken, quantity, actor).await
    };
    store.whole(transaction).await
}

/// The last addition to a product, sold or not. `None`: nothing was ever added.
pub async fn last_addition(store: &Store, shop: ShopId, code: &str) -> Result<Option<Addition>, StoreError> {
    let sql = sqlx::query(
        "SELECT added_at, count(*) AS added, count(*) FILTER (WHERE state = 'available') AS available
         FROM stockbot.stock_units
         WHERE shop_id = $1 AND product_code = $2 AND state <> 'removed' AND added_at = (
            SELECT max(added_at) FROM stockbot.stock_units
            WHERE shop_id = $1 AND product_code = $2 AND state <> 'removed'
         ) GROUP BY added_at",
    );
    let row = store.row(sql.bind(shop.0).bind(capitals(code))).await?;
    row.map(|row| {
        let (added, left) = (get(&row, "added")?, get(&row, "available")?);
        Ok(Addition { at: get_time(&row, "added_at")?, added, left })
    })
    .transpose()
}

/// Takes back what is left of an addition, if that is exactly so many. Audited as `stock.undo`.
pub async fn undo_addition(
    store: &Store,
    shop: ShopId,
    code: &str,
    at: Timestamp,
    left: i64,
    actor: &Actor,
) -> Result<Reduction, StoreError> {
    let code = capitals(code);
    let transaction = async || {
        let mut tx = store.begin().await?;
        let take = sqlx::query(
            "UPDATE stockbot.stock_units SET state = 'removed'
             WHERE shop_id = $1 AND product_code = $2 AND state = 'available' AND added_at = $3
             RETURNING id, content",
        );
        let taken = tx.rows(take.bind(shop.0).bind(&code).bind(jiff_sqlx::Timestamp::from(at))).await?;
        finish(tx, shop, &code, "stock.undo", &taken, left, actor).await
    };
    store.whole(transaction).await
}

async fn finish(
    mut tx: Tx,
    shop: ShopId,
    code: &str,
    action: &str,
    taken: &[PgRow],
    wanted: i64,
    actor: &Actor,
) -> Result<Reduction, StoreError> {
    let number = i64::try_from(taken.len()).unwrap_or(i64::MAX);
    if number != wanted || number == 0 {
        return Ok(Reduction::OtherStock { available: number });
    }
    let mut units = taken
        .iter()
        .map(|row| Ok((get(row, "id")?, get(row, "content")?)))
        .collect::<Result<Vec<(i64, String)>, StoreError>>()?;
    units.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
    let available = count_available(&mut tx, shop, code).await?;
    let (severity, details) = (Severity::Warning, json!({ "units": number, "available": available }));
    append(&mut tx, &Entry { shop, severity, action, actor, target: code, details: &details }).await?;
    tx.commit().await?;
    Ok(Reduction::Done { units: units.into_iter().map(|(_, content)| content).collect(), available })
}

/// The oldest units that can be sold, at most so many, as they would be sold. Audited as `stock.export`: somebody has seen goods.
pub async fn export_units(
    store: &Store,
    shop: ShopId,
    code: &str,
    most: i64,
    actor: &Actor,
) -> Result<Vec<String>, StoreError> {
    let code = capitals(code);
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let sql = sqlx::query(
                "SELECT content FROM stockbot.stock_units
                 WHERE shop_id = $1 AND product_code = $2 AND state = 'available' ORDER BY id LIMIT $3",
            );
            let rows = tx.rows(sql.bind(shop.0).bind(&code).bind(most)).await?;
            let units: Vec<String> =
                rows.iter().map(|row| get(row, "content")).collect::<Result<_, StoreError>>()?;
            let (severity, details) = (Severity::Warning, json!({ "units": units.len() }));
            let entry =
                Entry { shop, severity, action: "stock.export", actor, target: &code, details: &details };
            append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(units)
        })
        .await
}

/// The newest changes of the stock, of one product or all.
pub async fn stock_history(
    store: &Store,
    shop: ShopId,
    code: Option<&str>,
    limit: i64,
) -> Result<Vec<StockChange>, StoreError> {
    let rows = store.rows(history_sql(shop, code, limit)).await?;
    let change = |row: &PgRow| {
        Ok(StockChange {
            action: get(row, "action")?,
            code: get(row, "target")?,
            user_id: get_id(row, "actor_id")?,
            at: get_time(row, "created_at")?,
            details: get(row, "details")?,
        })
    };
    rows.iter().map(change).collect()
}

fn history_sql<'q>(shop: ShopId, code: Option<&str>, limit: i64) -> Sql<'q> {
    let sql = sqlx::query(
        "SELECT action, target, actor_id, created_at, details FROM stockbot.discord_audit_logs
         WHERE shop_id = $1 AND starts_with(action, 'stock.') AND ($2::text IS NULL OR target = $2)
         ORDER BY number DESC LIMIT $3",
    );
    sql.bind(shop.0).bind(code.map(capitals)).bind(limit)
}
