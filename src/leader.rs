//! Leader election by a Lease: of several operators only one acts. Survives an API server that is away.

use std::time::Duration;

use kube::Client;
use kube_lease_manager::{LeaseManager, LeaseManagerBuilder};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::api::names;

/// Name of the Lease.
const LEASE: &str = names::MANAGER;
/// A leader that does not renew for this long has lost, seconds.
const DURATION: u64 = 15;
/// It renews this long before, seconds.
const GRACE: u64 = 5;
/// Wait between attempts while the API server is away.
const RETRY: Duration = Duration::from_secs(2);

/// Whether this process leads, as it changes; ends with the process.
pub struct Leadership {
    state: watch::Receiver<bool>,
    task: JoinHandle<Result<LeaseManager, kube_lease_manager::LeaseManagerError>>,
}

impl Leadership {
    /// Starts to compete for the Lease in `namespace`; `None` if `stop` comes first.
    pub async fn compete(
        client: &Client,
        namespace: &str,
        identity: &str,
        stop: &CancellationToken,
    ) -> Option<Self> {
        let manager = loop {
            let attempt = LeaseManagerBuilder::new(client.clone(), LEASE)
                .with_namespace(namespace)
                .with_identity(identity)
                .with_duration(DURATION)
                .with_grace(GRACE)
                .build();
            match stop.run_until_cancelled(attempt).await? {
                Ok(manager) => break manager,
                Err(error) => {
                    tracing::warn!(%error, namespace, "cannot take part in the leader election; trying again");
                    stop.run_until_cancelled(tokio::time::sleep(RETRY)).await?;
                }
            }
        };
        let (state, task) = manager.watch().await;
        Some(Self { state, task })
    }

    /// Waits until this process leads; false if the election ended.
    pub async fn won(&mut self) -> bool {
        self.state.wait_for(|leads| *leads).await.is_ok()
    }

    /// Waits until this process does not lead any more.
    pub async fn lost(&mut self) {
        // An ended election is a lost one.
        let _ = self.state.wait_for(|leads| !*leads).await;
    }

    /// Gives the Lease back, so that the next leader need not wait for its end.
    pub async fn resign(self) {
        drop(self.state);
        if let Ok(Err(error)) = self.task.await {
            tracing::warn!(%error, "the leader's Lease was not released; it ends by itself");
        }
    }
}
