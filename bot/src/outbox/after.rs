//! What follows a delivery: the receipt, the public post, the line in the log channel, the buyer's role. Their failure never
//! touches the sale.

use stockbot_store::{
    DeliveredVia, OutboxJob,
    outbox::{delivery_of, job_done},
};

use super::{delivery::sale, error::JobError};
use crate::{
    cards::{Via, plain, receipt_card},
    context::Bot,
    texts::{Args, escape, text},
};

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

/// The public post.
pub async fn history_post(bot: &Bot, job: &OutboxJob) -> Result<(), JobError> {
    let (order, payload) = sale(bot, job).await?;
    let arguments = [
        ("buyer", format!("<@{}>", payload.user_id).into()),
        ("growId", escape(&payload.grow_id).into()),
        ("quantity", order.quantity.to_string().into()),
        ("name", escape(&order.product_name).into()),
        ("total", total(bot, order.total).into()),
    ];
    post(bot, job, payload.channel_id, "history-post", &arguments).await
}

/// The line in the log channel.
pub async fn log_post(bot: &Bot, job: &OutboxJob) -> Result<(), JobError> {
    let (order, payload) = sale(bot, job).await?;
    let arguments = [
        ("order", order.id.clone().into()),
        ("growId", escape(&payload.grow_id).into()),
        ("user", payload.user_id.to_string().into()),
        ("quantity", order.quantity.to_string().into()),
        ("code", order.product_code.clone().into()),
        ("total", total(bot, order.total).into()),
    ];
    post(bot, job, payload.channel_id, "log-sale", &arguments).await
}

/// The buyer's role.
pub async fn buyer_role(bot: &Bot, job: &OutboxJob) -> Result<(), JobError> {
    let (_, payload) = sale(bot, job).await?;
    if let Some((guild, role)) = payload.role {
        bot.rest.add_role(guild, payload.user_id, role).await?;
    }
    done(bot, job, None).await
}

async fn post(
    bot: &Bot,
    job: &OutboxJob,
    channel: Option<u64>,
    key: &str,
    arguments: Args<'_>,
) -> Result<(), JobError> {
    let Some(channel) = channel else { return done(bot, job, None).await };
    let body = plain(&text(bot.locale(), key, arguments));
    let message = bot.rest.create_message(channel, body, &job.nonce, Vec::new()).await?;
    done(bot, job, Some(message.number())).await
}

fn total(bot: &Bot, amount: i64) -> String {
    stockbot_store::money::format_exact(amount, &bot.config().shop.currency)
}

async fn done(bot: &Bot, job: &OutboxJob, message: Option<u64>) -> Result<(), JobError> {
    if job_done(&bot.store, job, message).await? { Ok(()) } else { Err(JobError::Lost) }
}
