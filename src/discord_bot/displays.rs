//! Which of the displays bound to a bot it shows (of several for one channel, the oldest), and what it says of them in words.
//! Must not: do I/O.

use std::{collections::BTreeSet, sync::Arc};

use stockbot_config::{
    DisplayConfig,
    status::{BotStatus, DisplayState, DisplayStatus},
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

/// What a bot says of a display with these settings. While its pods change hands several speak of it: one that has not
/// published yet says the least.
#[must_use]
pub fn told<'a>(
    statuses: impl Iterator<Item = &'a BotStatus>,
    name: &str,
    settings_hash: &str,
) -> Option<&'a DisplayStatus> {
    let of_it = statuses
        .flat_map(|status| &status.displays)
        .filter(|told| told.name == name && told.settings_hash == settings_hash);
    of_it.min_by_key(|told| told.state == DisplayState::NotYetPublished)
}

/// Is a display shown, or hidden, as it is wanted?
#[must_use]
pub fn is_shown(told: &DisplayStatus) -> bool {
    matches!(told.state, DisplayState::Published | DisplayState::Hidden | DisplayState::Maintenance)
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A pod that speaks of one display.
    fn pod(state: &str, hash: &str) -> BotStatus {
        let display = json!({
            "name": "main", "settingsHash": hash, "state": state, "message": "", "buttonsPresent": true,
            "products": {"shown": 0, "hidden": 0, "soldOut": 0},
        });
        BotStatus { displays: vec![serde_json::from_value(display).unwrap()], ..BotStatus::default() }
    }

    #[test]
    fn while_pods_change_hands_the_one_that_has_published_is_believed() {
        let state = |pods: &[BotStatus]| told(pods.iter(), "main", "new").map(|told| told.state);
        let (old, fresh) = (pod("Published", "new"), pod("NotYetPublished", "new"));
        assert_eq!(state(&[fresh.clone(), old.clone()]), Some(DisplayState::Published));
        assert_eq!(state(&[old, fresh.clone()]), Some(DisplayState::Published));
        assert_eq!(state(&[pod("Published", "old"), fresh]), Some(DisplayState::NotYetPublished));
        assert_eq!(state(&[pod("Published", "old")]), None, "it speaks of other settings");
    }
}
