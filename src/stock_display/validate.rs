//! Is a display bound to a bot that will show it? Must not: do I/O.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    api::{DiscordBot, StockDisplay},
    discord_bot::validate::wanted,
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

/// Of displays ordered by age: the oldest of each channel.
#[must_use]
pub fn channel_owners(displays: &[Arc<StockDisplay>]) -> Vec<&Arc<StockDisplay>> {
    let mut channels = BTreeSet::new();
    displays.iter().filter(|display| channels.insert(display.spec.settings.channel_id)).collect()
}

/// Checks a display against its bot and all displays of that bot, oldest first.
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
    if wanted(&bot.spec) == 0 {
        return Err(Mistake::BotStopped { bot: name.clone() });
    }
    Ok(())
}
