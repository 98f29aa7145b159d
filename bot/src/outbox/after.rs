//! What follows a delivery that did not succeed at once: the goods again, their receipt; and the buyer's role.

use stockbot_store::{
    DeliveredVia, Order, OrderState, OutboxJob, SalePayload,
    delivery::{delivery_of, job_delivered},
    direct_channels::keep_direct_channel,
    orders::{order, order_units},
    outbox::{job_done, job_sending},
};

use super::{
    delivery::{Arrival, Parcel, kept_channel},
    error::{JobError, Undelivered},
    fulfil::label,
};
use crate::{
    cards::{Via, receipt_card},
    context::Bot,
};

/// The order of a job and its payload.
async fn sale(bot: &Bot, job: &OutboxJob) -> Result<(Order, SalePayload), JobError> {
    let payload: SalePayload = serde_json::from_value(job.payload.clone())
        .map_err(|error| JobError::Impossible(error.to_string()))?;
    let id = job.order_id.as_deref().unwrap_or_default();
    let order = order(&bot.store, job.shop, id).await?;
    let order = order.ok_or_else(|| JobError::Impossible(format!("there is no order {id}")))?;
    Ok((order, payload))
}

/// Delivers the goods of the job's order, once more or for a pod that died.
pub async fn deliver(bot: &Bot, job: &OutboxJob) -> Result<(), Undelivered> {
    let (order, payload) = sale(bot, job).await.map_err(|error| Undelivered { error, sent: sent(job) })?;
    if order.state != OrderState::Paid {
        // Fetched with /orders, or refunded, in the meantime.
        return delivered(bot, job, DeliveredVia::Orders, None).await;
    }
    let prepared = async {
        let units = order_units(&bot.store, job.shop, &order.id).await?;
        let channel = kept_channel(bot, job, &payload).await?;
        if job_sending(&bot.store, job).await? { Ok((units, channel)) } else { Err(JobError::Lost) }
    };
    let (units, channel) = prepared.await.map_err(|error| Undelivered { error, sent: sent(job) })?;
    let mut parcel = Parcel::new(bot, job, &order, &payload, &units, channel);
    let sent = if job.sent_at.is_some() { parcel.look_and_send().await } else { parcel.send().await };
    if let Some(channel) = parcel.opened()
        && let Err(error) =
            keep_direct_channel(&bot.store, job.application_id, payload.user_id, channel).await
    {
        tracing::warn!(%error, "a direct channel could not be kept; it is opened once more");
    }
    let Arrival { via, message } = sent.inspect_err(|_| {
        bot.metrics.deliveries.with_label_values(&["failed"]).inc();
    })?;
    delivered(bot, job, via, Some(message)).await
}

/// What is known before this try.
fn sent(job: &OutboxJob) -> stockbot_store::Sent {
    if job.sent_at.is_some() { stockbot_store::Sent::Perhaps } else { stockbot_store::Sent::No }
}

async fn delivered(
    bot: &Bot,
    job: &OutboxJob,
    via: DeliveredVia,
    message: Option<u64>,
) -> Result<(), Undelivered> {
    if !job_delivered(&bot.store, job, via, message).await.map_err(Undelivered::in_doubt)? {
        return Err(Undelivered::in_doubt(JobError::Lost));
    }
    bot.metrics.deliveries.with_label_values(&[label(via)]).inc();
    bot.wakeups.outbox.notify_one();
    Ok(())
}

/// The final reply, once it is known how the goods went.
pub async fn receipt(bot: &Bot, job: &OutboxJob) -> Result<(), JobError> {
    let (order, payload) = sale(bot, job).await?;
    let via = match delivery_of(&bot.store, job.shop, &order.id).await? {
        Some(DeliveredVia::DirectMessage) => Via::DirectMessage,
        // The delivery has written the receipt together with the goods.
        Some(DeliveredVia::Reply) => return done(bot, job, None).await,
        Some(DeliveredVia::Orders) => Via::Orders,
        None => return Err(JobError::NotYet),
    };
    let card = receipt_card(payload.locale, &bot.config().shop.currency, &order, payload.balance, via);
    match bot.rest.edit_response(job.application_id, &payload.token, card.ephemeral(), Vec::new()).await {
        Ok(message) => done(bot, job, Some(message)).await,
        // After 15 minutes there is no reply to edit; the direct message says the same.
        Err(error) if error.is_interaction_over() => done(bot, job, None).await,
        Err(error) => Err(error.into()),
    }
}

/// The buyer's role.
pub async fn buyer_role(bot: &Bot, job: &OutboxJob) -> Result<(), JobError> {
    let (_, payload) = sale(bot, job).await?;
    if let Some((guild, role)) = payload.role {
        bot.rest.add_role(guild, payload.user_id, role).await?;
    }
    done(bot, job, None).await
}

async fn done(bot: &Bot, job: &OutboxJob, message: Option<u64>) -> Result<(), JobError> {
    if job_done(&bot.store, job, message).await? { Ok(()) } else { Err(JobError::Lost) }
}
