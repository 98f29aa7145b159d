//! Is a display bound to a bot that will show it? Must not: do I/O.

use std::sync::Arc;

use crate::{
    api::{DiscordBot, StockDisplay},
    discord_bot::displays::channel_owners,
};

/// A mistake that only the user can mend; each says how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// There is no such bot.
    #[error("DiscordBot {bot} does not exist in namespace {namespace}; create it or set botRef.name")]
    BotNotFound {
        /// The bot's name.
        bot: String,
        /// The namespace.
        namespace: String,
    },
    /// The bot is stopped.
    #[error("DiscordBot {bot} is stopped; set its spec.running to true and spec.replicas to 1 or more")]
    BotStopped {
        /// The bot's name.
        bot: String,
    },
    /// An older display of the same bot has the channel.
    #[error(
        "StockDisplay {other} of the same bot already shows in channel {channel}; give one of them another channelId or delete it"
    )]
    ChannelTaken {
        /// The other display's name.
        other: String,
        /// The channel's id.
        channel: String,
    },
}

impl Mistake {
    /// Reason of the conditions and label of the failure metric.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::BotNotFound { .. } => "BotNotFound",
            Self::BotStopped { .. } => "BotStopped",
            Self::ChannelTaken { .. } => "ChannelTaken",
        }
    }
}

/// Checks a display against its bot and the displays of that bot in its channel, oldest first.
pub fn validate(
    display: &StockDisplay,
    bot: Option<&DiscordBot>,
    siblings: &[Arc<StockDisplay>],
) -> Result<(), Mistake> {
    let name = &display.spec.bot_ref.name;
    let Some(bot) = bot else {
        let namespace = display.metadata.namespace.clone().unwrap_or_default();
        return Err(Mistake::BotNotFound { bot: name.clone(), namespace });
    };
    let channel = display.spec.settings.channel_id;
    let owner = channel_owners(siblings).into_iter().find(|other| other.spec.settings.channel_id == channel);
    if let Some(other) = owner.filter(|other| other.metadata.uid != display.metadata.uid) {
        let other = other.metadata.name.clone().unwrap_or_default();
        return Err(Mistake::ChannelTaken { other, channel: channel.to_string() });
    }
    if bot.spec.wanted() == 0 {
        return Err(Mistake::BotStopped { bot: name.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord_bot::fixtures::{bot as bot_with, display};

    const CHANNEL: u64 = 1_100_000_000_000_000_010;

    #[test]
    fn each_mistake_says_what_to_do() {
        let (older, newer) = (display("older", CHANNEL, 2), display("newer", CHANNEL, 1));
        let siblings = [Arc::clone(&older), Arc::clone(&newer)];
        let verdict = |display: &StockDisplay, bot: Option<&str>| {
            let bot = bot.map(bot_with);
            validate(display, bot.as_ref(), &siblings).map_err(|mistake| mistake.to_string())
        };
        assert_eq!(verdict(&older, Some("")), Ok(()));
        assert_eq!(
            verdict(&older, None).unwrap_err(),
            "DiscordBot growshop does not exist in namespace shops; create it or set botRef.name"
        );
        assert_eq!(
            verdict(&newer, Some("")).unwrap_err(),
            format!(
                "StockDisplay older of the same bot already shows in channel {CHANNEL}; give one of them another channelId or delete it"
            )
        );
        for stopped in ["  running: false\n", "  replicas: 0\n"] {
            assert_eq!(
                verdict(&older, Some(stopped)).unwrap_err(),
                "DiscordBot growshop is stopped; set its spec.running to true and spec.replicas to 1 or more"
            );
        }
    }
}
