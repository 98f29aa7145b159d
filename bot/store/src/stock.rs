//! Stock units: one unique text line each, sold oldest first.

use std::collections::HashSet;

use serde_json::json;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Tx, capitals, get},
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
        /// Lines longer than [`MAX_UNIT_BYTES`].
        too_long: Vec<String>,
        /// Lines that no database stores: with a NUL character, or empty.
        unstorable: Vec<String>,
        /// Units of this product that can be sold now.
        available: i64,
    },
}

/// Adds units in the given order, which is the order of sale. Unique over the whole shop and all states.
/// What was taken out of the stock may come back. One transaction, audited as `stock.add`; 100,000 units are fine.
pub async fn add_units(
    store: &Store,
    shop: ShopId,
    code: &str,
    units: &[String],
    actor: &Actor,
) -> Result<StockOutcome, StoreError> {
    add_units_telling(store, shop, code, units, actor, |_| {}).await
}

/// As [`add_units`]; `progress` hears how many lines have been looked at.
pub async fn add_units_telling(
    store: &Store,
    shop: ShopId,
    code: &str,
    units: &[String],
    actor: &Actor,
    progress: impl Fn(usize),
) -> Result<StockOutcome, StoreError> {
    // One restock of a shop at a time: two that share lines would wait for each other's.
    let alone = format!("SELECT pg_advisory_xact_lock(stockbot.lock_key('restock', {}));", shop.0);
    store
        .whole(async || {
            let mut tx = store.begin_and(&alone).await?;
            let find = sqlx::query(
                "SELECT code FROM stockbot.products WHERE shop_id = $1 AND code = $2 AND removed_at IS NULL FOR KEY SHARE",
            );
            let Some(row) = tx.row(find.bind(shop.0).bind(capitals(code))).await? else {
                return Ok(StockOutcome::UnknownProduct);
            };
            let code: String = get(&row, "code")?;

            let (mut added, mut duplicates, mut too_long, mut unstorable) =
                (0, Vec::new(), Vec::new(), Vec::new());
            let mut done = 0;
            for batch in units.chunks(BATCH) {
                let (storable, bad): (Vec<&String>, Vec<&String>) =
                    batch.iter().partition(|unit| is_storable(unit));
                let (lines, long): (Vec<&String>, Vec<&String>) =
                    storable.into_iter().partition(|unit| unit.len() <= MAX_UNIT_BYTES);
                unstorable.extend(bad.into_iter().cloned());
                too_long.extend(long.into_iter().cloned());
                let mut new = insert(&mut tx, shop, &code, &lines, actor).await?;
                added += i64::try_from(new.len()).unwrap_or(i64::MAX);
                // The first occurrence of a new line is the unit; whatever is left was there before.
                duplicates.extend(lines.into_iter().filter(|unit| !new.remove(*unit)).cloned());
                done += batch.len();
                progress(done);
            }

            let total = i64::try_from(units.len()).unwrap_or(i64::MAX);
            let available = count_available(&mut tx, shop, &code).await?;
            let details = json!({
                "total": total, "added": added, "duplicates": duplicates.len(),
                "refused": too_long.len() + unstorable.len(),
            });
            let severity = Severity::Info;
            append(
                &mut tx,
                &Entry { shop, severity, action: "stock.add", actor, target: &code, details: &details },
            )
            .await?;
            tx.commit().await?;
            Ok(StockOutcome::Done { total, added, duplicates, too_long, unstorable, available })
        })
        .await
}

fn is_storable(line: &str) -> bool {
    !line.is_empty() && !line.contains('\0')
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
    let removed =
        "DELETE FROM stockbot.stock_units WHERE shop_id = $1 AND state = 'removed' AND content = ANY($2)";
    tx.execute(sqlx::query(removed).bind(shop.0).bind(&units)).await?;
    let rows = tx.rows(sql.bind(shop.0).bind(code).bind(units).bind(crate::db::id(actor.user_id))).await?;
    rows.iter().map(|row| get(row, "content")).collect()
}

/// Units that can be sold, as committed and as this transaction left them; nobody counts units for it.
pub(crate) async fn count_available(tx: &mut Tx, shop: ShopId, code: &str) -> Result<i64, StoreError> {
    let sql = sqlx::query(
        "SELECT coalesce(sum(available), 0)::bigint AS available FROM stockbot.stock_counts
         WHERE shop_id = $1 AND product_code = $2",
    );
    get(&tx.one(sql.bind(shop.0).bind(code)).await?, "available")
}
