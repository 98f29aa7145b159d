//! Shops: what bots of one namespace share. The key of a shop is always `<namespace>/<name>`.

use sqlx::types::Json;
use stockbot_config::{Currency, Denomination};

use crate::{
    Actor, Severity, Store, StoreError,
    db::{Tx, get},
    logs::{Entry, append},
};

/// A shop's key in every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShopId(pub(crate) i64);

impl ShopState {
    /// A shop that sells.
    #[must_use]
    pub fn open(id: ShopId) -> Self {
        Self { id, maintenance: false, reason: String::new() }
    }
}

impl From<i64> for ShopId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl ShopId {
    /// The number, for metrics and checks.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

/// Is the shop open?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopState {
    /// The shop.
    pub id: ShopId,
    /// Closed from Discord (`/maintenance on`).
    pub maintenance: bool,
    /// Why; empty unless closed.
    pub reason: String,
}

/// Finds or creates the shop. Idempotent; any number of pods may call it at once.
///
/// Denominations are fixed by the first call: others give [`StoreError::CurrencyChanged`]. Names of coins and the
/// cap may change.
pub async fn ensure_shop(
    store: &Store,
    namespace: &str,
    name: &str,
    currency: &Currency,
) -> Result<ShopId, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let create = sqlx::query(
                "INSERT INTO stockbot.shops (namespace, name, currency)
         SELECT $1, $2, $3
         WHERE NOT EXISTS (SELECT FROM stockbot.shops WHERE namespace = $1 AND name = $2)
         ON CONFLICT (namespace, name) DO NOTHING",
            );
            tx.execute(create.bind(namespace).bind(name).bind(Json(currency))).await?;
            let find = sqlx::query(
                "SELECT id, currency FROM stockbot.shops WHERE namespace = $1 AND name = $2 FOR UPDATE",
            );
            let row = tx.one(find.bind(namespace).bind(name)).await?;
            let shop = ShopId(get(&row, "id")?);
            let Json(stored): Json<Currency> = get(&row, "currency")?;
            if worth(&stored) != worth(currency) {
                return Err(StoreError::CurrencyChanged { stored: worth(&stored) });
            }
            if stored != *currency {
                let update = sqlx::query("UPDATE stockbot.shops SET currency = $2 WHERE id = $1");
                tx.execute(update.bind(shop.0).bind(Json(currency))).await?;
            }
            tx.commit().await?;
            Ok(shop)
        })
        .await
}

/// What gives stored amounts their meaning: `WL=1 DL=100`.
fn worth(currency: &Currency) -> String {
    let coin = |d: &Denomination| format!("{}={}", d.code, d.value);
    currency.denominations.iter().map(coin).collect::<Vec<_>>().join(" ")
}

/// Is the shop open?
pub async fn shop_state(store: &Store, shop: ShopId) -> Result<ShopState, StoreError> {
    let sql = sqlx::query("SELECT maintenance, maintenance_reason FROM stockbot.shops WHERE id = $1");
    let row = store.one(sql.bind(shop.0)).await?;
    Ok(ShopState {
        id: shop,
        maintenance: get(&row, "maintenance")?,
        reason: get(&row, "maintenance_reason")?,
    })
}

/// Closes or opens the shop. Once it returned with `on`, no purchase commits any more. Audited as `maintenance.on` and
/// `maintenance.off`.
pub async fn set_maintenance(
    store: &Store,
    shop: ShopId,
    on: bool,
    reason: &str,
    actor: &Actor,
) -> Result<(), StoreError> {
    // Waits for the purchases under way, which hold the doors open.
    let doors = format!("SELECT pg_advisory_xact_lock(stockbot.lock_key('doors', {}));", shop.0);
    store
        .whole(async || {
            let mut tx = store.begin_and(&doors).await?;
            let reason = if on { reason } else { "" };
            let update = sqlx::query(
                "UPDATE stockbot.shops SET maintenance = $2, maintenance_reason = $3 WHERE id = $1",
            );
            tx.execute(update.bind(shop.0).bind(on).bind(reason)).await?;
            let action = if on { "maintenance.on" } else { "maintenance.off" };
            let details = serde_json::json!({ "reason": reason });
            let entry =
                Entry { shop, severity: Severity::Warning, action, actor, target: "shop", details: &details };
            append(&mut tx, &entry).await?;
            tx.commit().await
        })
        .await
}

/// Starts a transaction in which the shop stays open or closed as it is.
pub(crate) async fn begin_within_doors(store: &Store, shop: ShopId) -> Result<Tx, StoreError> {
    store
        .begin_and(&format!("SELECT pg_advisory_xact_lock_shared(stockbot.lock_key('doors', {}));", shop.0))
        .await
}
