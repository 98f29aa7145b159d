//! Finishes purchases that a pod had acknowledged before it died: the same confirmation with the same id, so never twice.

use std::{sync::Arc, time::Duration};

use stockbot_store::{
    InteractionEnd, UnfinishedInteraction,
    interactions::{mark_finished, unfinished_interactions},
};

use super::{
    confirm,
    error::ReplyError,
    reply::Reply,
    request::{Kind, PURCHASE, Request},
};
use crate::{context::Bot, custom_id::CustomId};

/// How often it is looked.
const PERIOD: Duration = Duration::from_secs(5);
/// A purchase takes far less than this; what takes longer has lost its pod.
const ABANDONED_AFTER: Duration = Duration::from_secs(15);
/// One pod works on it for so long before another may.
const LEASE: Duration = Duration::from_secs(30);
/// At a time.
const BATCH: i64 = 20;

/// Runs until the process stops.
pub async fn recover(bot: Arc<Bot>) {
    while bot.stopping.run_until_cancelled(tokio::time::sleep(PERIOD)).await.is_some() {
        bot.state.beat("recovery");
        match unfinished_interactions(
            &bot.store,
            &bot.key(),
            PURCHASE,
            &bot.pod,
            ABANDONED_AFTER,
            LEASE,
            BATCH,
        )
        .await
        {
            Ok(abandoned) => {
                for interaction in abandoned {
                    finish(&bot, interaction).await;
                }
            }
            Err(error) => bot.state.failed(&error),
        }
    }
}

async fn finish(bot: &Arc<Bot>, left: UnfinishedInteraction) {
    tracing::info!(interaction = left.id, "finishing what another pod had begun");
    let (id, custom_id) = (left.id, left.custom_id.clone());
    let request = Request {
        id,
        token: left.token,
        user: left.user_id,
        name: left.payload["name"].as_str().unwrap_or_default().to_owned(),
        roles: Vec::new(),
        locale: left.locale,
        channel: left.channel_id,
        guild: left.guild_id,
        kind: Kind::Button(custom_id.clone()),
    };
    let reply = Reply::resumed(bot.clone(), &request);
    let Some(CustomId::Confirm(confirmation)) = CustomId::parse(&custom_id) else { return };
    let result = match confirm::is_too_old_to_begin(&reply, &confirmation).await {
        Ok(true) => reply.show(confirm::expired_card(&reply)).await,
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
    if reply.is_left_open() {
        return;
    }
    let end = if result.is_ok() { InteractionEnd::Finished } else { InteractionEnd::Failed };
    if let Err(error) = mark_finished(&bot.store, id, end, &serde_json::json!({"recovered": true})).await {
        tracing::warn!(%error, interaction = id, "a recovered interaction could not be marked");
    }
}
