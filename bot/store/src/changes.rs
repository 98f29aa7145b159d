//! The change feed: has anything that a live message shows changed since?

use std::time::Duration;

use crate::{ShopId, Store, StoreError, db::get, prune};

/// A place in the feed: a snapshot of the database, so that a transaction that commits late is not missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCursor(pub(crate) String);

/// The feed's end now.
pub async fn start(store: &Store, _shop: ShopId) -> Result<ChangeCursor, StoreError> {
    let row = store.one(sqlx::query("SELECT pg_current_snapshot()::text AS cursor")).await?;
    Ok(ChangeCursor(get(&row, "cursor")?))
}

/// Was a change of the shop `$shop` committed since the cursor `$cursor`?
///
/// An event counts as new when it is visible now and was not in the cursor's snapshot. A database that was replaced by an
/// older copy counts as changed. The order makes the index the best plan also for a cursor that the planner does not know: mostly
/// nothing has changed, and to learn that from the table itself means to read all of it.
macro_rules! changed {
    ($shop:literal, $cursor:literal) => {
        concat!(
            "(pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(",
            $cursor,
            "::text::pg_snapshot) OR coalesce((
                SELECT true FROM stockbot.change_events
                WHERE shop_id = ",
            $shop,
            " AND xid >= pg_snapshot_xmin(",
            $cursor,
            "::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, ",
            $cursor,
            "::text::pg_snapshot)
                ORDER BY xid LIMIT 1
            ), false))"
        )
    };
}
pub(crate) use changed;

/// Was a change committed since `cursor`? And the cursor to ask with next.
pub async fn changed_since(
    store: &Store,
    shop: ShopId,
    cursor: &ChangeCursor,
) -> Result<(bool, ChangeCursor), StoreError> {
    let sql = sqlx::query(concat!(
        "SELECT pg_current_snapshot()::text AS cursor, ",
        changed!("$1", "$2"),
        " AS changed"
    ));
    let row = store.one(sql.bind(shop.0).bind(&cursor.0)).await?;
    Ok((get(&row, "changed")?, ChangeCursor(get(&row, "cursor")?)))
}

/// Removes what is older than `keep` (an hour is plenty) and returns how many; call it now and then.
pub async fn prune(store: &Store, shop: ShopId, keep: Duration) -> Result<u64, StoreError> {
    let oldest = "DELETE FROM stockbot.change_events WHERE id = ANY(ARRAY(
            SELECT id FROM (
                SELECT id, at FROM stockbot.change_events WHERE shop_id = $1 ORDER BY xid LIMIT $3
            ) AS oldest
            WHERE at < now() - make_interval(secs => $2)
        ))";
    prune::prune(store, shop, keep, oldest).await
}
