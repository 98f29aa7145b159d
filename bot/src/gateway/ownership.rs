//! Which pod holds a shard: a lease row with owner and epoch, taken by compare-and-swap and kept while the process lives.
//!
//! A pod of a newer rollout asks the owner to hand over; the owner closes with 4000, stores the session and lets go, and the
//! asking pod resumes. While the database is away nobody can take over, so the owner keeps its connection.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use stockbot_config::status::GatewayState;
use stockbot_store::leases::{self, Acquire, Renewal, ShardLease};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use twilight_gateway::ShardId;

use super::{
    connection,
    owned::{LeaseKey, Owned, TTL},
};
use crate::{context::Bot, secret::Secret};

/// How often the owner renews and notices a request to hand over.
const RENEW: Duration = Duration::from_millis(500);
/// How often a waiting pod looks.
const LOOK: Duration = Duration::from_millis(250);
/// How long a pod that has handed over leaves the shard to the one that asked, before it takes it back.
const COURTESY: Duration = Duration::from_secs(3);
/// Wait after a failed question to the database.
const RETRY: Duration = Duration::from_secs(1);

/// Holds the shard `number` of `total` whenever possible, until the process stops. `publisher` follows whether it is held.
pub async fn hold(
    bot: Arc<Bot>,
    number: u32,
    total: u32,
    token: Secret,
    url: String,
    publisher: watch::Sender<bool>,
) {
    let id = connection::shard_id(number, total);
    let mut may_ask = true;
    while let Some((key, lease)) = acquire(&bot, id, &mut may_ask).await {
        tracing::info!(
            shard = number,
            epoch = key.epoch,
            resumes = lease.session.is_some(),
            "this pod owns the shard"
        );
        let owned = Arc::new(Owned::new(id, key, lease));
        let stop = bot.stopping.child_token();
        publisher.send_replace(true);
        let kept = tokio::spawn(keep(bot.clone(), owned.clone(), stop.clone()));
        connection::run(&bot, &owned, token.expose(), &url, &stop).await;
        publisher.send_replace(false);
        stop.cancel();
        let lost = kept.await.unwrap_or(true);
        if !lost {
            owned.store_session(&bot).await;
            if let Err(error) = owned.release(&bot).await {
                tracing::warn!(%error, "the shard could not be released; it is free when its lease runs out");
            }
        }
        tracing::info!(shard = number, lost, "this pod has let go of the shard");
        bot.stopping.run_until_cancelled(tokio::time::sleep(COURTESY)).await;
    }
}

/// Takes the lease as soon as it is free; `None` when the process stops.
async fn acquire(bot: &Bot, id: ShardId, may_ask: &mut bool) -> Option<(LeaseKey, ShardLease)> {
    let began = Instant::now();
    let name = bot.key();
    let shard = i32::try_from(id.number()).unwrap_or(0);
    loop {
        if bot.stopping.is_cancelled() {
            return None;
        }
        bot.state.beat("ownership");
        let wait = match leases::acquire(&bot.store, &name, shard, &bot.pod, TTL).await {
            Ok(Acquire::Acquired(lease)) => {
                bot.metrics.handover.observe(began.elapsed().as_secs_f64());
                return Some((
                    LeaseKey { bot: name, shard, owner: bot.pod.clone(), epoch: lease.epoch },
                    lease,
                ));
            }
            Ok(Acquire::Held { owner, .. }) => {
                bot.state.update(|status| status.gateway.state = GatewayState::Standby);
                if *may_ask && is_of_another_rollout(&owner, &bot.pod) {
                    ask(bot, &name, shard).await;
                }
                // Asked once, when warm: two rollouts that both asked for ever would take the shard from each other.
                *may_ask = false;
                LOOK
            }
            Err(error) => {
                bot.state.failed(&error);
                RETRY
            }
        };
        bot.stopping.run_until_cancelled(tokio::time::sleep(wait)).await?;
    }
}

async fn ask(bot: &Bot, name: &str, shard: i32) {
    if let Err(error) = leases::request_handover(&bot.store, name, shard, &bot.pod).await {
        tracing::warn!(%error, "the owner of the shard could not be asked; it is taken over when its lease ends");
    }
}

/// Pods of one `ReplicaSet` share their name up to the last dash; a hot standby never asks its equal.
fn is_of_another_rollout(owner: &str, pod: &str) -> bool {
    let replica_set = |name: &str| name.rsplit_once('-').map(|(set, _)| set.to_owned());
    replica_set(owner) != replica_set(pod)
}

/// Renews until `stop`, which it cancels itself when asked to hand over or when the lease is lost; true if lost.
async fn keep(bot: Arc<Bot>, owned: Arc<Owned>, stop: CancellationToken) -> bool {
    while stop.run_until_cancelled(tokio::time::sleep(RENEW)).await.is_some() {
        bot.state.beat("ownership");
        match owned.renew(&bot).await {
            Ok(Renewal::Renewed { handover_requested: false }) => {}
            Ok(Renewal::Renewed { handover_requested: true }) => {
                tracing::info!(shard = owned.id.number(), "handing the shard over to a newer pod");
                stop.cancel();
            }
            Ok(Renewal::Lost) => {
                tracing::warn!(shard = owned.id.number(), "another pod owns the shard; letting go");
                stop.cancel();
                return true;
            }
            Err(error) => bot.state.failed(&error),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pod_of_another_replica_set_is_asked_to_hand_over() {
        assert!(!is_of_another_rollout("growshop-5d4f-abcde", "growshop-5d4f-xyz12"));
        assert!(is_of_another_rollout("growshop-5d4f-abcde", "growshop-77aa-xyz12"));
    }
}
