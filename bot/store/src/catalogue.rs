//! Changes to many products at once: visibility, order, removal. Single ones are in `products`.

use serde_json::json;

use crate::{
    Actor, Product, Severity, ShopId, Store, StoreError,
    db::{Sql, Tx, capitals, get},
    logs::{Entry, append},
    products,
};

/// Which products are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Those of a category, as it is written.
    Category(String),
    /// All.
    All,
}

/// Outcome of [`remove_product`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoveProduct {
    /// Gone, and so many units that were in stock.
    Done {
        /// Units.
        units: i64,
    },
    /// It has other stock than was said; nothing changed.
    OtherStock {
        /// Units.
        available: i64,
    },
    /// No product has this code.
    UnknownProduct,
}

/// Shows or hides products; how many changed. Audited once per product as `product.show` and `product.hide`.
pub async fn set_products_active(
    store: &Store,
    shop: ShopId,
    which: &Selection,
    active: bool,
    actor: &Actor,
) -> Result<usize, StoreError> {
    let category = match which {
        Selection::Category(category) => Some(category.as_str()),
        Selection::All => None,
    };
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let update = sqlx::query(
                "UPDATE stockbot.products SET active = $3
                 WHERE shop_id = $1 AND ($2::text IS NULL OR category = $2) AND active <> $3 AND removed_at IS NULL
                 RETURNING code",
            );
            let changed = tx.rows(update.bind(shop.0).bind(category).bind(active)).await?;
            let action = if active { "product.show" } else { "product.hide" };
            for row in &changed {
                let (code, details) = (get::<String>(row, "code")?, json!({ "category": category }));
                let severity = Severity::Info;
                append(&mut tx, &Entry { shop, severity, action, actor, target: &code, details: &details })
                    .await?;
            }
            tx.commit().await?;
            Ok(changed.len())
        })
        .await
}

/// Moves a product to a place in the manual order, counted from 1; the others keep theirs. Audited as `product.move`.
/// `None`: no such product.
pub async fn move_product(
    store: &Store,
    shop: ShopId,
    code: &str,
    place: usize,
    actor: &Actor,
) -> Result<Option<usize>, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            // One at a time: the order is one thing.
            let lock =
                "SELECT code FROM stockbot.products WHERE shop_id = $1 ORDER BY code FOR NO KEY UPDATE";
            tx.rows(sqlx::query(lock).bind(shop.0)).await?;
            let all = products::read(&tx.rows(products::list_sql(shop, true)).await?)?;
            let mut codes: Vec<String> = all.into_iter().map(|product: Product| product.code).collect();
            let Some(from) = codes.iter().position(|known| *known == capitals(code)) else { return Ok(None) };
            let moved = codes.remove(from);
            let to = place.clamp(1, codes.len() + 1);
            codes.insert(to - 1, moved.clone());
            tx.execute(ordered_sql(shop, &codes)).await?;
            let (severity, details) = (Severity::Info, json!({ "from": from + 1, "to": to }));
            let entry =
                Entry { shop, severity, action: "product.move", actor, target: &moved, details: &details };
            append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(Some(to))
        })
        .await
}

fn ordered_sql(shop: ShopId, codes: &[String]) -> Sql<'_> {
    let sql = sqlx::query(
        "UPDATE stockbot.products p SET position = wanted.place
         FROM unnest($2::text[]) WITH ORDINALITY AS wanted (code, place)
         WHERE p.shop_id = $1 AND p.code = wanted.code AND p.position <> wanted.place",
    );
    sql.bind(shop.0).bind(codes)
}

/// Removes a product and the units that can still be sold, if there are exactly so many. What was sold stays in the books.
/// Audited as `product.remove`.
pub async fn remove_product(
    store: &Store,
    shop: ShopId,
    code: &str,
    units: i64,
    actor: &Actor,
) -> Result<RemoveProduct, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let code = capitals(code);
            let remove = sqlx::query(
                "UPDATE stockbot.products SET active = false, featured = false, removed_at = now()
                 WHERE shop_id = $1 AND code = $2 AND removed_at IS NULL",
            );
            if tx.execute(remove.bind(shop.0).bind(&code)).await? == 0 {
                return Ok(RemoveProduct::UnknownProduct);
            }
            let available = take_out_all(&mut tx, shop, &code).await?;
            if available != units {
                return Ok(RemoveProduct::OtherStock { available });
            }
            let (severity, details) = (Severity::Warning, json!({ "units": units }));
            let entry =
                Entry { shop, severity, action: "product.remove", actor, target: &code, details: &details };
            append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(RemoveProduct::Done { units })
        })
        .await
}

async fn take_out_all(tx: &mut Tx, shop: ShopId, code: &str) -> Result<i64, StoreError> {
    let sql = sqlx::query(
        "UPDATE stockbot.stock_units SET state = 'removed'
         WHERE shop_id = $1 AND product_code = $2 AND state = 'available'",
    );
    let taken = tx.execute(sql.bind(shop.0).bind(code)).await?;
    Ok(i64::try_from(taken).unwrap_or(i64::MAX))
}
