//! What the owner before has used up of Discord's limit on opening direct channels: counted before a shard is served, since a fresh
//! pod that begins at nothing would be refused in the middle of a crowd.

use stockbot_store::direct_channels::recent_openings;

use crate::{context::Bot, discord::messages::OPENING_WINDOW};

/// Counts them. Without an answer nothing counts as used.
pub async fn count(bot: &Bot) {
    match recent_openings(&bot.store, bot.application, &bot.key(), OPENING_WINDOW).await {
        Ok(openings) if openings.count > 0 => {
            bot.rest.opened_by_others(openings.count, openings.over_in).await;
        }
        Ok(_) => {}
        Err(error) => tracing::debug!(%error, "direct channels opened before are not counted"),
    }
}
