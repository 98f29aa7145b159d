//! Runs one worker per display while this pod owns shard 0, follows the change feed, and has messages of displays that are gone
//! removed. Only the owner of shard 0 publishes, so two pods never edit one message.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use stockbot_config::{Config, DisplayConfig};
use stockbot_store::{
    ChangeCursor,
    changes::{changed_since, start},
};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{sweeper, worker::Worker};
use crate::context::Bot;

/// How often this pod's own affairs are looked after. Changes in the database, also by plain SQL, are signalled.
const LOOK: Duration = Duration::from_secs(1);
/// Changes that come together make one edit (store.md).
const DEBOUNCE: Duration = Duration::from_millis(100);
/// What this pod last said of its displays stands for so long after it has let go: the next pod has spoken by then.
const ECHO: Duration = Duration::from_secs(10);

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

struct Scheduler {
    bot: Arc<Bot>,
    version: watch::Sender<Option<Instant>>,
    running: BTreeMap<String, Running>,
    cursor: Option<ChangeCursor>,
    /// The configuration that the running workers are of; none while that changes.
    matched: watch::Sender<Option<Arc<Config>>>,
}

/// Runs until the process stops; publishes while `publisher` is true.
pub async fn run(bot: Arc<Bot>, mut publisher: watch::Receiver<bool>) {
    loop {
        let owner = bot.stopping.run_until_cancelled(publisher.wait_for(|publishes| *publishes)).await;
        if owner.is_none_or(|owner| owner.is_err()) {
            return;
        }
        let mut scheduler = Scheduler::new(bot.clone());
        let sweeping = sweeper::run(bot.clone(), scheduler.matched.subscribe());
        let mut owner = publisher.clone();
        tokio::select! {
            () = scheduler.publish() => {}
            () = sweeping => {}
            _ = owner.wait_for(|publishes| !*publishes) => {}
            () = bot.stopping.cancelled() => {}
        }
        scheduler.end().await;
        tokio::select! {
            () = tokio::time::sleep(ECHO) => bot.state.update(|status| status.displays.clear()),
            _ = publisher.wait_for(|publishes| *publishes) => {}
            () = bot.stopping.cancelled() => {}
        }
    }
}

impl Scheduler {
    fn new(bot: Arc<Bot>) -> Self {
        let (version, matched) = (watch::channel(None).0, watch::channel(None).0);
        Self { bot, version, running: BTreeMap::new(), cursor: None, matched }
    }

    async fn publish(&mut self) {
        let bot = self.bot.clone();
        let mut configs = bot.config.clone();
        let mut behind = true;
        loop {
            bot.state.beat("display");
            let config = configs.borrow_and_update().clone();
            self.match_displays(config).await;
            if behind {
                behind = !self.follow_changes().await;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = bot.wakeups.display.notified() => {
                    tokio::time::sleep(DEBOUNCE).await;
                    behind = true;
                }
                changed = configs.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Starts and stops workers so that they are those of the configuration; each follows its own settings.
    async fn match_displays(&mut self, config: Arc<Config>) {
        let is_known = |name: &str| config.displays.iter().any(|display| display.name == name);
        let same = self.matched.borrow().as_ref().is_some_and(|matched| Arc::ptr_eq(matched, &config));
        if !same {
            self.matched.send_replace(None);
            self.bot.state.update(|status| {
                status.displays.retain(|display| is_known(&display.name));
                status.left_behind = None;
            });
        }
        let outdated = |(name, running): (&String, &Running)| {
            (!is_known(name) || running.task.is_finished()).then(|| name.clone())
        };
        for name in self.running.iter().filter_map(outdated).collect::<Vec<_>>() {
            if let Some(running) = self.running.remove(&name) {
                running.end().await;
            }
        }
        for display in &config.displays {
            if !self.running.contains_key(&display.name) {
                self.running.insert(display.name.clone(), self.start_worker(display));
            }
        }
        if !same {
            self.matched.send_replace(Some(config));
        }
    }

    fn start_worker(&self, display: &DisplayConfig) -> Running {
        let stop = CancellationToken::new();
        let worker = Worker::new(self.bot.clone(), display.clone());
        let task = tokio::spawn(worker.run(self.version.subscribe(), stop.clone()));
        Running { stop, task }
    }

    /// Tells the workers of a change; false if that could not be found out.
    async fn follow_changes(&mut self) -> bool {
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
                true
            }
            Err(error) => {
                self.bot.state.failed(&error);
                false
            }
        }
    }

    async fn end(mut self) {
        while let Some((_, running)) = self.running.pop_first() {
            running.end().await;
        }
        self.bot.state.update(|status| status.left_behind = None);
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
