//! How an interaction ended: counted, logged and marked in one transaction; or, for a sale, handed to the outbox, which does that
//! when the goods are out.

use std::{sync::Arc, time::Instant};

use stockbot_store::{CommandLog, CommandOutcome, InteractionEnd, interactions::finish_interaction};

use super::{admin::trail, error::ReplyError, reply::Reply, request::Request};
use crate::context::{Bot, Sold};

/// Writes down how it ended.
pub async fn write_down(
    bot: &Arc<Bot>,
    request: &Request,
    reply: &Reply,
    result: Result<(), ReplyError>,
    began: Instant,
) {
    let (outcome, end) = match &result {
        Ok(()) => (CommandOutcome::Success, InteractionEnd::Finished),
        Err(failure @ (ReplyError::TooLate | ReplyError::Elsewhere)) => {
            (failure.outcome(), InteractionEnd::TooLate)
        }
        Err(failure) => (failure.outcome(), InteractionEnd::Finished),
    };
    count(bot, request, label(outcome));
    bot.metrics
        .response_time
        .with_label_values(&[request.kind.label()])
        .observe(began.elapsed().as_secs_f64());
    if reply.is_left_open() {
        // The recovery gives the final answer.
        return;
    }
    let why = result.err().map(|failure| match outcome {
        CommandOutcome::Error => format!("{}: {failure}", reply.code()),
        CommandOutcome::Success | CommandOutcome::Refused => failure.to_string(),
    });
    if let Err(error) = trail::write_down(bot, request, reply, outcome, why.as_deref()).await {
        tracing::warn!(%error, "what was done could not be written to the audit trail or the log channel");
    }
    let log = log(bot, request, outcome, why, began);
    if let Some(sold) = reply.take_sold(log.as_ref(), began) {
        return hand_over(bot, sold);
    }
    let response = serde_json::json!({"outcome": label(outcome)});
    if let Err(error) = finish_interaction(&bot.store, request.id, end, &response, log.as_ref()).await {
        tracing::warn!(%error, "an answered interaction could not be marked; it is looked at once more");
    }
}

/// The outbox brings the goods, and ends the interaction with that.
fn hand_over(bot: &Bot, sold: Sold) {
    let order = sold.order.id.clone();
    if bot.sold.send(sold).is_err() {
        tracing::error!(order, "the outbox has ended; the goods go out when the lease of their job is over");
    }
}

/// The metric label of an outcome.
pub fn label(outcome: CommandOutcome) -> &'static str {
    match outcome {
        CommandOutcome::Success => "success",
        CommandOutcome::Refused => "refused",
        CommandOutcome::Error => "error",
    }
}

/// Counts an interaction.
pub fn count(bot: &Bot, request: &Request, outcome: &str) {
    bot.metrics.interactions.with_label_values(&[request.kind.label(), outcome]).inc();
}

fn log(
    bot: &Bot,
    request: &Request,
    outcome: CommandOutcome,
    error: Option<String>,
    began: Instant,
) -> Option<CommandLog> {
    bot.config().features.tracking.then(|| CommandLog {
        shop: bot.shop,
        bot: bot.key(),
        interaction_id: Some(request.id),
        user_id: request.user,
        user_name: request.name.clone(),
        channel_id: request.channel,
        guild_id: request.guild,
        command: request.command(),
        arguments: request.arguments(),
        outcome,
        duration: began.elapsed(),
        error,
    })
}
