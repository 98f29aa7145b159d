//! Removes a live message that is not wanted any more, also one of which it is not known whether it was ever posted.
//!
//! What cannot be removed yet stays in the database, as a leftover if its display has moved on; `sweeper` comes back to it.

use std::time::Duration;

use jiff::Timestamp;
use stockbot_store::{
    DisplayRow,
    displays::forget_display,
    leftovers::{Leftover, leave_display},
};

use super::publish::PublishError;
use crate::{
    context::Bot,
    custom_id::CustomId,
    discord::{RestError, error::code, messages::Message},
};

/// A post that was begun longer ago than this has reached Discord or never will: longer than a call to Discord takes.
const SETTLED: Duration = Duration::from_secs(15);
/// Clocks of pods and of Discord differ by less than this.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);
/// Pages of a channel that are looked through for a lost post.
const PAGES: usize = 10;
/// Messages of a page (Discord's most).
const PAGE: u8 = 100;

/// A live message, or a post whose answer never came.
pub struct Remains<'a> {
    /// Name of its display.
    pub name: &'a str,
    /// Where it is.
    pub channel: u64,
    /// The message, if its id was ever known.
    pub message: Option<u64>,
    /// When it was posted, or the post begun.
    pub since: Timestamp,
}

impl<'a> From<&'a DisplayRow> for Remains<'a> {
    fn from(row: &'a DisplayRow) -> Self {
        let since = row.posting_since.or(row.published_at).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { name: &row.name, channel: row.channel_id, message: row.message_id, since }
    }
}

impl<'a> From<&'a Leftover> for Remains<'a> {
    fn from(left: &'a Leftover) -> Self {
        Self { name: &left.name, channel: left.channel_id, message: left.message_id, since: left.since }
    }
}

impl Remains<'_> {
    /// Removes it; what is gone already is removed.
    pub async fn remove(&self, bot: &Bot) -> Result<(), PublishError> {
        match self.delete(bot).await {
            Err(PublishError::Discord(error))
                if matches!(error.code(), Some(code::UNKNOWN_MESSAGE | code::UNKNOWN_CHANNEL)) =>
            {
                Ok(())
            }
            other => other,
        }
    }

    async fn delete(&self, bot: &Bot) -> Result<(), PublishError> {
        let message = match self.message {
            Some(message) => message,
            None => match find_lost_post(bot, self.name, self.channel, self.since).await? {
                Some(message) => message,
                None if is_settled(self.since) => return Ok(()),
                None => return Err(PublishError::Unsettled),
            },
        };
        bot.rest.delete_message(self.channel, message).await?;
        tracing::info!(display = self.name, channel = self.channel, message, "live message removed");
        Ok(())
    }
}

fn is_settled(since: Timestamp) -> bool {
    Timestamp::now().duration_since(since).unsigned_abs() > SETTLED
}

/// A post that was begun, whose id was never saved: the message of ours since then with a button of this display.
pub async fn find_lost_post(
    bot: &Bot,
    name: &str,
    channel: u64,
    since: Timestamp,
) -> Result<Option<u64>, RestError> {
    let own = bot.user.to_string();
    let mut after = snowflake(since - CLOCKS_DIFFER);
    for _ in 0..PAGES {
        let page = bot.rest.messages_after(channel, after, PAGE).await?;
        let found = page.iter().find(|message| message.author.id == own && carries_buttons_of(message, name));
        let newest = page.iter().map(Message::number).max();
        match (found, newest) {
            (Some(message), _) => return Ok(Some(message.number())),
            (None, Some(newest)) if page.len() == usize::from(PAGE) => after = newest,
            (None, _) => break,
        }
    }
    Ok(None)
}

/// The smallest id that Discord gave out at this time (its epoch is 2015).
fn snowflake(at: Timestamp) -> u64 {
    const EPOCH: i64 = 1_420_070_400_000;
    u64::try_from(at.as_millisecond() - EPOCH).unwrap_or_default() << 22
}

fn carries_buttons_of(message: &Message, name: &str) -> bool {
    let buttons = message.components.iter().filter_map(|row| row["components"].as_array()).flatten();
    buttons.filter_map(|button| button["custom_id"].as_str()).any(
        |id| matches!(CustomId::parse(id), Some(CustomId::Live { display, action: _ }) if display == name),
    )
}

/// Clears the place of a display whose message is elsewhere: removes the message, or leaves it behind where the bot has no access.
pub async fn clear(bot: &Bot, row: &DisplayRow) -> Result<(), PublishError> {
    match Remains::from(row).remove(bot).await {
        Ok(()) => {
            forget_display(&bot.store, bot.shop, &bot.key(), &row.name, row.message_id).await?;
        }
        Err(error) if error.is_no_access() => {
            tracing::warn!(display = row.name, channel = row.channel_id, %error, "an old live message is left behind for now");
            leave_display(&bot.store, bot.shop, &bot.key(), &row.name).await?;
            bot.wakeups.leftover.notify_one();
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
