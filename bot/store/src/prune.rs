//! Removing what is older than its retention, a batch at a time: however much there is, no statement takes long and nobody waits.
//!
//! Must not: know any table.

use std::time::Duration;

use crate::{ShopId, Store, StoreError, db::seconds};

/// Rows per statement. Each statement looks at no more than so many, the oldest ones.
const BATCH: i64 = 5_000;

/// Runs `delete` (`id = ANY(ARRAY(..))`: Postgres looks an array up by the index, however large it takes the table to be), which removes at most `$3` rows of shop `$1` that are older than `$2` seconds, until fewer are left. How many
/// were removed.
pub(crate) async fn prune(
    store: &Store,
    shop: ShopId,
    keep: Duration,
    delete: &'static str,
) -> Result<u64, StoreError> {
    let mut pruned = 0;
    loop {
        let removed = store.execute(sqlx::query(delete).bind(shop.0).bind(seconds(keep)).bind(BATCH)).await?;
        pruned += removed;
        if removed < BATCH.unsigned_abs() {
            return Ok(pruned);
        }
    }
}
