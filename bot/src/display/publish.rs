//! Brings one display's message to Discord: posts it once, edits it when it differs, re-creates it when it was deleted,
//! removes it when it is hidden or has moved. Every edit carries content and buttons together.

use std::time::Duration;

use serde_json::Value;
use stockbot_config::status::DisplayState;
use stockbot_store::{
    DisplayRow, Reservation, StoreError,
    displays::{forget_display, reserve_display, save_display},
};

use super::message::Rendered;
use crate::{
    context::Bot,
    custom_id::CustomId,
    discord::{RestError, error::code, messages::Message},
};

/// Messages looked through for a post whose answer was lost.
const LOOK_BACK: u8 = 50;
/// The row changes under us at most that often before it is somebody else's problem.
const ROUNDS: usize = 4;

/// Why a display could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Discord.
    #[error(transparent)]
    Discord(#[from] RestError),
    /// Postgres.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else changes the same row again and again.
    #[error("the display's row keeps changing; is a second bot of the same name running?")]
    Contended,
}

impl PublishError {
    /// The state that people see, and what to do about it. `None`: it may pass by itself.
    pub fn state(&self, channel: u64) -> Option<(DisplayState, String)> {
        let Self::Discord(error) = self else { return None };
        match error.code()? {
            code::UNKNOWN_CHANNEL => Some((
                DisplayState::ChannelNotFound,
                format!(
                    "Discord knows no channel {channel}; correct channelId or create the channel and invite the bot to it"
                ),
            )),
            code::MISSING_ACCESS | code::MISSING_PERMISSIONS => Some((
                DisplayState::MissingPermissions,
                format!(
                    "the bot may not post in channel {channel}; allow it View Channel, Send Messages and Embed Links there"
                ),
            )),
            _ => None,
        }
    }

    /// How long Discord wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Discord(RestError::Limited { retry_after, .. }) => Some(*retry_after),
            _ => None,
        }
    }
}

/// A display of this bot and where it belongs.
pub struct Target<'a> {
    /// The bot.
    pub bot: &'a Bot,
    /// Name of the display.
    pub name: &'a str,
    /// Where its message belongs.
    pub channel: u64,
}

/// What publishing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The message was posted or edited.
    Sent(u64),
    /// It was as it should be.
    Unchanged(u64),
}

impl Target<'_> {
    /// Makes the message be `rendered`. With `verify` the message is read first, and repaired if somebody has tampered with it.
    pub async fn publish(&self, rendered: &Rendered, verify: bool) -> Result<Done, PublishError> {
        for _ in 0..ROUNDS {
            let key = self.bot.key();
            let reservation =
                reserve_display(&self.bot.store, self.bot.shop, &key, self.name, self.channel).await?;
            let row = match reservation {
                Reservation::Published(row) => row,
                Reservation::Post { nonce } => return self.post(rendered, &nonce).await,
                Reservation::Recover { nonce, .. } => match self.find_lost_post().await? {
                    Some(message) => return self.edit(message, rendered).await.map(Done::Sent),
                    None => return self.post(rendered, &nonce).await,
                },
            };
            if row.channel_id != self.channel {
                self.remove(&row).await?;
                continue;
            }
            let Some(message) = row.message_id else { continue };
            match self.bring_up_to_date(message, &row, rendered, verify).await {
                Err(PublishError::Discord(error)) if error.code() == Some(code::UNKNOWN_MESSAGE) => {
                    tracing::info!(display = self.name, "the live message was deleted; posting it once more");
                    forget_display(&self.bot.store, self.bot.shop, &key, self.name, Some(message)).await?;
                }
                other => return other,
            }
        }
        Err(PublishError::Contended)
    }

    async fn bring_up_to_date(
        &self,
        message: u64,
        row: &DisplayRow,
        rendered: &Rendered,
        verify: bool,
    ) -> Result<Done, PublishError> {
        if row.content_hash != rendered.hash {
            return self.edit(message, rendered).await.map(Done::Sent);
        }
        if !verify {
            return Ok(Done::Unchanged(message));
        }
        let found = self.bot.rest.message(self.channel, message).await?;
        if is_intact(&found, &rendered.body) {
            return Ok(Done::Unchanged(message));
        }
        tracing::info!(display = self.name, "the live message had been changed from outside; repairing it");
        self.edit(message, rendered).await.map(Done::Sent)
    }

    async fn post(&self, rendered: &Rendered, nonce: &str) -> Result<Done, PublishError> {
        let message =
            self.bot.rest.create_message(self.channel, rendered.body.clone(), nonce, Vec::new()).await?;
        self.save(message.number(), rendered).await?;
        tracing::info!(display = self.name, channel = self.channel, "live message posted");
        Ok(Done::Sent(message.number()))
    }

    async fn edit(&self, message: u64, rendered: &Rendered) -> Result<u64, PublishError> {
        self.bot.rest.edit_message(self.channel, message, rendered.body.clone()).await?;
        self.save(message, rendered).await?;
        Ok(message)
    }

    async fn save(&self, message: u64, rendered: &Rendered) -> Result<(), StoreError> {
        save_display(
            &self.bot.store,
            self.bot.shop,
            &self.bot.key(),
            self.name,
            self.channel,
            message,
            &rendered.hash,
        )
        .await
    }

    /// A post that was begun, whose id was never saved: the message of ours with a button of this display.
    async fn find_lost_post(&self) -> Result<Option<u64>, RestError> {
        let own = self.bot.user.to_string();
        let recent = self.bot.rest.recent_messages(self.channel, LOOK_BACK).await?;
        let found =
            recent.iter().find(|message| message.author.id == own && carries_buttons_of(message, self.name));
        Ok(found.map(Message::number))
    }

    /// Removes the message of a row; one that is gone already is removed.
    pub async fn remove(&self, row: &DisplayRow) -> Result<(), PublishError> {
        if let Some(message) = row.message_id {
            match self.bot.rest.delete_message(row.channel_id, message).await {
                Err(error)
                    if !matches!(
                        error.code(),
                        Some(code::UNKNOWN_MESSAGE | code::UNKNOWN_CHANNEL | code::MISSING_ACCESS)
                    ) =>
                {
                    return Err(error.into());
                }
                _ => tracing::info!(display = row.name, channel = row.channel_id, "live message removed"),
            }
        }
        forget_display(&self.bot.store, self.bot.shop, &self.bot.key(), &row.name, row.message_id).await?;
        Ok(())
    }
}

/// Custom ids in all rows of a message.
fn custom_ids(rows: &[Value]) -> Vec<&str> {
    let buttons = rows.iter().filter_map(|row| row["components"].as_array()).flatten();
    buttons.filter_map(|button| button["custom_id"].as_str()).collect()
}

fn carries_buttons_of(message: &Message, name: &str) -> bool {
    custom_ids(&message.components).into_iter().any(
        |id| matches!(CustomId::parse(id), Some(CustomId::Live { display, action: _ }) if display == name),
    )
}

/// Same buttons and same embeds, as far as Discord returns them as they were sent.
fn is_intact(found: &Message, wanted: &Value) -> bool {
    let empty = Vec::new();
    let wanted_rows = wanted["components"].as_array().unwrap_or(&empty);
    let wanted_embeds = wanted["embeds"].as_array().unwrap_or(&empty);
    let titles = |embeds: &[Value]| {
        embeds.iter().map(|embed| embed["title"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    custom_ids(&found.components) == custom_ids(wanted_rows) && titles(&found.embeds) == titles(wanted_embeds)
}
