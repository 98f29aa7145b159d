//! Keeps one display up to date while this pod publishes: on every change, and every `refresh` to repair what others did.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use stockbot_config::{Config, DisplayConfig};
use stockbot_store::{products::list_products, shops::shop_state};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    edit_pace::EditPace,
    message::{Rendered, Source, render},
    publish::{Live, PublishError, Target},
    standing::Standing,
};
use crate::context::Bot;

/// First wait after a failure; doubles up to `LONGEST_RETRY`.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// Longest wait after failures, so that a mended channel is noticed soon.
const LONGEST_RETRY: Duration = Duration::from_secs(15);

/// One display being kept up to date.
pub struct Worker {
    bot: Arc<Bot>,
    display: DisplayConfig,
    configs: watch::Receiver<Arc<Config>>,
    config: Arc<Config>,
    pace: EditPace,
    checked: Option<Instant>,
    /// Its channel has changed since.
    doubted: bool,
    standing: Standing,
}

impl Worker {
    /// A worker for `display`, which is part of the configuration as it is now.
    pub fn new(bot: Arc<Bot>, display: DisplayConfig) -> Self {
        let mut configs = bot.config.clone();
        let config = configs.borrow_and_update().clone();
        let standing = Standing::new(&display);
        let (pace, checked, doubted) = (EditPace::default(), None, false);
        Self { bot, display, configs, config, pace, checked, doubted, standing }
    }

    /// Publishes now and after every new `version` or setting, until `stop`.
    pub async fn run(mut self, mut version: watch::Receiver<Option<Instant>>, stop: CancellationToken) {
        let mut places = self.bot.wakeups.places.subscribe();
        // The pod before this one may have sent an edit just now, and have died before it could write that down.
        self.pace.sent(Instant::now());
        loop {
            let changed_at = *version.borrow_and_update();
            let next = self.tick(changed_at).await;
            self.standing.report(&self.bot);
            let calm = self.standing.failures() == 0;
            let wait = async {
                tokio::select! {
                    () = tokio::time::sleep(next) => false,
                    () = self.new_settings() => false,
                    Ok(()) = places.changed() => true,
                    Ok(()) = version.changed(), if calm => false,
                }
            };
            match stop.run_until_cancelled(wait).await {
                Some(doubted) => self.doubted |= doubted,
                None => return,
            }
            let pause = self.pace.wait(Instant::now());
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
        }
    }

    /// Waits until the configuration says something else of this display or its shop, and takes it over.
    async fn new_settings(&mut self) {
        loop {
            if self.configs.changed().await.is_err() {
                return std::future::pending().await;
            }
            let config = self.configs.borrow_and_update().clone();
            // A display that is gone is the scheduler's to end.
            let Some(display) = config.displays.iter().find(|d| d.name == self.display.name).cloned() else {
                continue;
            };
            let news = display != self.display || config.shop != self.config.shop;
            self.config = config;
            if news {
                self.standing.concerns(&display);
                self.display = display;
                return;
            }
        }
    }

    /// Publishes once; how long to wait for the next look.
    async fn tick(&mut self, changed_at: Option<Instant>) -> Duration {
        let refresh = self.display.settings.refresh.get();
        let verify = self.doubted || self.checked.is_some_and(|checked| checked.elapsed() >= refresh);
        let began = Instant::now();
        let result =
            if self.display.settings.hidden { self.hide().await } else { self.publish(verify).await };
        match result {
            Ok(sent) => {
                self.doubted = false;
                if verify || self.checked.is_none() {
                    self.checked = Some(Instant::now());
                }
                if sent {
                    self.sent(began, changed_at);
                }
                self.standing.succeeded();
                refresh
                    .saturating_sub(self.checked.map_or(Duration::ZERO, |checked| checked.elapsed()))
                    .max(Duration::from_millis(100))
            }
            Err(PublishError::TooSoon(wait)) => wait,
            Err(error) => self.failed(&error, began),
        }
    }

    async fn hide(&mut self) -> Result<bool, PublishError> {
        self.target().hide().await?;
        self.standing.hidden();
        Ok(false)
    }

    /// Was something sent?
    async fn publish(&mut self, verify: bool) -> Result<bool, PublishError> {
        let rendered = self.render().await?;
        let live = self.target().publish(&rendered, verify).await?;
        let Live { message, sent, published_at } = live;
        let link = format!(
            "https://discord.com/channels/{}/{}/{message}",
            self.config.guild_id, self.display.settings.channel_id
        );
        self.standing.shows(message, link, published_at, &rendered);
        Ok(sent)
    }

    async fn render(&self) -> Result<Rendered, PublishError> {
        let products = list_products(&self.bot.store, self.bot.shop, false).await?;
        let shop = shop_state(&self.bot.store, self.bot.shop).await?;
        let source =
            Source { config: &self.config, display: &self.display, shop: &shop, products: &products };
        Ok(render(&source, Timestamp::now()))
    }

    fn target(&self) -> Target<'_> {
        let (name, channel) = (self.display.name.as_str(), self.display.settings.channel_id.get());
        Target { bot: &self.bot, name, channel, edit_in: self.pace.wait(Instant::now()) }
    }

    fn sent(&mut self, began: Instant, changed_at: Option<Instant>) {
        self.pace.sent(Instant::now());
        self.standing.tried(began.elapsed(), true, true);
        self.bot.metrics.display_edits.with_label_values(&["done"]).inc();
        if let Some(changed_at) = changed_at {
            self.bot.metrics.display_lag.observe(changed_at.elapsed().as_secs_f64());
        }
    }

    fn failed(&mut self, error: &PublishError, began: Instant) -> Duration {
        if matches!(error, PublishError::Discord(_)) {
            self.pace.sent(Instant::now());
        }
        self.standing.tried(began.elapsed(), false, !matches!(error, PublishError::Discord(_)));
        self.standing.failed(error, self.display.settings.channel_id.get());
        let failures = self.standing.failures();
        self.bot.metrics.display_edits.with_label_values(&["failed"]).inc();
        self.bot.metrics.retry_attempts.inc();
        tracing::warn!(display = self.display.name, failures, %error, "the live message could not be updated");
        let backoff = FIRST_RETRY.saturating_mul(1 << failures.min(10).saturating_sub(1)).min(LONGEST_RETRY);
        error.retry_after().unwrap_or_default().max(backoff)
    }
}
