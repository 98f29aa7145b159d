//! First step: everything the later steps need to know, from what is watched. Must not: judge or write.

use std::sync::Arc;

use stockbot_config::{fingerprint, status::DisplayStatus};

use crate::{
    api::{DiscordBot, StockDisplay},
    cluster::{cache::Key, context::Context},
    discord_bot::{
        displays::told,
        fetch::{Pod, pods},
    },
};

/// Everything around a display.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// Its bot.
    pub bot: Option<Arc<DiscordBot>>,
    /// All displays of that bot in the same channel, oldest first.
    pub siblings: Vec<Arc<StockDisplay>>,
    /// The pods of that bot.
    pub pods: Vec<Pod>,
    /// What the bot says of the display, if it speaks of its settings as they are now.
    pub told: Option<DisplayStatus>,
}

/// Everything around a display; needs no request.
#[must_use]
pub fn fetch(context: &Context, key: &Key, display: &StockDisplay) -> Fetched {
    let bot_key = Key::new(&key.namespace, &display.spec.bot_ref.name);
    let Some(bot) = context.bot(&bot_key) else { return Fetched::default() };
    let hash = fingerprint(&display.spec.settings);
    let pods = pods(context, &bot_key);
    let statuses = pods
        .iter()
        .filter(|pod| pod.state.probe_address().is_some())
        .filter_map(|pod| pod.report.as_ref()?.status.as_deref());
    let told = told(statuses, &key.name, &hash).cloned();
    let siblings = context.displays_in(&bot_key, display.spec.settings.channel_id);
    Fetched { siblings, bot: Some(bot), pods, told }
}
