//! The sale that was just made: goods, then receipt, then one transaction that says so. Nothing else is in front of it.

use std::{sync::Arc, time::Duration};

use stockbot_store::{DeliveredVia, Goods, Held, Settlement, settlement::settle};
use tokio::time::timeout;

use super::{
    delivery::{Arrival, Parcel},
    error::{JobError, Undelivered},
    worker::{FIRST_RETRY, IN_TIME},
};
use crate::{
    cards::{Via, receipt_card},
    context::{Bot, Sold},
};

/// The goods being marked as delivered does not wait longer for the receipt.
const RECEIPT_WITHIN: Duration = Duration::from_secs(3);

/// Brings goods and receipt.
pub async fn fulfil(bot: Arc<Bot>, mut sold: Sold) {
    let Held { delivery, payload, direct_channel, .. } = &*sold.held;
    let mut parcel = Parcel::new(&bot, delivery, &sold.order, payload, &sold.units, *direct_channel);
    let sent = timeout(IN_TIME, parcel.send()).await;
    let sent = sent
        .unwrap_or_else(|_| Err(Undelivered::in_doubt(JobError::Interrupted("Discord was too slow".into()))));
    let opened = parcel.opened();
    let (goods, receipt) = match sent {
        Ok(Arrival { via, message }) => {
            bot.metrics.deliveries.with_label_values(&[label(via)]).inc();
            let receipt = if via == DeliveredVia::Reply { Some(message) } else { show(&bot, &sold).await };
            (Goods::Delivered { via, message: Some(message) }, receipt)
        }
        Err(undelivered) => (owed(&bot, &sold, undelivered), None),
    };
    if let Some(log) = &mut sold.log {
        log.duration = sold.began.elapsed();
    }
    let later = matches!(goods, Goods::Owed { .. }) || receipt.is_none();
    let settlement = Settlement { held: &sold.held, goods, receipt, opened, log: sold.log.as_ref() };
    match settle(&bot.store, &settlement).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(order = sold.order.id, "another pod has taken the delivery over"),
        Err(error) => {
            bot.state.failed(&error);
            tracing::warn!(order = sold.order.id, %error, "a delivery could not be noted; it is looked up when its lease is over");
        }
    }
    if later {
        bot.wake_outbox_in(FIRST_RETRY);
    }
    bot.wakeups.outbox.notify_one();
}

/// The final reply; `None`: not shown yet.
async fn show(bot: &Bot, sold: &Sold) -> Option<u64> {
    let payload = &sold.held.payload;
    let currency = &bot.config().shop.currency;
    let card = receipt_card(payload.locale, currency, &sold.order, payload.balance, Via::DirectMessage);
    let application = sold.held.receipt.application_id;
    let edit = bot.rest.edit_response(application, &payload.token, card.ephemeral(), Vec::new());
    timeout(RECEIPT_WITHIN, edit).await.ok()?.ok()
}

fn owed(bot: &Bot, sold: &Sold, Undelivered { error, sent }: Undelivered) -> Goods {
    bot.metrics.deliveries.with_label_values(&["failed"]).inc();
    bot.state.failed(&error);
    tracing::warn!(order = sold.order.id, %error, ?sent, "the goods are owed still");
    let asked = match &error {
        JobError::Discord(error) => error.retry_after(),
        _ => None,
    };
    Goods::Owed { after: asked.unwrap_or(FIRST_RETRY), error: error.to_string(), sent }
}

/// The metric label of a delivery.
pub fn label(via: DeliveredVia) -> &'static str {
    match via {
        DeliveredVia::DirectMessage => "direct_message",
        DeliveredVia::Reply => "reply",
        DeliveredVia::Orders => "orders",
    }
}
