//! An interaction arrives: it is written down, and what nearly every answer needs is read in the same transaction.

use sqlx::postgres::PgRow;

use crate::{
    Customer, Movement, NewInteraction, Order, Product, ShopId, ShopState, Store, StoreError,
    customers::named_sql,
    db::{Sql, Tx, Word as _, get, id},
    ledger::history_within,
    orders::{self, orders_sql},
    products::{self, list_sql, product_sql},
};

/// A page of the user's movements, as [`crate::ledger::history`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Those before this one.
    pub before: Option<i64>,
    /// So many.
    pub limit: i64,
}

/// What the answer to an interaction shows besides the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Of a registered user: movements.
    Movements(Page),
    /// Of a registered user: so many of the newest orders.
    Orders(i64),
    /// All products on sale.
    Products,
    /// The product with this code in any case.
    Product(String),
    /// Another customer, by GrowID in any case.
    Customer(String),
}

/// It, as it was when the interaction arrived.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in Wanted")]
pub enum Found {
    Movements(Vec<Movement>),
    Orders(Vec<Order>),
    Products(Vec<Product>),
    Product(Option<Product>),
    Customer(Option<Customer>),
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
    /// What was wanted.
    pub found: Option<(Wanted, Found)>,
}

/// Writes an interaction down by its id, which makes a repeat recognisable, and reads what its answer needs.
pub async fn receive_interaction(
    store: &Store,
    new: &NewInteraction,
    wanted: Option<Wanted>,
) -> Result<Arrival, StoreError> {
    let Some(wanted) = wanted else { return arrival(new.shop, &store.one(arrival_sql(new)).await?) };
    let transaction = async || {
        let mut tx = store.begin().await?;
        let mut arrival = arrival(new.shop, &tx.one(arrival_sql(new)).await?)?;
        if arrival.first {
            let customer = arrival.customer.as_ref().map(|customer| customer.id);
            let found = find(&mut tx, new.shop, customer, &wanted).await?;
            arrival.found = found.map(|found| (wanted.clone(), found));
        }
        tx.commit().await?;
        Ok(arrival)
    };
    store.whole(transaction).await
}

async fn find(
    tx: &mut Tx,
    shop: ShopId,
    customer: Option<i64>,
    wanted: &Wanted,
) -> Result<Option<Found>, StoreError> {
    Ok(Some(match (wanted, customer) {
        (Wanted::Movements(page), Some(customer)) => {
            Found::Movements(history_within(tx, shop, customer, page.before, page.limit).await?)
        }
        (Wanted::Orders(limit), Some(customer)) => {
            Found::Orders(orders::read(&tx.rows(orders_sql(shop, customer, None, *limit)).await?)?)
        }
        (Wanted::Movements(_) | Wanted::Orders(_), None) => return Ok(None),
        (Wanted::Products, _) => Found::Products(products::read(&tx.rows(list_sql(shop, false)).await?)?),
        (Wanted::Product(code), _) => Found::Product(
            tx.row(product_sql(shop, code)).await?.as_ref().map(Product::from_row).transpose()?,
        ),
        (Wanted::Customer(grow_id), _) => Found::Customer(
            tx.row(named_sql(shop, grow_id)).await?.as_ref().map(Customer::from_row).transpose()?,
        ),
    }))
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
        found: None,
    })
}
