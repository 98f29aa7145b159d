//! Leader election by a Lease: of several operators only one acts. Survives an API server that is away.
//!
//! Every step is a compare-and-swap on the Lease's resource version. A renewal that succeeds opens the [`Fence`] for a while
//! after it was *sent*; the others wait a longer while after they *saw* it. So the claim of the old leader ends, by either's
//! own clock, before another can take the Lease.

mod seen;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use backon::ExponentialBuilder;
use futures_util::StreamExt as _;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{
    Api, Client,
    api::PostParams,
    runtime::{WatchStreamExt as _, watcher},
};
use tokio::time::{Instant, sleep, timeout};

use self::seen::Seen;
use crate::{api::names, client::Fence};

/// Name of the Lease.
const LEASE: &str = names::MANAGER;
/// Wait after an attempt that failed.
const RETRY: Duration = Duration::from_millis(500);
/// Longest wait before the watch of the Lease is opened again.
const WATCH_RETRY: Duration = Duration::from_secs(2);
/// Longest time of one request.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a claim lasts, as its holder and as the others see it.
#[derive(Clone, Copy, Debug)]
struct Times {
    /// A leader whose Lease has not moved for this long has lost it.
    term: Duration,
    /// How long after sending the last renewal that succeeded a leader acts; what it sent until then has the rest of the
    /// term to arrive.
    hold: Duration,
    /// Time between two renewals.
    renew: Duration,
}

/// With these a killed leader is replaced within 15 s.
const TIMES: Times =
    Times { term: Duration::from_secs(12), hold: Duration::from_secs(8), renew: Duration::from_secs(3) };

/// Takes part in the election.
pub struct Election {
    leases: Api<Lease>,
    identity: String,
    fence: Arc<Fence>,
    times: Times,
    /// The Lease as this process wrote it last.
    held: Mutex<Option<Lease>>,
}

/// Why the Lease could not be written.
#[derive(Debug, thiserror::Error)]
enum ClaimError {
    #[error("somebody else has written the Lease meanwhile")]
    Overtaken,
    #[error("no answer within {PATIENCE:?}")]
    Late,
    #[error(transparent)]
    Api(Box<kube::Error>),
}

impl Election {
    /// Takes part, as `identity`, in the election for the Lease in `namespace`.
    #[must_use]
    pub fn new(client: &Client, namespace: &str, identity: String, fence: Arc<Fence>) -> Self {
        let leases = Api::namespaced(client.clone(), namespace);
        Self { leases, identity, fence, times: TIMES, held: Mutex::default() }
    }

    /// Waits until this process leads; calls `reached` whenever the API server has answered.
    pub async fn win(&self, reached: impl Fn()) {
        let mut seen = Seen::default();
        let backoff = ExponentialBuilder::default().with_min_delay(RETRY).with_max_delay(WATCH_RETRY);
        let backoff = watcher::ExponentialBackoff::from(backoff.without_max_times());
        let mut events = pin!(watcher::watch_object(self.leases.clone(), LEASE).backoff(backoff));
        loop {
            let free = seen.free_in(Instant::now());
            let taking = async {
                match free {
                    Some(wait) => sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                event = events.next() => match event {
                    Some(Ok(lease)) => seen.observe(lease, Instant::now()),
                    Some(Err(error)) => {
                        tracing::warn!(%error, "the watch of the leader's Lease was interrupted; it is tried again");
                        self.look(&mut seen).await;
                    }
                    None => sleep(RETRY).await,
                },
                () = taking => match self.claim(seen.lease.as_ref()).await {
                    Ok(()) => return reached(),
                    Err(error) => {
                        tracing::info!(%error, "the leader's Lease was not taken; trying again");
                        sleep(RETRY).await;
                        self.look(&mut seen).await;
                    }
                },
            }
            if seen.free_in(Instant::now()).is_some() {
                reached();
            }
        }
    }

    /// Renews until the claim is lost: until somebody else holds the Lease, or its end is near.
    pub async fn keep(&self) {
        let renewing = async {
            loop {
                sleep(self.times.renew).await;
                while let Err(error) = self.renew().await {
                    if matches!(error, ClaimError::Overtaken) {
                        tracing::warn!("another process has taken the leader's Lease");
                        return;
                    }
                    tracing::warn!(%error, "the leader's Lease was not renewed; trying again");
                    sleep(RETRY).await;
                }
            }
        };
        tokio::select! {
            () = renewing => {}
            () = self.fence.closed() => {}
        }
        self.fence.close();
    }

    /// Gives the Lease back, so that the next leader need not wait for its end. Nothing may be under way any more.
    pub async fn release(&self) {
        self.fence.close();
        let Some(held) = self.held().take() else { return };
        let released = match self.write(Some(&held), "").await {
            Ok(_) => Ok(()),
            Err(_) => self.release_as_it_is().await,
        };
        if let Err(error) = released {
            tracing::warn!(%error, "the leader's Lease was not released; it ends by itself");
        }
    }

    /// Gives the Lease back whatever version it has: a renewal that was cut off may have been written all the same.
    async fn release_as_it_is(&self) -> Result<(), ClaimError> {
        match self.get().await? {
            Some(now) if holder(&now) == Some(&self.identity) => self.write(Some(&now), "").await.map(drop),
            _ => Ok(()),
        }
    }

    /// Renews the claim. If somebody has written the Lease who did not take it (an annotation, a deletion), that is no loss.
    async fn renew(&self) -> Result<(), ClaimError> {
        let held = self.held().clone();
        let Err(error) = self.claim(held.as_ref()).await else { return Ok(()) };
        if !matches!(error, ClaimError::Overtaken) {
            return Err(error);
        }
        let now = self.get().await?;
        if now.as_ref().and_then(holder).is_some_and(|holder| *holder != self.identity) {
            return Err(ClaimError::Overtaken);
        }
        self.claim(now.as_ref()).await
    }

    /// Writes this process into the Lease, if that is still as it was seen; then this process leads.
    async fn claim(&self, seen: Option<&Lease>) -> Result<(), ClaimError> {
        let sent = Instant::now();
        let lease = self.write(seen, &self.identity).await?;
        *self.held() = Some(lease);
        self.fence.open_until(sent + self.times.hold);
        Ok(())
    }

    async fn write(&self, seen: Option<&Lease>, holder: &str) -> Result<Lease, ClaimError> {
        let lease = next(seen, holder, self.times.term, Timestamp::now());
        let params = PostParams { field_manager: Some(names::MANAGER.into()), ..PostParams::default() };
        let written = async {
            match seen {
                Some(_) => self.leases.replace(LEASE, &params, &lease).await,
                None => self.leases.create(&params, &lease).await,
            }
        };
        within_patience(written).await
    }

    async fn get(&self) -> Result<Option<Lease>, ClaimError> {
        within_patience(self.leases.get_opt(LEASE)).await
    }

    /// Looks at the Lease without the watch.
    async fn look(&self, seen: &mut Seen) {
        match self.get().await {
            Ok(lease) => seen.observe(lease, Instant::now()),
            Err(error) => tracing::warn!(%error, "cannot look at the leader's Lease"),
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Lease>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn within_patience<T>(request: impl Future<Output = Result<T, kube::Error>>) -> Result<T, ClaimError> {
    match timeout(PATIENCE, request).await {
        Ok(Ok(done)) => Ok(done),
        // 409: changed, or created by another; 404: deleted.
        Ok(Err(kube::Error::Api(status))) if matches!(status.code, 404 | 409) => Err(ClaimError::Overtaken),
        Ok(Err(error)) => Err(ClaimError::Api(Box::new(error))),
        Err(_) => Err(ClaimError::Late),
    }
}

fn holder(lease: &Lease) -> Option<&String> {
    lease.spec.as_ref()?.holder_identity.as_ref()
}

/// The Lease after the one that was seen, whose resource version it carries: it is only written over exactly that.
fn next(seen: Option<&Lease>, holder: &str, term: Duration, now: Timestamp) -> Lease {
    let mut lease = seen.cloned().unwrap_or_default();
    lease.metadata.name = Some(LEASE.into());
    let before = lease.spec.take().unwrap_or_default();
    let changes = before.holder_identity.as_deref() != Some(holder);
    let transitions = before.lease_transitions.unwrap_or_default();
    lease.spec = Some(LeaseSpec {
        holder_identity: Some(holder.into()),
        lease_duration_seconds: i32::try_from(term.as_secs()).ok(),
        renew_time: Some(MicroTime(now)),
        acquire_time: if changes { Some(MicroTime(now)) } else { before.acquire_time.clone() },
        lease_transitions: Some(transitions.saturating_add(i32::from(changes && !holder.is_empty()))),
        ..before
    });
    lease
}
