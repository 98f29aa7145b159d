//! Runs the reconciler of a kind: queue, concurrency, deadline, back-off, metrics, one log line per failure.
//! Must not: know what a reconciler does.

use std::{
    collections::HashMap,
    error::Error,
    fmt::Debug,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use kube::{
    Resource,
    runtime::{
        self,
        controller::Action,
        reflector::{ObjectRef, Store},
    },
};

use crate::{cluster::cache::Key, metrics::Metrics};

/// Longest time of one reconcile: past it something hangs, and the next attempt starts afresh.
const DEADLINE: Duration = Duration::from_mins(1);

/// First wait after a failure.
const SHORTEST: Duration = Duration::from_millis(500);
/// Longest wait: a mended cluster is noticed within a minute.
const LONGEST: Duration = Duration::from_mins(1);

/// When to reconcile again without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Only when something changes.
    Change,
    /// After this time at the latest: something may change that no watch brings.
    After(Duration),
}

impl Next {
    /// The sooner of two.
    #[must_use]
    pub fn or_sooner(self, other: Self) -> Self {
        match (self, other) {
            (Self::Change, next) | (next, Self::Change) => next,
            (Self::After(one), Self::After(another)) => Self::After(one.min(another)),
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

/// The reconciler panicked; what it said is in the log.
#[derive(Debug, thiserror::Error)]
#[error("the reconciler panicked: a fault of the operator, please report it with its log")]
struct Panicked;

/// Brings one kind of object to the state its spec asks for.
pub trait Reconciler: Send + Sync + 'static {
    /// The kind.
    type Object: Resource<DynamicType = ()> + Clone + Debug + Send + Sync + 'static;

    /// One pass over one object.
    fn reconcile(&self, object: Arc<Self::Object>) -> impl Future<Output = Result<Next, Failure>> + Send;

    /// The object is gone: nothing of it needs to be remembered.
    fn forget(&self, key: &Key);
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
            let key = Key::new(gone.namespace.unwrap_or_default(), gone.name);
            forgotten.backoff.reset(&key);
            forgotten.reconciler.forget(&key);
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
        // A panic is a fault of this program; one object that brings it about must not end the work on all others.
        let reconcile = AssertUnwindSafe(self.reconciler.reconcile(object)).catch_unwind();
        let result = tokio::time::timeout(DEADLINE, reconcile).await;
        timer.observe_duration();
        let result = match result {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Failure::new("Panicked", Panicked)),
            Err(late) => Err(Failure::new("Timeout", late)),
        };
        match result {
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

/// Waits of the objects that are failing now: one failing object neither floods the API server nor waits for others.
#[derive(Debug, Default)]
struct Backoff(Mutex<HashMap<Key, ExponentialBackoff>>);

impl Backoff {
    /// How long to wait after this failure of the object.
    fn next(&self, key: &Key) -> Duration {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.entry(key.clone()).or_insert_with(schedule).next().unwrap_or(LONGEST)
    }

    /// The object succeeded, or is gone.
    fn reset(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn schedule() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST)
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{DiscordBot, fixtures::bot};

    #[test]
    fn waits_grow_to_a_bound_and_start_again_after_a_success() {
        let (backoff, key) = (Backoff::default(), Key::new("shops", "growshop"));
        let waits: Vec<_> = (0..20).map(|_| backoff.next(&key)).collect();
        assert!(waits[0] >= SHORTEST && waits[0] <= 2 * SHORTEST, "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= 2 * LONGEST), "{waits:?}");
        assert!(waits[19] >= LONGEST, "{waits:?}");
        backoff.reset(&key);
        assert!(backoff.next(&key) <= 2 * SHORTEST);
    }

    /// Panics over one bot, and counts the others.
    struct Faulty(std::sync::atomic::AtomicU32);

    impl Reconciler for Faulty {
        type Object = DiscordBot;

        async fn reconcile(&self, bot: Arc<DiscordBot>) -> Result<Next, Failure> {
            assert!(bot.metadata.name.as_deref() != Some("bad"), "a fault that only this bot brings about");
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(Next::Change)
        }

        fn forget(&self, _: &Key) {}
    }

    #[tokio::test]
    async fn a_panic_over_one_object_is_a_failure_of_that_object_alone() {
        let metrics = Arc::new(Metrics::new().unwrap());
        let driver = Driver {
            reconciler: Faulty(0.into()),
            backoff: Backoff::default(),
            metrics: Arc::clone(&metrics),
            kind: "DiscordBot".into(),
        };
        let mut bad = bot("");
        bad.metadata.name = Some("bad".into());
        assert_eq!(driver.run(Arc::new(bad)).await.unwrap_err().reason, "Panicked");
        driver.run(Arc::new(bot(""))).await.unwrap();
        assert_eq!(metrics.failures.with_label_values(&["DiscordBot", "Panicked"]).get(), 1);
        assert_eq!(driver.reconciler.0.into_inner(), 1);
    }
}
