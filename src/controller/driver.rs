//! Runs the reconciler of a kind: queue, concurrency, deadline, back-off, metrics, one log line per failure.
//! Must not: know what a reconciler does.

use std::{error::Error, fmt::Debug, future::Future, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, Stream, StreamExt as _};
use kube::{
    Resource,
    runtime::{
        self,
        controller::Action,
        reflector::{ObjectRef, Store},
    },
};

use super::backoff::Backoff;
use crate::{cluster::cache::Key, metrics::Metrics};

/// Longest time of one reconcile: past it something hangs, and the next attempt starts afresh.
const DEADLINE: Duration = Duration::from_mins(1);

/// When to reconcile again without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Only when something changes.
    Change,
    /// After this time at the latest: something may change that no watch brings.
    After(Duration),
}

impl Next {
    /// The same, but not later than after `wait`.
    #[must_use]
    pub fn at_latest(self, wait: Duration) -> Self {
        match self {
            Self::Change => Self::After(wait),
            Self::After(planned) => Self::After(planned.min(wait)),
        }
    }
}

/// A failed reconcile.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct Failure {
    /// Reason: label of the failure metric.
    pub reason: &'static str,
    /// What failed.
    pub source: Box<dyn Error + Send + Sync>,
}

impl Failure {
    /// A failure.
    pub fn new(reason: &'static str, source: impl Error + Send + Sync + 'static) -> Self {
        Self { reason, source: Box::new(source) }
    }
}

/// Brings one kind of object to the state its spec asks for.
pub trait Reconciler: Send + Sync + 'static {
    /// The kind.
    type Object: Resource<DynamicType = ()> + Clone + Debug + Send + Sync + 'static;

    /// One pass over one object.
    fn reconcile(&self, object: Arc<Self::Object>) -> impl Future<Output = Result<Next, Failure>> + Send;
}

struct Driver<R> {
    reconciler: R,
    backoff: Backoff,
    metrics: Arc<Metrics>,
    kind: String,
}

/// Reconciles every object named by `queue` until it ends, at most `concurrency` at a time and each object one at a time.
pub async fn drive<R: Reconciler>(
    reconciler: R,
    objects: Store<R::Object>,
    queue: impl Stream<Item = ObjectRef<R::Object>>,
    concurrency: u16,
    metrics: Arc<Metrics>,
) {
    let kind = R::Object::kind(&()).into_owned();
    let driver = Arc::new(Driver { reconciler, backoff: Backoff::default(), metrics, kind });
    let forgotten = Arc::clone(&driver);
    runtime::applier(
        |object, driver: Arc<Driver<R>>| async move { driver.run(object).await }.boxed(),
        |object, _, driver| Action::requeue(driver.backoff.next(&Key::of(&*object))),
        driver,
        objects,
        queue.map(Ok::<_, std::convert::Infallible>),
        runtime::Config::default().concurrency(concurrency),
    )
    .for_each(|done| {
        // Failures were logged where they happened; an object deleted meanwhile is no failure.
        if let Err(runtime::controller::Error::ObjectNotFound(gone)) = done {
            forgotten.backoff.reset(&Key::new(gone.namespace.unwrap_or_default(), gone.name));
        }
        std::future::ready(())
    })
    .await;
}

impl<R: Reconciler> Driver<R> {
    async fn run(&self, object: Arc<R::Object>) -> Result<Action, Failure> {
        let key = Key::of(&*object);
        let labels = [self.kind.as_str()];
        self.metrics.runs.with_label_values(&labels).inc();
        let timer = self.metrics.duration.with_label_values(&labels).start_timer();
        let result = tokio::time::timeout(DEADLINE, self.reconciler.reconcile(object)).await;
        timer.observe_duration();
        match result.unwrap_or_else(|late| Err(Failure::new("Timeout", late))) {
            Ok(next) => {
                self.backoff.reset(&key);
                Ok(match next {
                    Next::Change => Action::await_change(),
                    Next::After(wait) => Action::requeue(wait),
                })
            }
            Err(failure) => {
                self.metrics.failures.with_label_values(&[&self.kind, failure.reason]).inc();
                let Key { namespace, name } = &key;
                tracing::warn!(kind = self.kind, namespace, name, reason = failure.reason, error = %failure, "reconcile failed; it is tried again");
                Err(failure)
            }
        }
    }
}
