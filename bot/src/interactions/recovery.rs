//! Finishes or answers what a pod had begun before it died. A purchase is carried out with the same id, so never twice; everything
//! else is answered with "please again".
//!
//! Whether Discord took the acknowledgement is not always written down. Discord knows: without one there is no reply to read,
//! the user has seen a failure, and nothing is done any more.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use stockbot_store::{
    InteractionEnd, UnfinishedInteraction,
    interactions::{finish_interaction, unfinished_interactions},
};

use super::{
    confirm, ending,
    error::ReplyError,
    reply::Reply,
    request::{Kind, PURCHASE, Request},
};
use crate::{
    cards::{Card, Mood},
    context::Bot,
    custom_id::CustomId,
    discord::{RestError, messages::Message},
};

/// A purchase takes far less than this; what takes longer has lost its pod.
pub const ABANDONED_AFTER: Duration = Duration::from_secs(15);
/// Anything else cannot be told from a slow answer earlier than this.
const SILENT_FOR: Duration = Duration::from_secs(45);
/// One pod works on it for so long before another may.
const LEASE: Duration = Duration::from_secs(30);
/// At a time.
const BATCH: i64 = 20;

/// What Discord has of an interaction.
enum Seen {
    /// It was never acknowledged.
    Nothing,
    /// Its reply, or the message whose button was pressed.
    Message(Message),
    /// Its token has run out.
    Over,
}

/// Runs until the process stops, whenever the pulse has seen something to take up.
pub async fn recover(bot: Arc<Bot>) {
    while bot.stopping.run_until_cancelled(bot.wakeups.recovery.notified()).await.is_some() {
        bot.state.beat("recovery");
        match unfinished_interactions(&bot.store, &bot.key(), &bot.pod, ABANDONED_AFTER, LEASE, BATCH).await {
            Ok(abandoned) => {
                for left in abandoned {
                    bot.state.beat("recovery");
                    take_up(&bot, left).await;
                }
            }
            Err(error) => bot.state.failed(&error),
        }
        bot.state.rest("recovery");
    }
}

async fn take_up(bot: &Arc<Bot>, left: UnfinishedInteraction) {
    let age = Timestamp::now().duration_since(left.received_at).unsigned_abs();
    if left.kind != PURCHASE && age < SILENT_FOR {
        return;
    }
    tracing::info!(interaction = left.id, kind = left.kind, "taking up what another pod had begun");
    let seen = if left.acknowledged { None } else { Some(look(bot, &left).await) };
    let seen = match seen.transpose() {
        Ok(seen) => seen,
        Err(error) => return bot.state.failed(&error),
    };
    match seen {
        Some(Seen::Nothing) => end(bot, left.id, InteractionEnd::TooLate).await,
        // A purchase acknowledges by changing the message of its button; with a reply of its own it was refused.
        Some(Seen::Message(message)) if left.kind == PURCHASE && message.answers(left.id) => {
            end(bot, left.id, InteractionEnd::Failed).await;
        }
        None | Some(Seen::Message(_)) if left.kind == PURCHASE => buy(bot, left).await,
        Some(Seen::Message(message)) => answer(bot, left, &message).await,
        // Too late to answer; or acknowledged by an older version of the bot.
        Some(Seen::Over) | None => end(bot, left.id, InteractionEnd::Failed).await,
    }
}

async fn look(bot: &Bot, left: &UnfinishedInteraction) -> Result<Seen, RestError> {
    match bot.rest.response(left.application_id, &left.token).await {
        Ok(message) => Ok(Seen::Message(message)),
        Err(RestError::Refused { status: 404, .. }) => Ok(Seen::Nothing),
        Err(error) if error.is_interaction_over() => Ok(Seen::Over),
        Err(error) => Err(error),
    }
}

fn request(left: &UnfinishedInteraction) -> Request {
    Request {
        id: left.id,
        token: left.token.clone(),
        user: left.user_id,
        name: left.payload["name"].as_str().unwrap_or_default().to_owned(),
        roles: serde_json::from_value(left.payload["roles"].clone()).unwrap_or_default(),
        locale: left.locale,
        channel: left.channel_id,
        guild: left.guild_id,
        kind: Kind::Button(left.custom_id.clone()),
    }
}

/// Carries the purchase out, unless it did or has become void.
async fn buy(bot: &Arc<Bot>, left: UnfinishedInteraction) {
    let (began, request) = (Instant::now(), request(&left));
    let reply = Reply::resumed(bot.clone(), &request);
    let Some(CustomId::Confirm(confirmation)) = CustomId::parse(&left.custom_id) else {
        return end(bot, left.id, InteractionEnd::Failed).await;
    };
    let result = match confirm::is_too_old_to_begin(&reply, &confirmation).await {
        Ok(true) => reply.show(confirm::expired_card(&reply, &confirmation)).await,
        Ok(false) => confirm::finish(&reply, &confirmation).await,
        Err(failure) => Err(failure),
    };
    if let Err(ReplyError::Store(error)) = &result {
        bot.state.failed(error);
        return;
    }
    if let Err(failure) = &result {
        reply.refuse(failure).await;
    }
    ending::write_down(bot, &request, &reply, result, began).await;
}

/// Says that it was interrupted, where the user still waits for an answer.
async fn answer(bot: &Arc<Bot>, left: UnfinishedInteraction, message: &Message) {
    let reply = Reply::resumed(bot.clone(), &request(&left));
    let card = Card::new(Mood::Attention, reply.text("refuse-interrupted", &[]));
    let told = if message.is_thinking() {
        reply.show(card).await
    } else if message.answers(left.id) || is_answered_at_once(&left.custom_id) {
        Ok(())
    } else {
        // The message with the button does not tell whether it was changed after the click.
        reply.also(card).await
    };
    match told {
        Err(ReplyError::Discord(error)) if error.is_passing() => bot.state.failed(&error),
        _ => end(bot, left.id, InteractionEnd::Failed).await,
    }
}

/// Is the acknowledgement of this button its whole answer?
fn is_answered_at_once(custom_id: &str) -> bool {
    matches!(CustomId::parse(custom_id), Some(CustomId::Cancel | CustomId::RegisterKeep | CustomId::NotSure))
}

async fn end(bot: &Bot, id: u64, end: InteractionEnd) {
    let response = serde_json::json!({"recovered": true});
    if let Err(error) = finish_interaction(&bot.store, id, end, &response, None).await {
        tracing::warn!(%error, interaction = id, "a recovered interaction could not be marked");
    }
}
