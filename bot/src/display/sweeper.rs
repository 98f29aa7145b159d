//! Comes back to the live messages that no display has any more, until they are gone, and tells which are left: a display that
//! was deleted, a channel that the bot could not see for a while.

use std::{sync::Arc, time::Duration};

use stockbot_config::{Config, status::LeftBehind};
use stockbot_store::{
    StoreError,
    displays::{displays, forget_display},
    leftovers::{forget_leftover, leftovers},
};
use tokio::sync::watch;

use super::{publish::PublishError, removal::Remains};
use crate::context::Bot;

/// How soon messages that could not be removed are tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// How often it is looked whether there are any.
const PERIOD: Duration = Duration::from_mins(1);

/// Sweeps at every change of `matched` (the configuration whose workers run; none while they change) and now and then, for ever.
pub async fn run(bot: Arc<Bot>, mut matched: watch::Receiver<Option<Arc<Config>>>) {
    loop {
        let config = matched.borrow_and_update().clone();
        let wait = match config {
            None => Duration::MAX,
            Some(config) => once(&bot, &config, &matched).await,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = bot.wakeups.leftover.notified() => {}
            changed = matched.changed() => if changed.is_err() { return std::future::pending().await },
        }
    }
}

/// Sweeps once; how long to wait for the next time.
async fn once(bot: &Bot, config: &Config, matched: &watch::Receiver<Option<Arc<Config>>>) -> Duration {
    match sweep(bot, config).await {
        Ok(left) => {
            let wait = if left.is_empty() { PERIOD } else { AGAIN };
            // Of an outdated configuration nothing is told: displays may have gone since.
            bot.state.update(|status| {
                if !matched.has_changed().unwrap_or(true) {
                    status.left_behind = Some(left);
                }
            });
            wait
        }
        Err(error) => {
            bot.state.failed(error);
            AGAIN
        }
    }
}

/// Removes the messages that no display of `config` has; tells those that are still there, and why.
async fn sweep(bot: &Bot, config: &Config) -> Result<Vec<LeftBehind>, StoreError> {
    let key = bot.key();
    let mut left = Vec::new();
    for row in displays(&bot.store, bot.shop, &key).await? {
        if config.displays.iter().any(|display| display.name == row.name) {
            continue;
        }
        match Remains::from(&row).remove(bot).await {
            Ok(()) => {
                forget_display(&bot.store, bot.shop, &key, &row.name, row.message_id).await?;
            }
            Err(error) => left.push(left_behind(&Remains::from(&row), &error)),
        }
    }
    for leftover in leftovers(&bot.store, bot.shop, &key).await? {
        match Remains::from(&leftover).remove(bot).await {
            Ok(()) => forget_leftover(&bot.store, bot.shop, &leftover).await?,
            Err(error) => left.push(left_behind(&Remains::from(&leftover), &error)),
        }
    }
    Ok(left)
}

fn left_behind(remains: &Remains<'_>, error: &PublishError) -> LeftBehind {
    let Remains { name, channel, message, since: _ } = remains;
    tracing::warn!(display = name, channel, message, %error, "a live message that is not wanted any more could not be removed; it is tried again");
    LeftBehind {
        display: (*name).to_owned(),
        channel_id: channel.to_string(),
        message_id: message.map(|message| message.to_string()),
        message: error.to_string(),
    }
}
