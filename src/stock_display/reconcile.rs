//! The steps in a row.

use std::{sync::Arc, time::Duration};

use k8s_openapi::jiff::Timestamp;

use super::{fetch::fetch, status, validate::validate};
use crate::{
    api::StockDisplay,
    cluster::{cache::Key, context::Context},
    controller::{
        driver::{Failure, Next, Reconciler},
        status_writer::{StatusWriter, Timing},
    },
};

/// How soon to look again if no probe tells more before that.
const SOON: Duration = Duration::from_secs(1);

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
        if fetched.unprobed {
            return Ok(Next::After(SOON));
        }
        let verdict = validate(&display, fetched.bot.as_deref(), &fetched.siblings);
        if let Err(mistake) = &verdict {
            context.process.metrics.failures.with_label_values(&["StockDisplay", mistake.reason()]).inc();
        }
        let old = self.statuses.newest(&display);
        let new = status::compute(
            &display,
            verdict,
            fetched.bot.as_deref(),
            fetched.told.as_ref(),
            &old,
            Timestamp::now(),
        );
        self.statuses.write(&display, &old, new, Timing::Settled).await
    }

    fn forget(&self, key: &Key) {
        self.statuses.forget(key);
    }
}
