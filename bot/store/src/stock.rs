//! Stock units: one unique text line each, sold oldest first.

use crate::{Actor, ShopId, Store, StoreError};

/// Longest unit in bytes; the unique index holds whole lines.
pub const MAX_UNIT_BYTES: usize = 2000;

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
    _store: &Store,
    _shop: ShopId,
    _code: &str,
    _units: &[String],
    _actor: &Actor,
) -> Result<StockOutcome, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
