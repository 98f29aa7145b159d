//! Runs one worker per display while this pod owns shard 0, follows the change feed, and removes messages of displays that
//! are gone. Only the owner of shard 0 publishes, so two pods never edit one message.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use stockbot_config::{Config, DisplayConfig, Shop};
use stockbot_store::{
    ChangeCursor,
    changes::{changed_since, start},
    displays::displays,
};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{
    publish::{PublishError, Target},
    worker::Worker,
};
use crate::context::Bot;

/// The change feed is read that often whatever happens (architecture.md): changes by plain SQL show as well.
const POLL: Duration = Duration::from_secs(1);
/// Changes that come together make one edit (store.md).
const DEBOUNCE: Duration = Duration::from_millis(100);

/// A worker and what it was started with.
struct Running {
    shop: Shop,
    display: DisplayConfig,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

struct Scheduler {
    bot: Arc<Bot>,
    config: Arc<Config>,
    version: watch::Sender<Option<Instant>>,
    running: BTreeMap<String, Running>,
    cursor: Option<ChangeCursor>,
    leftovers: bool,
}

/// Runs until the process stops; publishes while `publisher` is true.
pub async fn run(bot: Arc<Bot>, mut publisher: watch::Receiver<bool>) {
    while bot
        .stopping
        .run_until_cancelled(publisher.wait_for(|publishes| *publishes))
        .await
        .is_some_and(|owner| owner.is_ok())
    {
        let config = bot.config();
        let mut scheduler = Scheduler {
            bot: bot.clone(),
            config,
            version: watch::channel(None).0,
            running: BTreeMap::new(),
            cursor: None,
            leftovers: true,
        };
        let lost = async {
            let _ = publisher.wait_for(|publishes| !*publishes).await;
        };
        tokio::select! {
            () = scheduler.publish() => {}
            () = lost => {}
            () = bot.stopping.cancelled() => {}
        }
        scheduler.end().await;
    }
}

impl Scheduler {
    async fn publish(&mut self) {
        let bot = self.bot.clone();
        let mut config = bot.config.clone();
        loop {
            bot.state.beat("display");
            self.config = config.borrow_and_update().clone();
            self.match_displays().await;
            if self.leftovers {
                self.remove_leftovers().await;
            }
            self.follow_changes().await;
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                () = bot.wakeups.display.notified() => tokio::time::sleep(DEBOUNCE).await,
                _ = config.changed() => {}
            }
        }
    }

    /// Starts, restarts and stops workers so that they are those of the configuration.
    async fn match_displays(&mut self) {
        let config = self.config.clone();
        let unchanged = |running: &Running| {
            running.shop == config.shop
                && config.displays.contains(&running.display)
                && !running.task.is_finished()
        };
        let outdated: Vec<String> = self
            .running
            .iter()
            .filter(|(_, running)| !unchanged(running))
            .map(|(name, _)| name.clone())
            .collect();
        for name in outdated {
            if let Some(running) = self.running.remove(&name) {
                running.end().await;
                self.leftovers = true;
            }
        }
        for display in &config.displays {
            if !self.running.contains_key(&display.name) {
                self.running.insert(display.name.clone(), self.start_worker(display));
            }
        }
        let known = |name: &str| config.displays.iter().any(|display| display.name == name);
        self.bot.state.update(|status| status.displays.retain(|display| known(&display.name)));
    }

    fn start_worker(&self, display: &DisplayConfig) -> Running {
        let stop = CancellationToken::new();
        let worker = Worker::new(self.bot.clone(), self.config.clone(), display.clone());
        let task = tokio::spawn(worker.run(self.version.subscribe(), stop.clone()));
        Running { shop: self.config.shop.clone(), display: display.clone(), stop, task }
    }

    /// Removes the messages of displays that are not in the configuration any more.
    async fn remove_leftovers(&mut self) {
        let result = self.try_remove_leftovers().await;
        self.leftovers = result.is_err();
        if let Err(error) = result {
            tracing::warn!(%error, "a message of a removed display could not be deleted; it is tried again");
            self.bot.state.failed(error);
        }
    }

    async fn try_remove_leftovers(&self) -> Result<(), PublishError> {
        for row in displays(&self.bot.store, self.bot.shop, &self.bot.key()).await? {
            if !self.config.displays.iter().any(|display| display.name == row.name) {
                Target { bot: &self.bot, name: &row.name, channel: row.channel_id }.remove(&row).await?;
            }
        }
        Ok(())
    }

    async fn follow_changes(&mut self) {
        let result = match &self.cursor {
            Some(cursor) => changed_since(&self.bot.store, self.bot.shop, cursor).await,
            None => start(&self.bot.store, self.bot.shop).await.map(|cursor| (true, cursor)),
        };
        match result {
            Ok((changed, cursor)) => {
                self.cursor = Some(cursor);
                if changed {
                    self.version.send_replace(Some(Instant::now()));
                }
            }
            Err(error) => self.bot.state.failed(&error),
        }
    }

    async fn end(mut self) {
        while let Some((_, running)) = self.running.pop_first() {
            running.end().await;
        }
        self.bot.state.update(|status| status.displays.clear());
        self.bot.state.rest("display");
    }
}

impl Running {
    /// Stops the worker; an edit under way is finished first, so that its outcome is known and saved.
    async fn end(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a display's worker has crashed");
        }
    }
}
