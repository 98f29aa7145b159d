//! Which shards this pod holds: lease rows with owner and epoch, taken by compare-and-swap and kept while the process lives.
//!
//! A pod of a newer rollout asks the owner to hand over; the owner closes with 4000, stores the session and lets go, and the
//! asking pod resumes. While the database is away nobody can take over, so the owner keeps its connection.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use stockbot_config::status::DatabaseState;
use stockbot_store::{
    ChangeCursor, LeaseView, Own, Pulse, ShardOf, StoreError,
    leases::{request_handover, take},
    pulse::{Asking, pulse},
};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use twilight_gateway::ShardId;

use super::{
    claim::{Claim, Step},
    connection::{Connection, Gateway},
    openings,
    owned::Owned,
    tenure::{TTL, Tenure},
};
use crate::{context::Bot, exit::Exit, interactions::ABANDONED_AFTER};

/// How often an idle pod asks the database, in one statement: it renews what it holds, and learns of requests to hand over, of
/// free shards and of everything that another pod or plain SQL has changed.
const PULSE: Duration = Duration::from_millis(2_500);
/// How often a pod looks that is about to get a shard.
const LOOK: Duration = Duration::from_millis(200);
/// Wait after a failed question to the database.
const RETRY: Duration = Duration::from_secs(1);
/// Time for the owner to notice a request to hand over, and to let go.
const HANDOVER: Duration = Duration::from_secs(15);
/// Shards that are taken between two renewals.
const AT_ONCE: usize = 64;

/// A shard that this pod holds.
struct Held {
    owned: Arc<Owned>,
    stop: CancellationToken,
}

/// The shards of a pod.
pub struct Ownership {
    gateway: Arc<Gateway>,
    publisher: watch::Sender<bool>,
    held: BTreeMap<i32, Held>,
    claims: BTreeMap<i32, Claim>,
    tasks: JoinSet<i32>,
    cursor: Option<ChangeCursor>,
    /// Since when this pod waits for shards.
    since: Instant,
    /// A shard has ended for good, and the process is about to.
    over: bool,
}

impl Ownership {
    /// Holds as many shards as it can get. `publisher` follows whether shard 0 is among them.
    pub fn new(gateway: Arc<Gateway>, publisher: watch::Sender<bool>) -> Self {
        Self {
            gateway,
            publisher,
            held: BTreeMap::new(),
            claims: BTreeMap::new(),
            tasks: JoinSet::new(),
            cursor: None,
            since: Instant::now(),
            over: false,
        }
    }

    /// Runs until the process stops and every shard is let go.
    pub async fn run(mut self) {
        let bot = self.gateway.bot.clone();
        while !bot.stopping.is_cancelled() {
            bot.state.beat("ownership");
            let wait = self.beat().await;
            let next = tokio::time::sleep(wait);
            tokio::pin!(next);
            loop {
                tokio::select! {
                    () = &mut next => break,
                    () = bot.stopping.cancelled() => break,
                    Some(ended) = self.tasks.join_next() => self.ended(ended.ok()),
                }
            }
        }
        self.held.values().for_each(|held| self.let_go(held));
        while let Some(ended) = self.tasks.join_next().await {
            self.ended(ended.ok());
        }
    }

    /// Asks the database once and acts on it; how long to wait before the next time.
    async fn beat(&mut self) -> Duration {
        let asked = Instant::now();
        let result = self.ask().await;
        let bot = self.gateway.bot.clone();
        tell(&bot, result.as_ref().err());
        match result {
            Ok(pulse) => {
                self.pass_on(&pulse);
                self.keep(&pulse.leases, asked);
                self.claim(&pulse.leases).await.unwrap_or_else(|error| {
                    bot.state.failed(&error);
                    RETRY
                })
            }
            Err(error) => {
                bot.state.failed(&error);
                // What happened meanwhile is not known: everybody looks.
                self.cursor = None;
                RETRY
            }
        }
    }

    async fn ask(&self) -> Result<Pulse, StoreError> {
        let bot = &self.gateway.bot;
        let own: Vec<Own> = self.held.values().map(|held| held.owned.own()).collect();
        let asking = Asking {
            bot: &bot.key(),
            shop: bot.shop,
            owner: &bot.pod,
            ttl: TTL,
            own: &own,
            cursor: self.cursor.as_ref(),
            abandoned_after: ABANDONED_AFTER,
        };
        pulse(&bot.store, &asking).await
    }

    /// Wakes the loops that have something to do.
    fn pass_on(&mut self, pulse: &Pulse) {
        let wakeups = &self.gateway.bot.wakeups;
        let anew = self.cursor.replace(pulse.cursor.clone()).is_none();
        if pulse.changed || anew {
            wakeups.display.notify_one();
        }
        if pulse.jobs_due || anew {
            wakeups.outbox.notify_one();
        }
        if pulse.unanswered {
            wakeups.recovery.notify_one();
        }
    }

    /// Notes what was renewed, and lets go of what is lost or asked for.
    fn keep(&self, leases: &[LeaseView], asked: Instant) {
        for (shard, held) in &self.held {
            if held.stop.is_cancelled() {
                continue;
            }
            let Some(lease) = leases.iter().find(|lease| lease.shard == *shard && lease.renewed) else {
                tracing::warn!(shard, "another pod owns the shard; letting go");
                held.owned.lose();
                self.let_go(held);
                continue;
            };
            held.owned.tenure.renewed(asked);
            if let Some(pod) = &lease.wanted_by {
                tracing::info!(shard, pod, "handing the shard over to a newer pod");
                self.let_go(held);
            }
        }
    }

    /// Has the shard closed, and its displays no longer published by this pod.
    fn let_go(&self, held: &Held) {
        held.stop.cancel();
        if held.owned.id.number() == 0 {
            self.publisher.send_replace(false);
        }
    }

    /// Takes what is free, and asks for what a pod of an older rollout holds.
    async fn claim(&mut self, leases: &[LeaseView]) -> Result<Duration, StoreError> {
        let gateway = self.gateway.clone();
        let (bot, name) = (&gateway.bot, gateway.bot.key());
        let (mut wait, mut taken) = (PULSE, 0);
        let shards = if self.over { 0 } else { i32::try_from(gateway.total).unwrap_or(1) };
        for shard in 0..shards {
            if self.held.contains_key(&shard) {
                continue;
            }
            let lease = leases.iter().find(|lease| lease.shard == shard);
            let step = self.claims.entry(shard).or_default().judge(lease, &bot.pod);
            match step {
                Step::Take if taken == AT_ONCE => wait = Duration::ZERO,
                Step::Take => {
                    self.take(shard, &name).await?;
                    taken += 1;
                }
                Step::Ask => {
                    request_handover(&bot.store, &name, shard, &bot.pod, HANDOVER).await?;
                    wait = wait.min(LOOK);
                }
                Step::Expect => wait = wait.min(LOOK),
                Step::Wait => {}
            }
        }
        bot.state.shards_known();
        Ok(wait)
    }

    async fn take(&mut self, shard: i32, name: &str) -> Result<(), StoreError> {
        let (bot, total) = (&self.gateway.bot, self.gateway.total);
        let asked = Instant::now();
        let of = ShardOf { shard, total: i32::try_from(total).unwrap_or(1) };
        let Some(lease) = take(&bot.store, name, of, &bot.pod, TTL).await? else { return Ok(()) };
        bot.metrics.handover.observe(self.since.elapsed().as_secs_f64());
        tracing::info!(
            shard,
            epoch = lease.epoch,
            resumes = lease.session.is_some(),
            "this pod owns the shard"
        );
        openings::count(bot).await;
        let id = ShardId::new_checked(u32::try_from(shard).unwrap_or(0), total).unwrap_or(ShardId::ONE);
        let owned = Arc::new(Owned::new(bot, id, lease, Tenure::new(asked)));
        let stop = CancellationToken::new();
        self.tasks.spawn(serve(self.gateway.clone(), owned.clone(), stop.clone()));
        self.held.insert(shard, Held { owned, stop });
        if shard == 0 {
            self.publisher.send_replace(true);
        }
        Ok(())
    }

    /// A shard was let go.
    fn ended(&mut self, shard: Option<i32>) {
        // A crashed task does not say which; the process ends with the loop that it belongs to.
        let Some(held) = shard.and_then(|shard| self.held.remove(&shard)) else {
            self.over = true;
            return self.gateway.bot.end(Exit::crashed("a shard's task has crashed"));
        };
        let number = held.owned.id.number();
        self.over |= !held.stop.is_cancelled();
        self.claims.insert(held.owned.own().shard, Claim::given_up());
        self.gateway.bot.state.shard_left(number);
        self.gateway.guild.left(number);
        self.since = Instant::now();
        tracing::info!(shard = number, lost = held.owned.is_lost(), "this pod has let go of the shard");
    }
}

/// Serves a shard until `stop`, then leaves it to the next owner.
async fn serve(gateway: Arc<Gateway>, owned: Arc<Owned>, stop: CancellationToken) -> i32 {
    Connection::new(&gateway, &owned).run(&stop).await;
    if !owned.is_lost() {
        owned.store_session(&gateway.bot).await;
        if let Err(error) = owned.release(&gateway.bot).await {
            tracing::warn!(%error, "the shard could not be released; it is free when its lease runs out");
        }
    }
    owned.own().shard
}

/// Keeps the database's state in `/status` and readiness current.
fn tell(bot: &Bot, error: Option<&StoreError>) {
    let state = match error {
        None => DatabaseState::Migrated,
        Some(StoreError::SchemaIncomplete(_)) => DatabaseState::MigrationFailed,
        Some(_) => DatabaseState::Unreachable,
    };
    bot.state.update(|status| {
        status.database.message = error.map(ToString::to_string);
        status.database.state = state;
    });
}
