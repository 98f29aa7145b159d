//! An interaction arrives: it is written down, and what nearly every answer needs is read in the same transaction.

use sqlx::postgres::PgRow;

use crate::{
    Customer, Movement, NewInteraction, ShopId, ShopState, Store, StoreError,
    db::{Sql, Word as _, get, id},
    ledger::history_within,
};

/// A page of the user's movements, as [`crate::ledger::history`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Those before this one.
    pub before: Option<i64>,
    /// So many.
    pub limit: i64,
}

/// What an interaction finds.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// `false`: it was there already, somebody handles it.
    pub first: bool,
    /// Is the shop open?
    pub shop: ShopState,
    /// The user, if he is registered.
    pub customer: Option<Customer>,
    /// The page that was asked for, of a registered user.
    pub page: Option<(Page, Vec<Movement>)>,
}

/// Writes an interaction down by its id, which makes a repeat recognisable, and reads what its answer needs.
pub async fn receive_interaction(
    store: &Store,
    new: &NewInteraction,
    page: Option<Page>,
) -> Result<Arrival, StoreError> {
    let Some(page) = page else { return arrival(new.shop, &store.one(arrival_sql(new)).await?) };
    let transaction = async || {
        let mut tx = store.begin().await?;
        let mut arrival = arrival(new.shop, &tx.one(arrival_sql(new)).await?)?;
        if let Some(customer) = &arrival.customer {
            let movements = history_within(&mut tx, new.shop, customer.id, page.before, page.limit).await?;
            arrival.page = Some((page, movements));
        }
        tx.commit().await?;
        Ok(arrival)
    };
    store.whole(transaction).await
}

fn arrival_sql(new: &NewInteraction) -> Sql<'_> {
    let sql = sqlx::query(
        "WITH new AS (
            INSERT INTO stockbot.interactions
                (id, shop_id, bot, application_id, token, kind, custom_id, user_id, channel_id, guild_id, locale, pod, payload)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (id) DO NOTHING
            RETURNING id
        )
        SELECT EXISTS (SELECT FROM new) AS first, s.maintenance, s.maintenance_reason,
            a.id IS NOT NULL AS registered, c.id, c.discord_user_id, c.grow_id, c.blacklisted, c.locale, a.balance
        FROM stockbot.shops s
        LEFT JOIN stockbot.customers c ON c.shop_id = s.id AND c.discord_user_id = $8
        LEFT JOIN stockbot.accounts a ON a.customer_id = c.id
        WHERE s.id = $2",
    );
    let sql = sql.bind(id(new.id)).bind(new.shop.0).bind(&new.bot).bind(id(new.application_id));
    let sql = sql.bind(&new.token).bind(&new.kind).bind(&new.custom_id).bind(id(new.user_id));
    let sql = sql.bind(new.channel_id.map(id)).bind(new.guild_id.map(id)).bind(new.locale.word());
    sql.bind(&new.pod).bind(&new.payload)
}

fn arrival(shop: ShopId, row: &PgRow) -> Result<Arrival, StoreError> {
    let registered: bool = get(row, "registered")?;
    Ok(Arrival {
        first: get(row, "first")?,
        shop: ShopState {
            id: shop,
            maintenance: get(row, "maintenance")?,
            reason: get(row, "maintenance_reason")?,
        },
        customer: if registered { Some(Customer::from_row(row)?) } else { None },
        page: None,
    })
}
