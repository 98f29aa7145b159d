//! Which of the displays bound to a bot it shows (of several for one channel, the oldest), and what it says of them in words.
//! Must not: do I/O.

use std::{collections::BTreeSet, sync::Arc};

use stockbot_config::{
    DisplayConfig,
    status::{DisplayState, DisplayStatus},
};

use crate::api::StockDisplay;

/// Of displays ordered by age: the oldest of each channel.
#[must_use]
pub fn channel_owners(displays: &[Arc<StockDisplay>]) -> Vec<&Arc<StockDisplay>> {
    let mut channels = BTreeSet::new();
    displays.iter().filter(|display| channels.insert(display.spec.settings.channel_id)).collect()
}

/// The displays that go into the configuration: of several for one channel only the oldest, ordered by name.
#[must_use]
pub fn configured(displays: &[Arc<StockDisplay>]) -> Vec<DisplayConfig> {
    let mut displays: Vec<_> = channel_owners(displays)
        .into_iter()
        .map(|display| {
            let name = display.metadata.name.clone().unwrap_or_default();
            DisplayConfig::new(name, display.spec.settings.clone())
        })
        .collect();
    displays.sort_by(|a, b| a.name.cmp(&b.name));
    displays
}

/// The reason of what a bot says of a display, and the same in words: the bot's own, or what the state means.
#[must_use]
pub fn words(told: &DisplayStatus) -> (&'static str, String) {
    let (reason, meaning) = match told.state {
        DisplayState::NotYetPublished => ("NotYetPublished", "the bot has not published this version yet"),
        DisplayState::Published => ("Published", "the live message is up to date"),
        DisplayState::ChannelNotFound => {
            ("ChannelNotFound", "Discord knows no such channel; correct spec.channelId")
        }
        DisplayState::MissingPermissions => (
            "MissingPermissions",
            "the bot may not write in the channel; give it View Channel, Send Messages and Embed Links there",
        ),
        DisplayState::ButtonsFailing => {
            ("ButtonsFailing", "the buttons cannot be built; the old message stays")
        }
        DisplayState::FallbackShown => {
            ("FallbackShown", "the fallback is shown until the buttons work again")
        }
        DisplayState::Hidden => ("Hidden", "hidden as wanted"),
        DisplayState::Maintenance => ("Maintenance", "shows that the shop is in maintenance"),
        DisplayState::BreakerOpen => {
            ("BreakerOpen", "calls to Discord keep failing and are suspended for a while")
        }
    };
    (reason, if told.message.is_empty() { meaning.into() } else { told.message.clone() })
}
