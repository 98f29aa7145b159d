//! Which of the displays bound to a bot it shows: of several for one channel, the oldest. Must not: do I/O.

use std::{collections::BTreeSet, sync::Arc};

use stockbot_config::DisplayConfig;

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
