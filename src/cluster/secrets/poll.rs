//! The look at Secrets that are not watched, because only `get` is granted, and at those of which the watch has told a change that
//! could not be read yet. One request a second in all, however many there are.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use kube::ResourceExt as _;
use tokio::{
    sync::Mutex,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{Key, Known, SecretState, Secrets, is_forbidden};

/// Least time between two requests that nothing but the time has brought about.
const PACE: Duration = Duration::from_secs(1);
/// How often a Secret is looked at, if there are few.
const CALM: Duration = Duration::from_secs(15);
/// How often one is looked at that another value may mend.
const EAGER: Duration = Duration::from_secs(2);
/// Most looks under way at once: one slow answer holds up none of the others.
const CONCURRENCY: usize = 16;

/// Lets one through at a time.
#[derive(Default)]
pub struct Pace(Mutex<Option<Interval>>);

impl Pace {
    async fn turn(&self) {
        let mut ticks = self.0.lock().await;
        let ticks = ticks.get_or_insert_with(|| {
            let mut ticks = interval(PACE);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        ticks.tick().await;
    }
}

impl Secrets {
    /// Waits for the turn to make a request that nothing but the time has brought about.
    pub async fn turn(&self) {
        self.pace.turn().await;
    }

    /// Looks at the Secrets in turn, for ever; `changed` is called for each that means something else than before.
    pub async fn poll(&self, changed: impl Fn(&Key)) {
        let due = stream::unfold(false, |eager| async move {
            self.turn().await;
            Some((self.next(eager, Instant::now()), !eager))
        });
        let changed = &changed;
        due.filter_map(std::future::ready)
            .for_each_concurrent(CONCURRENCY, |key| async move {
                if self.look(&key).await {
                    changed(&key);
                }
            })
            .await;
    }

    /// Who is next: of those that are due whoever was looked at longest ago; in every other turn a bot that waits comes first.
    pub(super) fn next(&self, eager: bool, now: Instant) -> Option<Key> {
        let mut known = self.lock();
        let Known { entries, watched } = &mut *known;
        let due = entries.iter_mut().filter(|(key, entry)| {
            let stale = entry.read != entry.told;
            let wait = if stale || !entry.waiting.is_empty() { EAGER } else { CALM };
            // One that was never read is asked for by the reconciler of its bot.
            entry.state.is_some()
                && (stale || !watched.contains(&key.namespace))
                && entry.looked.is_none_or(|looked| now.saturating_duration_since(looked) >= wait)
        });
        let (key, entry) = due.min_by_key(|(_, entry)| {
            let urgent = entry.read != entry.told || !entry.waiting.is_empty();
            (!(urgent && eager), entry.looked)
        })?;
        entry.looked = Some(now);
        Some(key.clone())
    }

    /// Asks for the metadata alone; reads the Secret if it is another than the known one. True if it means something else now.
    pub(super) async fn look(&self, key: &Key) -> bool {
        let before =
            self.lock().entries.get(key).map(|entry| (entry.state.clone(), entry.read != entry.told));
        let Some((Some(before), stale)) = before else { return false };
        if stale {
            return self.reread(key).await;
        }
        match self.api(key).get_metadata_opt(&key.name).await {
            Ok(found) => {
                let version = found.and_then(|metadata| metadata.resource_version());
                !before.is_at(version.as_deref()) && self.reread(key).await
            }
            Err(error) if is_forbidden(&error) => {
                self.put(key, &Arc::new(SecretState::Forbidden), self.changes_told(key))
            }
            Err(error) => {
                tracing::warn!(namespace = key.namespace, name = key.name, %error, "cannot look at a Secret");
                false
            }
        }
    }
}
