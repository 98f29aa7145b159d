//! Keeps one display up to date while this pod publishes: on every change, and every `refresh` to repair what others did.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use stockbot_config::{
    Config, DisplayConfig,
    status::{DisplayState, DisplayStatus, LastError, ProductCounts},
};
use stockbot_store::{displays::displays, products::list_products, shops::shop_state};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    edit_pace::EditPace,
    health::Record,
    message::{Rendered, Source, render},
    publish::{Done, PublishError, Target},
};
use crate::context::Bot;

/// First wait after a failure; doubles up to `LONGEST_RETRY`.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// Longest wait after failures, so that a mended channel is noticed soon.
const LONGEST_RETRY: Duration = Duration::from_secs(15);
/// Failures in a row after which the message counts as degraded (product.md B4).
const ATTEMPTS: u32 = 3;

/// One display being kept up to date.
pub struct Worker {
    bot: Arc<Bot>,
    config: Arc<Config>,
    display: DisplayConfig,
    pace: EditPace,
    record: Record,
    failures: u32,
    checked: Option<Instant>,
    status: DisplayStatus,
}

impl Worker {
    /// A worker for `display`, which is part of `config`.
    pub fn new(bot: Arc<Bot>, config: Arc<Config>, display: DisplayConfig) -> Self {
        let status = DisplayStatus {
            name: display.name.clone(),
            settings_hash: display.settings_hash.clone(),
            state: DisplayState::NotYetPublished,
            message: String::new(),
            message_id: None,
            message_url: None,
            last_published_at: None,
            last_error: None,
            buttons_present: false,
            products: ProductCounts::default(),
            health: None,
        };
        Self {
            bot,
            config,
            display,
            pace: EditPace::default(),
            record: Record::default(),
            failures: 0,
            checked: None,
            status,
        }
    }

    /// Publishes now and after every new `version`, until `stop`.
    pub async fn run(mut self, mut version: watch::Receiver<Option<Instant>>, stop: CancellationToken) {
        self.report();
        loop {
            let changed_at = *version.borrow_and_update();
            let next = self.tick(changed_at).await;
            self.report();
            let wait = async {
                tokio::select! {
                    () = tokio::time::sleep(next) => {}
                    changed = version.changed(), if self.failures == 0 => if changed.is_err() { std::future::pending().await },
                }
            };
            if stop.run_until_cancelled(wait).await.is_none() {
                return;
            }
            let pause = self.pace.wait(Instant::now());
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
        }
    }

    /// Publishes once; how long to wait for the next look.
    async fn tick(&mut self, changed_at: Option<Instant>) -> Duration {
        let refresh = self.display.settings.refresh.get();
        let verify = self.checked.is_some_and(|checked| checked.elapsed() >= refresh);
        let began = Instant::now();
        let result = if self.display.settings.hidden {
            self.hide().await.map(|()| None)
        } else {
            self.publish(verify).await.map(Some)
        };
        match result {
            Ok(done) => {
                if verify || self.checked.is_none() {
                    self.checked = Some(Instant::now());
                }
                if let Some(Done::Sent(_)) = done {
                    self.succeeded(began, changed_at);
                }
                self.failures = 0;
                refresh
                    .saturating_sub(self.checked.map_or(Duration::ZERO, |checked| checked.elapsed()))
                    .max(Duration::from_millis(100))
            }
            Err(error) => self.failed(&error, began),
        }
    }

    async fn hide(&mut self) -> Result<(), PublishError> {
        let rows = displays(&self.bot.store, self.bot.shop, &self.bot.key()).await?;
        if let Some(row) = rows.iter().find(|row| row.name == self.display.name) {
            self.target().remove(row).await?;
        }
        self.status.message_id = None;
        self.status.message_url = None;
        self.status.buttons_present = false;
        self.set_state(DisplayState::Hidden, "");
        Ok(())
    }

    async fn publish(&mut self, verify: bool) -> Result<Done, PublishError> {
        let rendered = self.render().await?;
        let done = self.target().publish(&rendered, verify).await?;
        let (Done::Sent(message) | Done::Unchanged(message)) = done;
        let channel = self.display.settings.channel_id;
        self.status.message_id = Some(message.to_string());
        self.status.message_url =
            Some(format!("https://discord.com/channels/{}/{channel}/{message}", self.config.guild_id));
        self.status.products = rendered.counts;
        self.status.buttons_present = true;
        self.set_state(
            if rendered.maintenance { DisplayState::Maintenance } else { DisplayState::Published },
            "",
        );
        if self.status.last_published_at.is_none() {
            self.status.last_published_at = Some(Timestamp::now());
        }
        Ok(done)
    }

    async fn render(&self) -> Result<Rendered, PublishError> {
        let products = list_products(&self.bot.store, self.bot.shop, false).await?;
        let shop = shop_state(&self.bot.store, self.bot.shop).await?;
        let source =
            Source { config: &self.config, display: &self.display, shop: &shop, products: &products };
        Ok(render(&source, Timestamp::now()))
    }

    fn target(&self) -> Target<'_> {
        Target { bot: &self.bot, name: &self.display.name, channel: self.display.settings.channel_id.get() }
    }

    fn succeeded(&mut self, began: Instant, changed_at: Option<Instant>) {
        self.pace.sent(Instant::now());
        self.record.add(Instant::now(), began.elapsed(), true, true);
        self.status.last_published_at = Some(Timestamp::now());
        self.bot.metrics.display_edits.with_label_values(&["done"]).inc();
        if let Some(changed_at) = changed_at {
            self.bot.metrics.display_lag.observe(changed_at.elapsed().as_secs_f64());
        }
    }

    fn failed(&mut self, error: &PublishError, began: Instant) -> Duration {
        self.failures += 1;
        self.record.add(Instant::now(), began.elapsed(), false, !matches!(error, PublishError::Discord(_)));
        self.bot.metrics.display_edits.with_label_values(&["failed"]).inc();
        self.bot.metrics.retry_attempts.inc();
        tracing::warn!(display = self.display.name, failures = self.failures, %error, "the live message could not be updated");
        self.status.last_error = Some(LastError { time: Timestamp::now(), message: error.to_string() });
        match error.state(self.display.settings.channel_id.get()) {
            Some((state, message)) => {
                self.status.message_id = None;
                self.status.message_url = None;
                self.set_state(state, &message);
            }
            None if self.failures >= ATTEMPTS => {
                self.set_state(DisplayState::ButtonsFailing, &format!("{error}; it is tried again"));
            }
            None => {}
        }
        let backoff =
            FIRST_RETRY.saturating_mul(1 << self.failures.min(10).saturating_sub(1)).min(LONGEST_RETRY);
        error.retry_after().unwrap_or_default().max(backoff)
    }

    fn set_state(&mut self, state: DisplayState, message: &str) {
        self.status.state = state;
        message.clone_into(&mut self.status.message);
    }

    /// Puts the status where the operator reads it.
    fn report(&mut self) {
        let health = self.record.health();
        self.bot.metrics.update_success_rate.set(health.update_success_rate.parse().unwrap_or(1.0));
        self.bot.metrics.button_creation_success_rate.set(health.button_success_rate.parse().unwrap_or(1.0));
        self.status.health = Some(health);
        let own = self.status.clone();
        self.bot.state.update(|status| {
            status.displays.retain(|display| display.name != own.name);
            status.displays.push(own);
            status.displays.sort_by(|a, b| a.name.cmp(&b.name));
        });
    }
}
