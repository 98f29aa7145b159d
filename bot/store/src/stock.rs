//! Stock units: one unique text line each, sold oldest first.

use std::collections::HashSet;

use serde_json::json;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Tx, get},
    logs::{Entry, append},
};

/// Longest unit in bytes; the unique index holds whole lines.
pub const MAX_UNIT_BYTES: usize = 2000;
/// Units per statement: small enough for the statement timeout, large enough that round trips do not matter.
const BATCH: usize = 10_000;

/// Outcome of [`add_units`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StockOutcome {
    /// No product has this code; nothing changed.
    UnknownProduct,
    /// The rest was added.
    Done {
        /// Lines handed in.
        total: i64,
        /// Units added.
        added: i64,
        /// Lines that the shop has or had already, or that were handed in twice; once per repeat, in input order.
        duplicates: Vec<String>,
        /// Lines longer than [`MAX_UNIT_BYTES`], empty, or with a NUL character.
        refused: Vec<String>,
        /// Units of this product that can be sold now.
        available: i64,
    },
}

/// Adds units in the given order, which is the order of sale. Unique over the whole shop and all states.
/// One transaction, audited as `stock.add`; 100,000 units are fine.
pub async fn add_units(
    store: &Store,
    shop: ShopId,
    code: &str,
    units: &[String],
    actor: &Actor,
) -> Result<StockOutcome, StoreError> {
    // One restock of a shop at a time: two that share lines would wait for each other's.
    let alone = format!("SELECT pg_advisory_xact_lock(stockbot.lock_key('restock', {}));", shop.0);
    let mut tx = store.begin_and(&alone).await?;
    let find = sqlx::query(
        "SELECT code FROM stockbot.products WHERE shop_id = $1 AND code = upper($2) FOR KEY SHARE",
    );
    let Some(row) = tx.row(find.bind(shop.0).bind(code.trim())).await? else {
        return Ok(StockOutcome::UnknownProduct);
    };
    let code: String = get(&row, "code")?;

    let (mut added, mut duplicates, mut refused) = (0, Vec::new(), Vec::new());
    for batch in units.chunks(BATCH) {
        let (lines, bad): (Vec<&String>, Vec<&String>) = batch.iter().partition(|unit| is_unit(unit));
        refused.extend(bad.into_iter().cloned());
        let mut new = insert(&mut tx, shop, &code, &lines, actor).await?;
        added += i64::try_from(new.len()).unwrap_or(i64::MAX);
        // The first occurrence of a new line is the unit; whatever is left was there before.
        duplicates.extend(lines.into_iter().filter(|unit| !new.remove(*unit)).cloned());
    }

    let total = i64::try_from(units.len()).unwrap_or(i64::MAX);
    let available = count_available(&mut tx, shop, &code).await?;
    let details =
        json!({ "total": total, "added": added, "duplicates": duplicates.len(), "refused": refused.len() });
    let severity = Severity::Info;
    append(&mut tx, &Entry { shop, severity, action: "stock.add", actor, target: &code, details: &details })
        .await?;
    tx.commit().await?;
    Ok(StockOutcome::Done { total, added, duplicates, refused, available })
}

fn is_unit(line: &str) -> bool {
    (1..=MAX_UNIT_BYTES).contains(&line.len()) && !line.contains('\0')
}

/// Inserts what the shop does not have yet and returns it.
async fn insert(
    tx: &mut Tx,
    shop: ShopId,
    code: &str,
    units: &[&String],
    actor: &Actor,
) -> Result<HashSet<String>, StoreError> {
    let sql = sqlx::query(
        "INSERT INTO stockbot.stock_units (shop_id, product_code, content, added_by)
         SELECT $1, $2, line.content, $4 FROM unnest($3::text[]) WITH ORDINALITY AS line (content, place)
         ORDER BY line.place
         ON CONFLICT (shop_id, content) DO NOTHING
         RETURNING content",
    );
    let units: Vec<&str> = units.iter().map(|unit| unit.as_str()).collect();
    let rows = tx.rows(sql.bind(shop.0).bind(code).bind(units).bind(crate::db::id(actor.user_id))).await?;
    rows.iter().map(|row| get(row, "content")).collect()
}

/// Units that can be sold, as committed and as this transaction left them.
pub(crate) async fn count_available(tx: &mut Tx, shop: ShopId, code: &str) -> Result<i64, StoreError> {
    let sql = sqlx::query(
        "SELECT count(*) AS available FROM stockbot.stock_units
         WHERE shop_id = $1 AND product_code = $2 AND state = 'available'",
    );
    get(&tx.one(sql.bind(shop.0).bind(code)).await?, "available")
}
