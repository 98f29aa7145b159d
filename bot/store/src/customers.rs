//! Customers: one Discord user each, with an in-game name that nobody else in the shop has.

use std::{fmt, str::FromStr};

use serde_json::json;
use sqlx::postgres::PgRow;
use stockbot_config::Locale;

use crate::{
    Actor, Severity, ShopId, Store, StoreError,
    db::{Sql, Word as _, get, get_id, get_word, id},
    logs::{Entry, append},
    transfer::lock_account,
};

/// An in-game name: 3 to 20 letters, digits and underscores, not 15 to 20 digits alone; unique in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowId(String);

/// Not a GrowID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a GrowID has 3 to 20 letters, digits or underscores, and is not 15 to 20 digits alone")]
pub struct BadGrowId;

impl GrowId {
    /// The name as entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GrowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for GrowId {
    type Err = BadGrowId;

    fn from_str(text: &str) -> Result<Self, BadGrowId> {
        let name = text.trim();
        // Such a name would be taken for somebody's Discord id.
        if (15..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadGrowId);
        }
        let plausible = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plausible && (3..=20).contains(&name.len()) { Ok(Self(name.to_owned())) } else { Err(BadGrowId) }
    }
}

/// A registered customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Key.
    pub id: i64,
    /// Discord user id.
    pub user_id: u64,
    /// In-game name as entered.
    pub grow_id: String,
    /// May not buy.
    pub blacklisted: bool,
    /// In the smallest denomination, never negative.
    pub balance: i64,
    /// Language for what is sent later.
    pub locale: Locale,
}

impl Customer {
    pub(crate) fn from_row(row: &PgRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: get(row, "id")?,
            user_id: get_id(row, "discord_user_id")?,
            grow_id: get(row, "grow_id")?,
            blacklisted: get(row, "blacklisted")?,
            balance: get(row, "balance")?,
            locale: get_word(row, "locale")?,
        })
    }
}

/// Outcome of [`register`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// New customer with an empty balance.
    Created(Customer),
    /// Same customer, balance and history; new name.
    Changed {
        /// As it is now.
        customer: Customer,
        /// The name before.
        from: String,
    },
    /// Nothing to change.
    Unchanged(Customer),
    /// Somebody else has this name (in any case); nothing changed.
    Taken,
}

/// A customer's columns with the balance of his account.
macro_rules! select {
    ($rest:literal) => {
        sqlx::query(concat!(
            "SELECT c.id, c.discord_user_id, c.grow_id, c.blacklisted, c.locale, a.balance
             FROM stockbot.customers c JOIN stockbot.accounts a ON a.customer_id = c.id
             WHERE c.shop_id = $1 AND ",
            $rest
        ))
    };
}

/// The customer of a Discord user.
pub async fn customer(store: &Store, shop: ShopId, user_id: u64) -> Result<Option<Customer>, StoreError> {
    let sql = select!("c.discord_user_id = $2").bind(shop.0).bind(id(user_id));
    store.row(sql).await?.as_ref().map(Customer::from_row).transpose()
}

/// The customer of a GrowID in any case.
pub async fn customer_by_grow_id(
    store: &Store,
    shop: ShopId,
    grow_id: &str,
) -> Result<Option<Customer>, StoreError> {
    store.row(named_sql(shop, grow_id)).await?.as_ref().map(Customer::from_row).transpose()
}

pub(crate) fn named_sql<'q>(shop: ShopId, grow_id: &str) -> Sql<'q> {
    select!("c.grow_id_folded = $2").bind(shop.0).bind(grow_id.trim().to_ascii_lowercase())
}

/// Customers whose GrowID starts with `prefix` (any case), by name; for autocomplete.
pub async fn search_customers(
    store: &Store,
    shop: ShopId,
    prefix: &str,
    limit: i64,
) -> Result<Vec<Customer>, StoreError> {
    // `{` comes right after `z`, the last character that a GrowID may have.
    let sql = select!(
        "c.grow_id_folded >= $2 AND c.grow_id_folded < $2 || '{' AND starts_with(c.grow_id_folded, $2)
         ORDER BY c.grow_id_folded LIMIT $3"
    );
    let sql = sql.bind(shop.0).bind(prefix.trim().to_ascii_lowercase()).bind(limit);
    store.rows(sql).await?.iter().map(Customer::from_row).collect()
}

/// Customers who may not buy, by name.
pub async fn blacklisted(store: &Store, shop: ShopId, limit: i64) -> Result<Vec<Customer>, StoreError> {
    let sql = select!("c.blacklisted ORDER BY c.grow_id_folded LIMIT $2").bind(shop.0).bind(limit);
    store.rows(sql).await?.iter().map(Customer::from_row).collect()
}

/// Registers a Discord user or changes his GrowID; the balance and the history stay with the user.
pub async fn register(
    store: &Store,
    shop: ShopId,
    user_id: u64,
    grow_id: &GrowId,
    locale: Locale,
) -> Result<Registration, StoreError> {
    match try_register(store, shop, user_id, grow_id, locale).await {
        Err(error) if error.is_conflict("customers_grow_id_once") => Ok(Registration::Taken),
        // The same user registered at the same moment: now there is somebody to change.
        Err(error) if error.is_conflict("customers_user_once") => {
            try_register(store, shop, user_id, grow_id, locale).await
        }
        done => done,
    }
}

async fn try_register(
    store: &Store,
    shop: ShopId,
    user_id: u64,
    grow_id: &GrowId,
    locale: Locale,
) -> Result<Registration, StoreError> {
    let transaction = async || {
        let mut tx = store.begin().await?;
        let find = select!("c.discord_user_id = $2 FOR UPDATE OF c").bind(shop.0).bind(id(user_id));
        let before = tx.row(find).await?.as_ref().map(Customer::from_row).transpose()?;
        let upsert = match &before {
            Some(known) if known.grow_id == grow_id.0 && known.locale == locale => {
                return Ok(Registration::Unchanged(known.clone()));
            }
            Some(_) => sqlx::query(
                "UPDATE stockbot.customers SET grow_id = $3, locale = $4 WHERE shop_id = $1 AND discord_user_id = $2",
            ),
            None => sqlx::query(
                "INSERT INTO stockbot.customers (shop_id, discord_user_id, grow_id, locale) VALUES ($1, $2, $3, $4)",
            ),
        };
        tx.execute(upsert.bind(shop.0).bind(id(user_id)).bind(grow_id.as_str()).bind(locale.word())).await?;
        let row = tx.one(select!("c.discord_user_id = $2").bind(shop.0).bind(id(user_id))).await?;
        tx.commit().await?;
        let customer = Customer::from_row(&row)?;
        Ok(match before {
            None => Registration::Created(customer),
            Some(known) if known.grow_id == customer.grow_id => Registration::Unchanged(customer),
            Some(known) => Registration::Changed { customer, from: known.grow_id },
        })
    };
    store.whole(transaction).await
}

/// Forbids or allows a customer to buy. `None`: no such customer. Once it returned with `true`, no purchase of the customer
/// commits any more. Audited as `blacklist.add` and `blacklist.remove`.
pub async fn set_blacklisted(
    store: &Store,
    shop: ShopId,
    customer_id: i64,
    blacklisted: bool,
    actor: &Actor,
) -> Result<Option<Customer>, StoreError> {
    store
        .whole(async || {
            let mut tx = store.begin().await?;
            // Waits for a purchase under way, which holds the account.
            lock_account(&mut tx, shop, customer_id).await?;
            let update =
                sqlx::query("UPDATE stockbot.customers SET blacklisted = $3 WHERE shop_id = $1 AND id = $2");
            if tx.execute(update.bind(shop.0).bind(customer_id).bind(blacklisted)).await? == 0 {
                return Ok(None);
            }
            let row = tx.one(select!("c.id = $2").bind(shop.0).bind(customer_id)).await?;
            let customer = Customer::from_row(&row)?;
            let action = if blacklisted { "blacklist.add" } else { "blacklist.remove" };
            let (target, details) =
                (customer.grow_id.as_str(), json!({ "user_id": customer.user_id.to_string() }));
            append(
                &mut tx,
                &Entry { shop, severity: Severity::Warning, action, actor, target, details: &details },
            )
            .await?;
            tx.commit().await?;
            Ok(Some(customer))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grow_id_has_three_to_twenty_letters_digits_or_underscores() {
        assert!("12345678901234".parse::<GrowId>().is_ok());
        assert_eq!(" Ab_9 ".parse::<GrowId>().unwrap().as_str(), "Ab_9");
        for text in ["110000000000000001", "123456789012345", "", "ab", "a-b", "a b", "äbc", &"a".repeat(21)]
        {
            assert_eq!(text.parse::<GrowId>(), Err(BadGrowId), "{text:?}");
        }
    }
}
