//! What every part of a warm bot shares: identity, store, REST client, state, metrics, and the wake-ups between the parts.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use stockbot_config::{Config, Locale};
use stockbot_store::{CommandLog, Held, Order, ShopId, Store};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{discord::Rest, exit::Exit, metrics::Metrics, state::State};

/// Signals between the parts of a pod. What another pod or plain SQL has done is signalled by the gateway's pulse, within seconds.
#[derive(Debug, Default)]
pub struct Wakeups {
    /// Something that displays show has changed.
    pub display: Notify,
    /// So many times a channel with a live message has changed: it may be gone, or open to the bot again.
    pub places: watch::Sender<u64>,
    /// A live message was left behind.
    pub leftover: Notify,
    /// Jobs of the outbox are due.
    pub outbox: Notify,
    /// Messages came into the deposit channel.
    pub deposits: DepositNews,
    /// Interactions wait for their answer whose pod may have died.
    pub recovery: Notify,
}

/// News of the deposit channel, from the gateway.
#[derive(Debug, Default)]
pub struct DepositNews {
    news: Notify,
    edited: Mutex<BTreeSet<u64>>,
}

impl DepositNews {
    /// A message was posted there.
    pub fn posted(&self) {
        self.news.notify_one();
    }

    /// A message was changed there.
    pub fn edited(&self, message: u64) {
        self.edited.lock().unwrap_or_else(PoisonError::into_inner).insert(message);
        self.news.notify_one();
    }

    /// Waits for news.
    pub async fn notified(&self) {
        self.news.notified().await;
    }

    /// The messages that were changed since it was asked last.
    pub fn take_edited(&self) -> BTreeSet<u64> {
        std::mem::take(&mut self.edited.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A sale on its way from the click to the outbox: this pod holds its goods and its receipt.
pub struct Sold {
    /// The order.
    pub order: Order,
    /// The goods.
    pub units: Vec<String>,
    /// The jobs.
    pub held: Box<Held>,
    /// The log of the click, to be completed.
    pub log: Option<CommandLog>,
    /// When the click arrived.
    pub began: Instant,
    /// The process does not end before this is dropped.
    pub alive: TaskTrackerToken,
}

/// A warm bot.
pub struct Bot {
    /// Configuration, replaced when the file changes.
    pub config: watch::Receiver<Arc<Config>>,
    /// Postgres.
    pub store: Store,
    /// This bot's shop.
    pub shop: ShopId,
    /// Discord.
    pub rest: Rest,
    /// Discord id of the application.
    pub application: u64,
    /// Discord id of the bot's user.
    pub user: u64,
    /// Name of this pod, unique among the pods of the bot.
    pub pod: String,
    /// Shared state.
    pub state: Arc<State>,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// Signals between the parts.
    pub wakeups: Wakeups,
    /// What was begun for somebody: the process waits for it before it ends.
    pub tasks: TaskTracker,
    /// To the outbox.
    pub sold: mpsc::UnboundedSender<Sold>,
    /// Cancelled when the process is to end in good order.
    pub stopping: CancellationToken,
    /// The first fatal reason ends the process.
    pub fatal: tokio::sync::mpsc::Sender<Exit>,
}

impl Bot {
    /// The configuration as of now.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// Key of this bot in the store: `<namespace>/<name>`.
    #[must_use]
    pub fn key(&self) -> String {
        let config = self.config.borrow();
        format!("{}/{}", config.namespace, config.bot)
    }

    /// Language for people whose own is not one of ours.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.config.borrow().shop.locale
    }

    /// Lets the outbox look for due jobs after this time.
    pub fn wake_outbox_in(self: &Arc<Self>, after: Duration) {
        let bot = self.clone();
        tokio::spawn(async move {
            if bot.stopping.run_until_cancelled(tokio::time::sleep(after)).await.is_some() {
                bot.wakeups.outbox.notify_one();
            }
        });
    }

    /// Ends the process for this reason; the first one counts.
    pub fn end(&self, reason: Exit) {
        let _ = self.fatal.try_send(reason);
    }
}
