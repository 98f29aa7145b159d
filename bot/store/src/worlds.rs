//! Worlds in which customers deposit.

use serde_json::json;
use sqlx::postgres::PgRow;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Tx, Word as _, capitals, get, get_word, words},
    logs::{Entry, append},
};

/// Can one deposit there?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum WorldStatus {
    Open,
    Full,
    Closed,
}

words!(WorldStatus { Open = "open", Full = "full", Closed = "closed" });

impl WorldStatus {
    /// From the word that a command's choice has.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::from_word(word)
    }

    /// That word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// A world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// Upper-case letters and digits, 1 to 24.
    pub name: String,
    /// Who owns it; may be empty.
    pub owner: String,
    /// Name of the bot that takes deposits there; may be empty.
    pub bot: String,
    /// Can one deposit there?
    pub status: WorldStatus,
    /// What to know before; may be empty.
    pub note: String,
}

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in World")]
pub struct WorldChange {
    pub owner: Option<String>,
    pub bot: Option<String>,
    pub status: Option<WorldStatus>,
    pub note: Option<String>,
}

/// Is it a name of a world?
#[must_use]
pub fn is_world_name(name: &str) -> bool {
    let name = name.trim();
    (1..=24).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// All worlds, the oldest first.
pub async fn worlds(store: &Store, shop: ShopId) -> Result<Vec<World>, StoreError> {
    let sql = "SELECT name, owner, bot, status, note FROM stockbot.worlds WHERE shop_id = $1 ORDER BY added_at, name";
    let world = |row: &PgRow| {
        Ok(World {
            name: get(row, "name")?,
            owner: get(row, "owner")?,
            bot: get(row, "bot")?,
            status: get_word(row, "status")?,
            note: get(row, "note")?,
        })
    };
    store.rows(sqlx::query(sql).bind(shop.0)).await?.iter().map(world).collect()
}

/// Adds a world, audited as `world.add`. `false`: it is there already.
pub async fn add_world(
    store: &Store,
    shop: ShopId,
    name: &str,
    with: &WorldChange,
    actor: &Actor,
) -> Result<bool, StoreError> {
    let insert = "INSERT INTO stockbot.worlds (shop_id, name, owner, bot, status, note)
        VALUES ($1, $2, coalesce($3, ''), coalesce($4, ''), coalesce($5, 'open'), coalesce($6, ''))
        ON CONFLICT (shop_id, name) DO NOTHING";
    change(store, shop, name, with, insert, "world.add", actor).await
}

/// Changes a world, audited as `world.set`. `false`: there is none of this name.
pub async fn set_world(
    store: &Store,
    shop: ShopId,
    name: &str,
    with: &WorldChange,
    actor: &Actor,
) -> Result<bool, StoreError> {
    let update = "UPDATE stockbot.worlds SET owner = coalesce($3, owner), bot = coalesce($4, bot),
        status = coalesce($5, status), note = coalesce($6, note)
        WHERE shop_id = $1 AND name = $2";
    change(store, shop, name, with, update, "world.set", actor).await
}

async fn change(
    store: &Store,
    shop: ShopId,
    name: &str,
    with: &WorldChange,
    sql: &'static str,
    action: &str,
    actor: &Actor,
) -> Result<bool, StoreError> {
    let name = capitals(name);
    let status = with.status.map(WorldStatus::as_str);
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let sql = sqlx::query(sql).bind(shop.0).bind(&name).bind(&with.owner).bind(&with.bot);
            if tx.execute(sql.bind(status).bind(&with.note)).await? == 0 {
                return Ok(false);
            }
            let details =
                json!({ "owner": with.owner, "bot": with.bot, "status": status, "note": with.note });
            finish(tx, shop, &name, action, &details, actor).await
        })
        .await
}

/// Removes a world, audited as `world.remove`. `false`: there is none of this name.
pub async fn remove_world(
    store: &Store,
    shop: ShopId,
    name: &str,
    actor: &Actor,
) -> Result<bool, StoreError> {
    let name = capitals(name);
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let delete = sqlx::query("DELETE FROM stockbot.worlds WHERE shop_id = $1 AND name = $2");
            if tx.execute(delete.bind(shop.0).bind(&name)).await? == 0 {
                return Ok(false);
            }
            finish(tx, shop, &name, "world.remove", &json!({}), actor).await
        })
        .await
}

async fn finish(
    mut tx: Tx,
    shop: ShopId,
    target: &str,
    action: &str,
    details: &serde_json::Value,
    actor: &Actor,
) -> Result<bool, StoreError> {
    append(&mut tx, &Entry { shop, severity: Severity::Info, action, actor, target, details }).await?;
    tx.commit().await?;
    Ok(true)
}
