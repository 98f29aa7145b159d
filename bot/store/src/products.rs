//! Products: what is for sale, at what price, in which order.

use std::{fmt, str::FromStr};

use crate::{Actor, ShopId, Store, StoreError};

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

/// All products in manual order (position, then code), with their live stock.
pub async fn list_products(
    _store: &Store,
    _shop: ShopId,
    _include_inactive: bool,
) -> Result<Vec<Product>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// One product by its code in any case.
pub async fn product(_store: &Store, _shop: ShopId, _code: &str) -> Result<Option<Product>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Adds a product; audited as `product.add`.
pub async fn add_product(
    _store: &Store,
    _shop: ShopId,
    _new: &NewProduct,
    _actor: &Actor,
) -> Result<AddProduct, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Changes a product; audited as `product.edit`.
pub async fn edit_product(
    _store: &Store,
    _shop: ShopId,
    _code: &str,
    _change: &ProductChange,
    _actor: &Actor,
) -> Result<EditProduct, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Shows or hides a product; a hidden one is not sold. Audited as `product.show` and `product.hide`.
pub async fn set_product_active(
    _store: &Store,
    _shop: ShopId,
    _code: &str,
    _active: bool,
    _actor: &Actor,
) -> Result<EditProduct, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
