//! Brings the goods to the buyer, exactly once: by direct message, else attached to the reply.
//!
//! The nonce makes Discord answer a repeat with the first message for a few minutes; a send whose outcome is unknown for
//! longer is looked up in the channel before it is repeated.

use std::time::Duration;

use jiff::Timestamp;
use stockbot_store::{
    DeliveredVia, Order, OrderState, OutboxJob, SalePayload,
    orders::{order, order_units},
    outbox::{job_delivered, job_not_sent, job_sending},
};

use super::error::JobError;
use crate::{
    cards::{Via, goods_file, plain, receipt_card},
    context::Bot,
    discord::{File, RestError, error::code},
    texts::{escape, text},
};

/// Discord remembers a nonce "for a few minutes" (discord.md); what is older than this is looked up.
const NONCE_WINDOW: Duration = Duration::from_mins(2);
/// Messages looked through.
const LOOK_BACK: u8 = 50;

/// The order of a job and its payload.
pub async fn sale(bot: &Bot, job: &OutboxJob) -> Result<(Order, SalePayload), JobError> {
    let payload: SalePayload = serde_json::from_value(job.payload.clone())
        .map_err(|error| JobError::Impossible(error.to_string()))?;
    let id = job.order_id.as_deref().unwrap_or_default();
    let order = order(&bot.store, job.shop, id).await?;
    let order = order.ok_or_else(|| JobError::Impossible(format!("there is no order {id}")))?;
    Ok((order, payload))
}

/// Delivers the goods of the job's order.
pub async fn deliver(bot: &Bot, job: &OutboxJob) -> Result<(), JobError> {
    let (order, payload) = sale(bot, job).await?;
    if order.state != OrderState::Paid {
        // Fetched with /orders, or refunded, in the meantime.
        return finish(bot, job, DeliveredVia::Orders, None).await;
    }
    let units = order_units(&bot.store, job.shop, &order.id).await?;
    let file = goods_file(payload.locale, &bot.config().shop.currency, &order, &units);
    match send_direct(bot, job, &order, &payload, file.clone()).await {
        Ok(message) => finish(bot, job, DeliveredVia::DirectMessage, Some(message)).await,
        Err(JobError::Discord(error)) if error.code() == Some(code::CANNOT_DM) => {
            job_not_sent(&bot.store, job).await?;
            attach_to_reply(bot, job, &order, &payload, file).await
        }
        Err(error) => {
            if surely_not_sent(&error) {
                job_not_sent(&bot.store, job).await?;
            }
            bot.metrics.deliveries.with_label_values(&["failed"]).inc();
            Err(error)
        }
    }
}

/// A refusal of Discord is an outcome; only a missing answer leaves it open.
fn surely_not_sent(error: &JobError) -> bool {
    matches!(
        error,
        JobError::Discord(RestError::Refused { .. } | RestError::Limited { .. } | RestError::Unauthorized)
    )
}

async fn send_direct(
    bot: &Bot,
    job: &OutboxJob,
    order: &Order,
    payload: &SalePayload,
    file: File,
) -> Result<u64, JobError> {
    let channel = bot.rest.direct_channel(payload.user_id).await?;
    if let Some(sent_at) = job.sent_at.filter(|sent_at| is_older(*sent_at, NONCE_WINDOW)) {
        tracing::info!(order = order.id, %sent_at, "looking for a delivery whose outcome is unknown");
        if let Some(message) = find(bot, channel, &file.name).await? {
            return Ok(message);
        }
    }
    if !job_sending(&bot.store, job).await? {
        return Err(JobError::Lost);
    }
    let arguments = [
        ("order", order.id.clone().into()),
        ("quantity", order.quantity.to_string().into()),
        ("name", escape(&order.product_name).into()),
    ];
    let body = plain(&text(payload.locale, "dm-delivery", &arguments));
    Ok(bot.rest.create_message(channel, body, &job.nonce, vec![file]).await?.number())
}

fn is_older(at: Timestamp, age: Duration) -> bool {
    Timestamp::now().duration_since(at).unsigned_abs() > age
}

async fn find(bot: &Bot, channel: u64, file_name: &str) -> Result<Option<u64>, RestError> {
    let own = bot.user.to_string();
    let recent = bot.rest.recent_messages(channel, LOOK_BACK).await?;
    let found = recent.iter().find(|message| {
        message.author.id == own && message.attachments.iter().any(|file| file.filename == file_name)
    });
    Ok(found.map(crate::discord::messages::Message::number))
}

/// Closed direct messages: the receipt with the goods attached, which only the buyer sees. Editing one message twice shows the
/// goods once, so a repeat does no harm.
async fn attach_to_reply(
    bot: &Bot,
    job: &OutboxJob,
    order: &Order,
    payload: &SalePayload,
    file: File,
) -> Result<(), JobError> {
    if !job_sending(&bot.store, job).await? {
        return Err(JobError::Lost);
    }
    let card = receipt_card(payload.locale, &bot.config().shop.currency, order, payload.balance, Via::Reply)
        .file(file);
    let mut body = card.ephemeral();
    // Replaces whatever an earlier try has attached.
    body["attachments"] = serde_json::json!([{"id": 0, "filename": card.files[0].name}]);
    match bot.rest.edit_response(job.application_id, &payload.token, body, card.files).await {
        Ok(message) => finish(bot, job, DeliveredVia::Reply, Some(message)).await,
        Err(error) if error.is_interaction_over() => {
            job_not_sent(&bot.store, job).await?;
            bot.metrics.deliveries.with_label_values(&["left_for_orders"]).inc();
            Err(JobError::Impossible("direct messages are closed and the reply is over; the buyer can fetch the goods with /orders".into()))
        }
        Err(error) => {
            let error = JobError::Discord(error);
            if surely_not_sent(&error) {
                job_not_sent(&bot.store, job).await?;
            }
            Err(error)
        }
    }
}

async fn finish(bot: &Bot, job: &OutboxJob, via: DeliveredVia, message: Option<u64>) -> Result<(), JobError> {
    let label = match via {
        DeliveredVia::DirectMessage => "direct_message",
        DeliveredVia::Reply => "reply",
        DeliveredVia::Orders => "orders",
    };
    if !job_delivered(&bot.store, job, via, message).await? {
        return Err(JobError::Lost);
    }
    bot.metrics.deliveries.with_label_values(&[label]).inc();
    bot.wakeups.outbox.notify_one();
    Ok(())
}
