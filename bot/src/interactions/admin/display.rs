//! `/display`: where the live messages stand, and an edit of them at once.

use stockbot_store::displays::{displays, refresh_displays};

use super::{done, show_list};
use crate::interactions::{error::ReplyError, reply::Reply};
use crate::texts::{count, escape};

/// Has every live message of this bot edited anew, whoever publishes it.
pub async fn refresh(reply: &Reply) -> Result<(), ReplyError> {
    let refreshed = refresh_displays(&reply.bot.store, reply.bot.shop, &reply.bot.key()).await?;
    reply.bot.wakeups.display.notify_one();
    done(reply, "admin-display-refreshed", &[("count", count(refreshed))]).await
}

/// Each live message, where it is and when it was edited last.
pub async fn status(reply: &Reply) -> Result<(), ReplyError> {
    let config = reply.bot.config();
    let rows = displays(&reply.bot.store, reply.bot.shop, &reply.bot.key()).await?;
    let line = |display: &stockbot_config::DisplayConfig| {
        let row = rows.iter().find(|row| row.name == display.name);
        let name = escape(&display.name);
        let Some((row, message)) = row.and_then(|row| Some((row, row.message_id?))) else {
            let key = if display.settings.hidden { "admin-display-hidden" } else { "admin-display-none" };
            return format!("**{name}** · {}", reply.text(key, &[]));
        };
        let link = format!("https://discord.com/channels/{}/{}/{message}", config.guild_id, row.channel_id);
        let when = row.published_at.map_or_else(|| "-".to_owned(), |at| format!("<t:{}:R>", at.as_second()));
        format!("**{name}** · <#{}> · {link} · {when}", row.channel_id)
    };
    let lines: Vec<String> = config.displays.iter().map(line).collect();
    show_list(reply, "admin-display-title", "admin-display-empty", &lines).await
}
