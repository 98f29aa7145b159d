//! Questions about what cannot be undone: only who asked may confirm, once, for a time. Must not: know what is confirmed.

use std::time::Duration;

use serde_json::Value;

use crate::{
    ShopId, Store, StoreError,
    db::{get, get_id, id, seconds},
};

/// What became of a question when somebody pressed "yes".
#[derive(Clone, Debug, PartialEq)]
pub enum Consent {
    /// Given now: what was asked is to be done.
    Given(Value),
    /// It was given before.
    GivenBefore,
    /// Somebody else was asked.
    OfAnother,
    /// Too late, or never asked.
    Expired,
}

/// Remembers what the interaction `question` asked its user, for so long. Questions that nobody can answer any more are removed.
pub async fn ask(
    store: &Store,
    shop: ShopId,
    question: u64,
    user: u64,
    deed: &Value,
    valid: Duration,
) -> Result<(), StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            let old = "DELETE FROM stockbot.confirmations WHERE shop_id = $1 AND expires_at < now() - interval '1 day'";
            tx.execute(sqlx::query(old).bind(shop.0)).await?;
            let ask = sqlx::query(
                "INSERT INTO stockbot.confirmations (id, shop_id, user_id, deed, expires_at)
                 VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) ON CONFLICT (id) DO NOTHING",
            );
            tx.execute(ask.bind(id(question)).bind(shop.0).bind(id(user)).bind(deed).bind(seconds(valid)))
                .await?;
            tx.commit().await
        })
        .await
}

/// Takes the user's "yes".
pub async fn consent(store: &Store, shop: ShopId, question: u64, user: u64) -> Result<Consent, StoreError> {
    let take = sqlx::query(
        "WITH given AS (
            UPDATE stockbot.confirmations SET used_at = now()
            WHERE id = $1 AND shop_id = $2 AND user_id = $3 AND used_at IS NULL AND expires_at > now()
            RETURNING id
        )
        SELECT c.user_id, c.deed, c.used_at IS NOT NULL AS used, EXISTS (SELECT FROM given) AS given
        FROM stockbot.confirmations c WHERE c.id = $1 AND c.shop_id = $2",
    );
    let Some(row) = store.row(take.bind(id(question)).bind(shop.0).bind(id(user))).await? else {
        return Ok(Consent::Expired);
    };
    Ok(match (get_id(&row, "user_id")? == user, get(&row, "given")?, get(&row, "used")?) {
        (false, ..) => Consent::OfAnother,
        (true, true, _) => Consent::Given(get(&row, "deed")?),
        (true, false, true) => Consent::GivenBefore,
        (true, false, false) => Consent::Expired,
    })
}
