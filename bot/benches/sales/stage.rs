//! A shop with goods, customers and confirmations that only wait to be pressed.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use stockbot_harness::{Person, eventually};

use super::log::{self, Sale};
use crate::support::{Running, Shop};

/// Confirmations prepared side by side.
const AT_ONCE: usize = 4;
/// Statements per second of a bot that does nothing, measured before a run.
const IDLE: Duration = Duration::from_secs(5);

pub struct Stage {
    pub shop: Shop,
    customers: Vec<Person>,
    /// Transactions a second while nobody buys.
    idle: f64,
    /// When the first customers had bought.
    begun: String,
    _bot: Running,
}

impl Stage {
    /// An open shop with customers who can pay whatever they want.
    pub async fn set(customers: usize) -> Self {
        let shop = Shop::new().await;
        let bot = shop.open().await;
        shop.stock("VIP", "1", &["first"]).await;
        shop.database
            .execute(
                "INSERT INTO stockbot.stock_units (shop_id, product_code, content)
                 SELECT shop_id, code, 'unit-' || n FROM stockbot.products, generate_series(1, 5000) AS n",
            )
            .await;
        let mut people = Vec::new();
        for number in 0..customers {
            let customer = shop.customer(&format!("Grower{number}"), "100 BGL").await;
            // Their direct channels are open, as those of all who bought before.
            customer.confirm(&customer.choose("VIP", "1").await).await;
            people.push(customer);
        }
        let begun = shop.sql("SELECT clock_timestamp()").await;
        let mut stage = Self { shop, customers: people, idle: 0.0, begun, _bot: bot };
        let before = stage.transactions().await;
        tokio::time::sleep(IDLE).await;
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let idle = (stage.transactions().await - before) as f64 / IDLE.as_secs_f64();
        stage.idle = idle;
        stage
    }

    /// So many confirmations, of the customers in turn.
    pub async fn confirmations(&self, count: usize) -> Vec<(Person, Value)> {
        let customers = self.customers.iter().cycle().take(count).cloned();
        let chosen = customers.map(|customer| async move {
            let confirmation = customer.choose("VIP", "1").await;
            (customer, confirmation["response"].clone())
        });
        stream::iter(chosen).buffered(AT_ONCE).collect().await
    }

    /// The sales so far.
    pub async fn sales(&self) -> Vec<Sale> {
        log::sales(&self.shop, &self.begun).await
    }

    /// The sales, when so many are delivered and posted.
    pub async fn settled(&self, count: usize) -> Vec<Sale> {
        eventually(Duration::from_mins(3), "every sale is delivered and posted", || async {
            let sales = self.sales().await;
            let posted = sales.iter().filter(|sale| sale.posted.is_some()).count();
            if sales.len() == count && posted == count { Ok(sales) } else { Err((sales.len(), posted)) }
        })
        .await
    }

    /// Statements are counted from here.
    pub async fn count_anew(&self) {
        self.shop.database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await;
        self.shop.database.execute("SELECT pg_stat_statements_reset()").await;
    }

    /// The most frequent statements since then, a line each, by their number per purchase.
    pub async fn statements(&self, purchases: usize) -> String {
        let sql = format!(
            "SELECT string_agg(format('%7s x %s', each, query), E'\\n' ORDER BY each DESC) FROM (
                SELECT round(calls::numeric / {purchases}, 2) AS each, left(regexp_replace(query, '\\s+', ' ', 'g'), 120) AS query
                FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid AND rolname = '{}'
                ORDER BY calls DESC LIMIT 20
             ) AS frequent",
            self.shop.database.name
        );
        self.shop.sql(&sql).await
    }

    /// Transactions committed so far. Sessions report once a second.
    pub async fn transactions(&self) -> i64 {
        let sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
        tokio::time::sleep(Duration::from_millis(1500)).await;
        self.shop.sql(sql).await.parse().unwrap()
    }

    /// Transactions that would have been committed anyway.
    pub fn idle(&self, passed: Duration) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "a small count")]
        let idle = (self.idle * passed.as_secs_f64()) as i64;
        idle
    }
}
