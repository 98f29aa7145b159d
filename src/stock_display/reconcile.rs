//! The steps in a row.

use std::sync::Arc;

use k8s_openapi::jiff::Timestamp;
use stockbot_config::status::{DisplayState, DisplayStatus};

use super::{
    fetch::fetch,
    status,
    validate::{Mistake, validate},
};
use crate::{
    api::StockDisplay,
    cluster::{cache::Key, context::Context},
    controller::{
        driver::{Failure, Next, Reconciler},
        status_writer::{StatusWriter, Timing},
    },
};

/// The reconciler of `StockDisplay`.
pub struct Displays {
    /// What the reconcilers share.
    pub context: Arc<Context>,
    /// Writes statuses.
    pub statuses: StatusWriter<StockDisplay>,
}

impl Reconciler for Displays {
    type Object = StockDisplay;

    async fn reconcile(&self, display: Arc<StockDisplay>) -> Result<Next, Failure> {
        if display.metadata.deletion_timestamp.is_some() {
            return Ok(Next::Change);
        }
        let (context, key) = (&*self.context, Key::of(&*display));
        let fetched = fetch(context, &key, &display);
        let verdict = validate(&display, fetched.bot.as_deref(), &fetched.siblings);
        if let Err(mistake) = &verdict {
            context.process.metrics.failures.with_label_values(&["StockDisplay", mistake.reason()]).inc();
        }
        let passing = fetched.unprobed || is_passing(&verdict, fetched.told.as_ref());
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
        self.statuses.write(&display, &old, new, timing).await
    }

    fn forget(&self, key: &Key) {
        self.statuses.forget(key);
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
