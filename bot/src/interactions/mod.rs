//! Answers interactions: insert -> acknowledge -> one transaction -> edit.
//!
//! `request` is what somebody asks for, `reply` one interaction and its answers, `error` why there is none; `router` finds the
//! handler; one file per thing that people can do. `maintenance` is the closed shop; `recovery` finishes what a dead pod had
//! acknowledged.

mod admin;
mod autocomplete;
mod balance;
mod buy;
pub mod commands;
mod confirm;
mod error;
mod help;
mod history;
mod maintenance;
mod options;
mod orders;
mod recovery;
mod register;
mod reply;
mod request;
mod router;
mod stock_list;

use std::{sync::Arc, time::Instant};

use serenity::model::application::Interaction;
use stockbot_store::{
    CommandLog, CommandOutcome, InteractionEnd,
    interactions::{mark_finished, receive_interaction},
    logs::log_command,
};

pub use recovery::recover;

use self::{error::ReplyError, reply::Reply, request::Request};
use crate::context::Bot;

/// Takes an interaction over: `stored` is called once it is safe that a repeat will be recognised.
pub fn accept(bot: Arc<Bot>, interaction: Interaction, stored: impl FnOnce() + Send + 'static) {
    let began = Instant::now();
    tokio::spawn(async move {
        let Some(request) = Request::read(&bot, interaction) else { return stored() };
        if request.is_autocomplete() {
            // Reads only: nothing to remember, and a repeat does no harm.
            stored();
            return autocomplete::answer(&bot, &request).await;
        }
        let first = receive_interaction(&bot.store, &request.record(&bot)).await;
        stored();
        match first {
            Ok(true) => handle(&bot, &request, began).await,
            Ok(false) => count(&bot, &request, "repeated"),
            Err(error) => {
                let reply = Reply::new(bot.clone(), &request, began);
                reply.refuse(&ReplyError::Store(error)).await;
                count(&bot, &request, label(CommandOutcome::Error));
            }
        }
    });
}

async fn handle(bot: &Arc<Bot>, request: &Request, began: Instant) {
    let reply = Reply::new(bot.clone(), request, began);
    let result = router::route(&reply, request).await;
    let (outcome, end, error) = match &result {
        Ok(()) => (CommandOutcome::Success, InteractionEnd::Finished, None),
        Err(failure @ ReplyError::TooLate) => {
            (failure.outcome(), InteractionEnd::TooLate, Some(failure.to_string()))
        }
        Err(failure) => (failure.outcome(), InteractionEnd::Finished, Some(failure.to_string())),
    };
    if let Err(failure) = &result {
        reply.refuse(failure).await;
    }
    count(bot, request, label(outcome));
    bot.metrics
        .response_time
        .with_label_values(&[request.kind.label()])
        .observe(began.elapsed().as_secs_f64());
    if reply.is_left_open() {
        // The outbox or the recovery gives the final answer.
        return;
    }
    if let Err(error) =
        mark_finished(&bot.store, request.id, end, &serde_json::json!({"outcome": label(outcome)})).await
    {
        tracing::warn!(%error, "an answered interaction could not be marked; it is looked at once more");
    }
    log(bot, request, outcome, error, began).await;
}

/// The metric label of an outcome.
fn label(outcome: CommandOutcome) -> &'static str {
    match outcome {
        CommandOutcome::Success => "success",
        CommandOutcome::Refused => "refused",
        CommandOutcome::Error => "error",
    }
}

fn count(bot: &Bot, request: &Request, outcome: &str) {
    bot.metrics.interactions.with_label_values(&[request.kind.label(), outcome]).inc();
}

async fn log(bot: &Bot, request: &Request, outcome: CommandOutcome, error: Option<String>, began: Instant) {
    if !bot.config().features.tracking {
        return;
    }
    let log = CommandLog {
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
    };
    if let Err(error) = log_command(&bot.store, &log).await {
        tracing::warn!(%error, "a command could not be logged");
    }
}
