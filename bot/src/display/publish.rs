//! Brings one display's message to Discord: posts it once, edits it when it differs, re-creates it when it was deleted, clears
//! its old place when it has moved. Every edit carries content and buttons together.

use std::time::Duration;

use jiff::Timestamp;
use stockbot_config::status::DisplayState;
use stockbot_store::{
    DisplayRow, Reservation, StoreError,
    displays::{displays, forget_display, reserve_display, save_display},
};

use super::{
    kept::kept,
    message::Rendered,
    removal::{Remains, clear, find_lost_post},
};
use crate::{
    context::Bot,
    discord::{RestError, error::code},
};

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
    /// A post was begun moments ago and may still arrive.
    #[error("a post was begun moments ago and may still arrive; it is looked for again")]
    Unsettled,
    /// Nothing has failed: the message may be edited only after this.
    #[error("the message may be edited in {} ms", .0.as_millis())]
    TooSoon(Duration),
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
                    "the bot may not post in channel {channel}; allow it View Channel, Read Message History, Send Messages and Embed Links there"
                ),
            )),
            _ => None,
        }
    }

    /// Does the bot lack access to the channel? It may come back.
    pub fn is_no_access(&self) -> bool {
        let Self::Discord(error) = self else { return false };
        matches!(error.code(), Some(code::MISSING_ACCESS | code::MISSING_PERMISSIONS | code::UNKNOWN_GUILD))
    }

    /// How long Discord wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Discord(error) => error.retry_after(),
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
    /// Edits wait for so long, a post does not.
    pub edit_in: Duration,
}

/// The message as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// Discord id.
    pub message: u64,
    /// Was it posted or edited just now?
    pub sent: bool,
    /// The last time that it was.
    pub published_at: Option<Timestamp>,
}

impl Target<'_> {
    /// Makes the message be `rendered`. With `verify` the message is read first, and repaired if it is anything else.
    pub async fn publish(&self, rendered: &Rendered, verify: bool) -> Result<Live, PublishError> {
        let key = self.bot.key();
        for _ in 0..ROUNDS {
            let reservation =
                reserve_display(&self.bot.store, self.bot.shop, &key, self.name, self.channel).await?;
            let row = match reservation {
                Reservation::Post { nonce } => return self.post(rendered, &nonce).await,
                Reservation::Recover { channel_id, nonce, since } if channel_id == self.channel => {
                    return match find_lost_post(self.bot, self.name, channel_id, since).await? {
                        Some(message) => self.edit(message, rendered).await,
                        None => self.post(rendered, &nonce).await,
                    };
                }
                Reservation::Recover { .. } => {
                    if let Some(row) = self.row().await? {
                        clear(self.bot, &row).await?;
                    }
                    continue;
                }
                Reservation::Published(row) => row,
            };
            if row.channel_id != self.channel {
                clear(self.bot, &row).await?;
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

    /// Removes the message, wherever it is.
    pub async fn hide(&self) -> Result<(), PublishError> {
        let Some(row) = self.row().await? else { return Ok(()) };
        Remains::from(&row).remove(self.bot).await?;
        let key = self.bot.key();
        forget_display(&self.bot.store, self.bot.shop, &key, self.name, row.message_id).await?;
        Ok(())
    }

    async fn row(&self) -> Result<Option<DisplayRow>, StoreError> {
        let rows = displays(&self.bot.store, self.bot.shop, &self.bot.key()).await?;
        Ok(rows.into_iter().find(|row| row.name == self.name))
    }

    async fn bring_up_to_date(
        &self,
        message: u64,
        row: &DisplayRow,
        rendered: &Rendered,
        verify: bool,
    ) -> Result<Live, PublishError> {
        if row.content_hash != rendered.hash {
            return self.edit(message, rendered).await;
        }
        if verify {
            let found = self.bot.rest.message(self.channel, message).await?;
            let found = kept(&found.content, &found.embeds.into(), &found.components.into());
            if found != kept("", &rendered.body["embeds"], &rendered.body["components"]) {
                tracing::info!(display = self.name, "the live message is not as it was sent; repairing it");
                return self.edit(message, rendered).await;
            }
        }
        Ok(Live { message, sent: false, published_at: row.published_at })
    }

    async fn post(&self, rendered: &Rendered, nonce: &str) -> Result<Live, PublishError> {
        let body = rendered.body.clone();
        let message = self.bot.rest.create_message(self.channel, body, nonce, Vec::new()).await?;
        tracing::info!(display = self.name, channel = self.channel, "live message posted");
        self.sent(message.number(), rendered).await
    }

    async fn edit(&self, message: u64, rendered: &Rendered) -> Result<Live, PublishError> {
        if !self.edit_in.is_zero() {
            return Err(PublishError::TooSoon(self.edit_in));
        }
        self.bot.rest.edit_message(self.channel, message, rendered.body.clone()).await?;
        self.sent(message, rendered).await
    }

    async fn sent(&self, message: u64, rendered: &Rendered) -> Result<Live, PublishError> {
        let key = self.bot.key();
        save_display(&self.bot.store, self.bot.shop, &key, self.name, self.channel, message, &rendered.hash)
            .await?;
        Ok(Live { message, sent: true, published_at: Some(Timestamp::now()) })
    }
}
