//! What became of a sale that its own pod delivered at once: goods, receipt, interaction and log, in one transaction.

use std::time::Duration;

use serde_json::json;

use crate::{
    CommandLog, DeliveredVia, InteractionEnd, OutboxJob, Sent, Store, StoreError,
    delivery::delivered_sql,
    direct_channels::keep_sql,
    interactions::finished_sql,
    logs::command_sql,
    outbox::{done_sql, retry_sql},
    purchase::Held,
};

/// What became of the goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goods {
    /// The buyer has them.
    Delivered {
        /// How.
        via: DeliveredVia,
        /// The message that carries them.
        message: Option<u64>,
    },
    /// They are owed still.
    Owed {
        /// When it is tried again.
        after: Duration,
        /// Why.
        error: String,
        /// Whether a message may have gone out.
        sent: Sent,
    },
}

/// What became of a sale.
pub struct Settlement<'a> {
    /// The jobs.
    pub held: &'a Held,
    /// The goods.
    pub goods: Goods,
    /// The message that is the receipt; `None`: it is owed still.
    pub receipt: Option<u64>,
    /// A direct channel that was opened for it.
    pub opened: Option<u64>,
    /// The log of the click that bought.
    pub log: Option<&'a CommandLog>,
}

/// Writes it down. `false`: somebody else holds the delivery now; only the interaction has ended.
pub async fn settle(store: &Store, settlement: &Settlement<'_>) -> Result<bool, StoreError> {
    let Settlement { held, goods, receipt, opened, log } = settlement;
    let Held { delivery, receipt: owed, payload, .. } = held;
    let transaction = async || {
        let mut tx = store.begin().await?;
        let is_held = match goods {
            Goods::Delivered { via, message } => {
                tx.row(delivered_sql(delivery, *via, *message)).await?.is_some()
            }
            Goods::Owed { after, error, sent } => {
                tx.execute(retry_sql(delivery, *after, error, *sent)).await? == 1
            }
        };
        tx.execute(receipt_sql(owed, goods, *receipt)).await?;
        if let Some(channel) = *opened {
            tx.execute(keep_sql(delivery.application_id, payload.user_id, channel)).await?;
        }
        let response = json!({"outcome": "success"});
        tx.execute(finished_sql(payload.interaction_id, InteractionEnd::Finished, &response)).await?;
        if let Some(log) = log {
            tx.execute(command_sql(log)).await?;
        }
        tx.commit().await?;
        Ok(is_held)
    };
    store.whole(transaction).await
}

/// Done, or due now, or when the goods are out.
fn receipt_sql<'q>(job: &'q OutboxJob, goods: &Goods, shown: Option<u64>) -> crate::db::Sql<'q> {
    match (shown, goods) {
        (Some(message), _) => done_sql(job, Some(message)),
        (None, Goods::Delivered { .. }) => retry_sql(job, Duration::ZERO, "", Sent::No),
        (None, Goods::Owed { after, .. }) => retry_sql(job, *after, "waits for the delivery", Sent::No),
    }
}
