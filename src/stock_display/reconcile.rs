//! The steps in a row.

use std::{sync::Arc, time::Duration};

use k8s_openapi::jiff::Timestamp;

use super::{fetch::fetch, status, validate::validate};
use crate::{
    api::StockDisplay,
    cluster::{cache::Key, context::Context},
    controller::driver::{Failure, Next, Reconciler},
};

/// How soon to look again if no probe tells more before that.
const SOON: Duration = Duration::from_secs(1);

/// The reconciler of `StockDisplay`.
pub struct Displays(pub Arc<Context>);

impl Reconciler for Displays {
    type Object = StockDisplay;

    async fn reconcile(&self, display: Arc<StockDisplay>) -> Result<Next, Failure> {
        if display.metadata.deletion_timestamp.is_some() {
            return Ok(Next::Change);
        }
        let (context, key) = (&*self.0, Key::of(&*display));
        let fetched = fetch(context, &key, &display);
        if fetched.unprobed {
            return Ok(Next::After(SOON));
        }
        let verdict = validate(&display, fetched.bot.as_deref(), &fetched.siblings);
        if let Err(mistake) = &verdict {
            context.process.metrics.failures.with_label_values(&["StockDisplay", mistake.reason()]).inc();
        }
        let version = display.metadata.resource_version.as_deref();
        let old = context.display_statuses.newest(&key, version, display.status.as_ref()).unwrap_or_default();
        let new = status::compute(
            &display,
            verdict,
            fetched.bot.as_deref(),
            fetched.told.as_ref(),
            &old,
            Timestamp::now(),
        );
        let written = status::write(context, &display, &old, new).await;
        written.map(|()| Next::Change).map_err(|error| Failure::new("StatusUnwritable", error))
    }
}
