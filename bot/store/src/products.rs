//! Products: what is for sale, at what price, in which order.

use serde_json::json;
use sqlx::postgres::PgRow;

pub use crate::product_rules::{MAX_PRICE, ProductCode, ProductProblem};
use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Sql, Tx, capitals, get},
    logs::{Entry, append},
    product_rules::problem,
};

/// A product with its live stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Upper-case code, unique in the shop.
    pub code: String,
    /// Name shown to people.
    pub name: String,
    /// Price of one unit in the smallest denomination.
    pub price: i64,
    /// Text below the name; may be empty.
    pub description: String,
    /// Group in the live message; may be empty.
    pub category: String,
    /// Listed first.
    pub featured: bool,
    /// Place in a manually ordered list.
    pub position: i32,
    /// For sale and listed.
    pub active: bool,
    /// Counts the changes of this row.
    pub version: i64,
    /// Units that can be sold now.
    pub available: i64,
}

impl Product {
    pub(crate) fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            code: get(row, "code")?,
            name: get(row, "name")?,
            price: get(row, "price")?,
            description: get(row, "description")?,
            category: get(row, "category")?,
            featured: get(row, "featured")?,
            position: get(row, "position")?,
            active: get(row, "active")?,
            version: get(row, "version")?,
            available: get(row, "available")?,
        })
    }
}

/// What a new product needs; it starts active, not featured, at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProduct {
    /// Code.
    pub code: ProductCode,
    /// Name shown to people, 1 to 100 characters.
    pub name: String,
    /// Price of one unit in the smallest denomination, at least 1.
    pub price: i64,
    /// At most 1000 characters.
    pub description: String,
    /// At most 100 characters.
    pub category: String,
}

/// Outcome of [`add_product`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddProduct {
    /// It is for sale.
    Added(Product),
    /// The code exists already; nothing changed.
    CodeTaken,
    /// Nothing changed.
    Invalid(ProductProblem),
}

/// Fields to change; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductChange {
    /// New name.
    pub name: Option<String>,
    /// New price.
    pub price: Option<i64>,
    /// New description.
    pub description: Option<String>,
    /// New category.
    pub category: Option<String>,
    /// Listed first?
    pub featured: Option<bool>,
    /// Place in a manually ordered list.
    pub position: Option<i32>,
}

/// Outcome of [`edit_product`] and [`set_product_active`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditProduct {
    /// The product as it is now.
    Done(Product),
    /// No product has this code.
    UnknownProduct,
    /// Nothing changed.
    Invalid(ProductProblem),
}

/// A product's columns with the number of units that can be sold now, which every change of units keeps (`stock_counts`).
macro_rules! select {
    ($rest:literal) => {
        sqlx::query(concat!(
            "SELECT p.code, p.name, p.price, p.description, p.category, p.featured, p.position, p.active, p.version, (
                SELECT coalesce(sum(c.available), 0)::bigint FROM stockbot.stock_counts c
                WHERE c.shop_id = p.shop_id AND c.product_code = p.code
            ) AS available
            FROM stockbot.products p WHERE p.shop_id = $1 AND p.removed_at IS NULL AND ",
            $rest
        ))
    };
}

/// All products in manual order (position, then code), with their live stock.
pub async fn list_products(
    store: &Store,
    shop: ShopId,
    include_inactive: bool,
) -> Result<Vec<Product>, StoreError> {
    read(&store.rows(list_sql(shop, include_inactive)).await?)
}

pub(crate) fn list_sql<'q>(shop: ShopId, include_inactive: bool) -> Sql<'q> {
    let sql = select!("(p.active OR $2) ORDER BY p.position, p.code COLLATE \"C\"");
    sql.bind(shop.0).bind(include_inactive)
}

pub(crate) fn read(rows: &[PgRow]) -> Result<Vec<Product>, StoreError> {
    rows.iter().map(Product::from_row).collect()
}

/// One product by its code in any case.
pub async fn product(store: &Store, shop: ShopId, code: &str) -> Result<Option<Product>, StoreError> {
    store.row(product_sql(shop, code)).await?.as_ref().map(Product::from_row).transpose()
}

pub(crate) fn product_sql<'q>(shop: ShopId, code: &str) -> Sql<'q> {
    select!("p.code = $2").bind(shop.0).bind(capitals(code))
}

/// Adds a product; audited as `product.add`.
pub async fn add_product(
    store: &Store,
    shop: ShopId,
    new: &NewProduct,
    actor: &Actor,
) -> Result<AddProduct, StoreError> {
    let (name, code) = (new.name.as_str(), new.code.as_str());
    if let Some(problem) = problem(Some(name), Some(new.price), Some(&new.description), Some(&new.category)) {
        return Ok(AddProduct::Invalid(problem));
    }
    let transaction = async || {
        let mut tx = store.begin().await?;
        let insert = sqlx::query(
            "INSERT INTO stockbot.products (shop_id, code, name, price, description, category, position)
             SELECT $1, $2, $3, $4, $5, $6, coalesce(max(position) + 1, 0) FROM stockbot.products WHERE shop_id = $1
             ON CONFLICT (shop_id, code) DO UPDATE
             SET name = excluded.name, price = excluded.price, description = excluded.description, active = true,
                 category = excluded.category, position = excluded.position, removed_at = NULL
             WHERE products.removed_at IS NOT NULL",
        );
        let insert = insert.bind(shop.0).bind(code).bind(name).bind(new.price);
        if tx.execute(insert.bind(&new.description).bind(&new.category)).await? == 0 {
            return Ok(AddProduct::CodeTaken);
        }
        let details = json!({ "name": name, "price": new.price, "category": new.category });
        let product = finish(tx, shop, code, "product.add", &details, actor).await?;
        Ok(AddProduct::Added(product))
    };
    store.whole(transaction).await
}

/// Changes a product; audited as `product.edit`.
pub async fn edit_product(
    store: &Store,
    shop: ShopId,
    code: &str,
    change: &ProductChange,
    actor: &Actor,
) -> Result<EditProduct, StoreError> {
    let ProductChange { name, price, description, category, featured, position } = change;
    if let Some(problem) = problem(name.as_deref(), *price, description.as_deref(), category.as_deref()) {
        return Ok(EditProduct::Invalid(problem));
    }
    let transaction = async || {
        let mut tx = store.begin().await?;
        let update = sqlx::query(
            "UPDATE stockbot.products
             SET name = coalesce($3, name), price = coalesce($4, price), description = coalesce($5, description),
                 category = coalesce($6, category), featured = coalesce($7, featured), position = coalesce($8, position)
             WHERE shop_id = $1 AND code = $2 AND removed_at IS NULL",
        );
        let update = update.bind(shop.0).bind(capitals(code)).bind(name).bind(price).bind(description);
        if tx.execute(update.bind(category).bind(featured).bind(position)).await? == 0 {
            return Ok(EditProduct::UnknownProduct);
        }
        let details = json!({
            "name": name, "price": price, "description": description,
            "category": category, "featured": featured, "position": position,
        });
        Ok(EditProduct::Done(finish(tx, shop, code, "product.edit", &details, actor).await?))
    };
    store.whole(transaction).await
}

/// Shows or hides a product; a hidden one is not sold. Audited as `product.show` and `product.hide`.
pub async fn set_product_active(
    store: &Store,
    shop: ShopId,
    code: &str,
    active: bool,
    actor: &Actor,
) -> Result<EditProduct, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let update =
                sqlx::query("UPDATE stockbot.products SET active = $3 WHERE shop_id = $1 AND code = $2 AND removed_at IS NULL");
            if tx.execute(update.bind(shop.0).bind(capitals(code)).bind(active)).await? == 0 {
                return Ok(EditProduct::UnknownProduct);
            }
            let action = if active { "product.show" } else { "product.hide" };
            Ok(EditProduct::Done(finish(tx, shop, code, action, &json!({}), actor).await?))
        })
        .await
}

/// Audits what was done to a product, commits, and returns it as it is now.
async fn finish(
    mut tx: Tx,
    shop: ShopId,
    code: &str,
    action: &str,
    details: &serde_json::Value,
    actor: &Actor,
) -> Result<Product, StoreError> {
    let product = Product::from_row(&tx.one(product_sql(shop, code)).await?)?;
    let target = product.code.as_str();
    append(&mut tx, &Entry { shop, severity: Severity::Info, action, actor, target, details }).await?;
    tx.commit().await?;
    Ok(product)
}
