//! The steps in a row.

use std::{sync::Arc, time::Duration};

use k8s_openapi::jiff::Timestamp;
use kube::Resource as _;
use stockbot_config::status::{DisplayState, DisplayStatus};

use super::{
    fetch::{Fetched, fetch},
    retire, status,
    validate::{Mistake, validate},
};
use crate::{
    api::StockDisplay,
    cluster::{cache::Key, context::Context},
    controller::{
        driver::{Failure, Next, Reconciler},
        events::Events,
        finalizer,
        status_writer::{StatusWriter, Timing},
    },
    discord_bot::{fetch::Pod, retire::Retirement},
};

/// How soon to look again whether the live message of a display that is being deleted is gone: a probe comes before that.
const RETIRING: Duration = Duration::from_secs(1);

/// The reconciler of `StockDisplay`.
pub struct Displays {
    /// What the reconcilers share.
    pub context: Arc<Context>,
    /// Publishes what no condition tells of.
    pub events: Events,
    /// Writes statuses.
    pub statuses: StatusWriter<StockDisplay>,
}

impl Reconciler for Displays {
    type Object = StockDisplay;

    async fn reconcile(&self, display: Arc<StockDisplay>) -> Result<Next, Failure> {
        let (context, key) = (&*self.context, Key::of(&*display));
        let fetched = fetch(context, &key, &display);
        if display.metadata.deletion_timestamp.is_some() {
            return self.retire(&key, &display, &fetched).await;
        }
        let verdict = validate(&display, fetched.bot.as_deref(), &fetched.siblings);
        if let Err(mistake) = &verdict {
            context.process.metrics.failures.with_label_values(&["StockDisplay", mistake.reason()]).inc();
        }
        let look = self.mind_finalizer(&display, &fetched).await;
        let unprobed = fetched.pods.iter().any(Pod::is_unprobed);
        let passing = unprobed || is_passing(&verdict, fetched.told.as_ref());
        let old = self.statuses.newest(&display);
        let new = status::compute(
            &display,
            verdict,
            fetched.bot.as_deref(),
            fetched.told.as_ref(),
            &old,
            Timestamp::now(),
        );
        let timing = if passing { Timing::Premature } else { Timing::Settled };
        Ok(self.statuses.write(&display, &old, new, timing).await?.or_sooner(look))
    }

    fn forget(&self, key: &Key) {
        self.statuses.forget(key);
    }
}

impl Displays {
    /// A display that is shown is held, when it is deleted, until its message is gone.
    async fn mind_finalizer(&self, display: &StockDisplay, fetched: &Fetched) -> Next {
        let Fetched { bot, pods, told, .. } = fetched;
        let (held, shown) =
            (finalizer::is_held(display), told.as_ref().is_some_and(|told| told.message_id.is_some()));
        let wanted = retire::finalizer(held, bot.as_deref(), pods, shown);
        if wanted.is_some() == held {
            return Next::Change;
        }
        finalizer::try_set(&self.context.process.client, display, wanted).await
    }

    /// Lets the display go when its message is gone, or it is no use to wait.
    async fn retire(&self, key: &Key, display: &StockDisplay, fetched: &Fetched) -> Result<Next, Failure> {
        if !finalizer::is_held(display) {
            return Ok(Next::Change);
        }
        match retire::judge(display, fetched.bot.as_deref(), &fetched.pods, Timestamp::now()) {
            Retirement::Waiting => return Ok(Next::After(RETIRING)),
            Retirement::Done => {}
            Retirement::LeftBehind(what) => {
                let Key { namespace, name } = key;
                tracing::warn!(namespace, name, what, "a live message is left behind");
                let note = format!(
                    "the live message could not be removed before the display went; its bot removes it as soon as it can: {what}"
                );
                self.events.warn(&display.object_ref(&()), "DisplayFailing", note).await;
            }
        }
        let released = finalizer::set(&self.context.process.client, display, None).await;
        released.map(|()| Next::Change).map_err(|error| Failure::new("FinalizerUnwritable", error))
    }
}

/// Is more known in a moment? A bot that is rolled, or takes up a change, publishes soon; and what is deleted together, or
/// made together, comes in any order.
fn is_passing(verdict: &Result<(), Mistake>, told: Option<&DisplayStatus>) -> bool {
    match (verdict, told) {
        (Err(mistake), _) => matches!(mistake, Mistake::BotNotFound { .. }),
        (Ok(()), None) => true,
        (Ok(()), Some(told)) => told.state == DisplayState::NotYetPublished,
    }
}
