//! Products: what is for sale, at what price, in which order.

use std::{fmt, str::FromStr};

use serde_json::json;
use sqlx::postgres::PgRow;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Tx, get},
    logs::{Entry, append},
};

/// Highest price in the smallest denomination; a thousand of the dearest still fit 64 bits.
pub const MAX_PRICE: i64 = 1_000_000_000_000;

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
    fn from_row(row: &PgRow) -> Result<Self, StoreError> {
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

/// A product's code: 1 to 32 letters, digits, `_` and `-`, starting with a letter or digit, kept in upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProductCode(String);

impl ProductCode {
    /// The code in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ProductCode {
    type Err = ProductProblem;

    fn from_str(text: &str) -> Result<Self, ProductProblem> {
        let code = text.trim().to_ascii_uppercase();
        let bytes = code.as_bytes();
        let starts = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
        let rest = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if starts && rest && bytes.len() <= 32 { Ok(Self(code)) } else { Err(ProductProblem::Code) }
    }
}

/// What is wrong with a product that somebody entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProductProblem {
    /// See [`ProductCode`].
    #[error("a code has 1 to 32 letters, digits, _ or - and starts with a letter or digit")]
    Code,
    /// Empty or too long.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// Out of range.
    #[error("a price is between 1 and 1,000,000,000,000 of the smallest denomination")]
    Price,
    /// Too long.
    #[error("a description has at most 1000 characters")]
    Description,
    /// Too long.
    #[error("a category has at most 100 characters")]
    Category,
}

/// Checks what the table would refuse, so that people are told what is wrong. `None` is not looked at.
fn problem(
    name: Option<&str>,
    price: Option<i64>,
    description: Option<&str>,
    category: Option<&str>,
) -> Option<ProductProblem> {
    let length = |text: Option<&str>| text.map(|t| t.chars().count());
    let clean = |text: Option<&str>| !text.is_some_and(|t| t.contains('\0'));
    if !length(name).is_none_or(|l| (1..=100).contains(&l)) || !clean(name) {
        return Some(ProductProblem::Name);
    }
    if !price.is_none_or(|p| (1..=MAX_PRICE).contains(&p)) {
        return Some(ProductProblem::Price);
    }
    if length(description) > Some(1000) || !clean(description) {
        return Some(ProductProblem::Description);
    }
    (length(category) > Some(100) || !clean(category)).then_some(ProductProblem::Category)
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

/// A product's columns with the number of units that can be sold now, counted from the units themselves.
macro_rules! select {
    ($rest:literal) => {
        sqlx::query(concat!(
            "SELECT p.code, p.name, p.price, p.description, p.category, p.featured, p.position, p.active, p.version, (
                SELECT count(*) FROM stockbot.stock_units u
                WHERE u.shop_id = p.shop_id AND u.product_code = p.code AND u.state = 'available'
            ) AS available
            FROM stockbot.products p WHERE p.shop_id = $1 AND ",
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
    let sql = select!("(p.active OR $2) ORDER BY p.position, p.code");
    store.rows(sql.bind(shop.0).bind(include_inactive)).await?.iter().map(Product::from_row).collect()
}

/// One product by its code in any case.
pub async fn product(store: &Store, shop: ShopId, code: &str) -> Result<Option<Product>, StoreError> {
    let sql = select!("p.code = upper($2)");
    store.row(sql.bind(shop.0).bind(code.trim())).await?.as_ref().map(Product::from_row).transpose()
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
    let mut tx = store.begin().await?;
    let insert = sqlx::query(
        "INSERT INTO stockbot.products (shop_id, code, name, price, description, category, position)
         SELECT $1, $2, $3, $4, $5, $6, coalesce(max(position) + 1, 0) FROM stockbot.products WHERE shop_id = $1
         ON CONFLICT (shop_id, code) DO NOTHING",
    );
    let insert = insert.bind(shop.0).bind(code).bind(name).bind(new.price);
    if tx.execute(insert.bind(&new.description).bind(&new.category)).await? == 0 {
        return Ok(AddProduct::CodeTaken);
    }
    let details = json!({ "name": name, "price": new.price, "category": new.category });
    let product = finish(tx, shop, code, "product.add", &details, actor).await?;
    Ok(AddProduct::Added(product))
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
    let mut tx = store.begin().await?;
    let update = sqlx::query(
        "UPDATE stockbot.products
         SET name = coalesce($3, name), price = coalesce($4, price), description = coalesce($5, description),
             category = coalesce($6, category), featured = coalesce($7, featured), position = coalesce($8, position)
         WHERE shop_id = $1 AND code = upper($2)",
    );
    let update = update.bind(shop.0).bind(code.trim()).bind(name).bind(price).bind(description);
    if tx.execute(update.bind(category).bind(featured).bind(position)).await? == 0 {
        return Ok(EditProduct::UnknownProduct);
    }
    let details = json!({
        "name": name, "price": price, "description": description,
        "category": category, "featured": featured, "position": position,
    });
    Ok(EditProduct::Done(finish(tx, shop, code, "product.edit", &details, actor).await?))
}

/// Shows or hides a product; a hidden one is not sold. Audited as `product.show` and `product.hide`.
pub async fn set_product_active(
    store: &Store,
    shop: ShopId,
    code: &str,
    active: bool,
    actor: &Actor,
) -> Result<EditProduct, StoreError> {
    let mut tx = store.begin().await?;
    let update =
        sqlx::query("UPDATE stockbot.products SET active = $3 WHERE shop_id = $1 AND code = upper($2)");
    if tx.execute(update.bind(shop.0).bind(code.trim()).bind(active)).await? == 0 {
        return Ok(EditProduct::UnknownProduct);
    }
    let action = if active { "product.show" } else { "product.hide" };
    Ok(EditProduct::Done(finish(tx, shop, code, action, &json!({}), actor).await?))
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
    let row = tx.one(select!("p.code = upper($2)").bind(shop.0).bind(code.trim())).await?;
    let product = Product::from_row(&row)?;
    let target = product.code.as_str();
    append(&mut tx, &Entry { shop, severity: Severity::Info, action, actor, target, details }).await?;
    tx.commit().await?;
    Ok(product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_in_upper_case_and_nothing_odd_is_a_code() {
        assert_eq!(" dl-10_x ".parse::<ProductCode>().unwrap().as_str(), "DL-10_X");
        for text in ["", "-A", "_A", "A B", "Ä", "A\0", &"A".repeat(33)] {
            assert_eq!(text.parse::<ProductCode>(), Err(ProductProblem::Code), "{text:?}");
        }
    }
}
