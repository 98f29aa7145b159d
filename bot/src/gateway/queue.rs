//! Guards the identify budget: every Identify of every pod passes here and asks Postgres for a permit.
//!
//! 1000 session starts a day, then Discord resets the token (discord.md); so they are spaced 5 s per key and refused below
//! `identifyReserve`. Shards that need a new session wait in line before they connect: a thousand of them neither hold idle
//! sockets nor ask all at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use stockbot_config::status::GatewayState;
use stockbot_store::identify::{Permit, identify_permit};
use tokio::sync::{OwnedMutexGuard, oneshot};
use twilight_gateway::queue::Queue;

use super::budget::KnownLimit;
use crate::context::Bot;

/// Wait after a failed question.
const RETRY: Duration = Duration::from_secs(2);
/// Longest wait before the budget is looked at again, so that a raised reserve is noticed.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// A shard's turn to start a session; the next one's when it is dropped.
pub type Turn = OwnedMutexGuard<()>;

/// Hands out turns and permits to the shards of a pod. Cheap to clone.
#[derive(Clone)]
pub struct IdentifyGate(Arc<Shared>);

struct Shared {
    bot: Arc<Bot>,
    known: Mutex<KnownLimit>,
    lines: Mutex<BTreeMap<i32, Arc<tokio::sync::Mutex<()>>>>,
}

impl IdentifyGate {
    /// The gate of this pod; `known` is what Discord said when the pod started.
    pub fn new(bot: Arc<Bot>, known: KnownLimit) -> Self {
        Self(Arc::new(Shared { bot, known: Mutex::new(known), lines: Mutex::default() }))
    }

    /// Waits until no other shard of the key is starting a session.
    pub async fn turn(&self, shard: u32) -> Turn {
        let key = self.0.known().key(shard);
        let line =
            self.0.lines.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        line.lock_owned().await
    }
}

impl Queue for IdentifyGate {
    fn enqueue(&self, shard: u32) -> oneshot::Receiver<()> {
        let (grant, granted) = oneshot::channel();
        let gate = self.0.clone();
        tokio::spawn(async move {
            // A shard that has lost its lease in the meantime has dropped the receiver.
            while !grant.is_closed() {
                match gate.ask(shard).await {
                    Ok(()) => break,
                    Err(wait) => tokio::time::sleep(wait).await,
                }
            }
            if grant.send(()).is_ok() {
                gate.bot.metrics.gateway_identifies.inc();
            }
        });
        granted
    }
}

impl Shared {
    fn known(&self) -> std::sync::MutexGuard<'_, KnownLimit> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks once; `Err` says how long to wait before asking again.
    async fn ask(&self, shard: u32) -> Result<(), Duration> {
        let bot = &self.bot;
        self.refresh().await?;
        let reserve = bot.config().discord.identify_reserve;
        let known = self.known().clone();
        let budget = known.budget(Instant::now(), reserve);
        match identify_permit(&bot.store, bot.application, known.key(shard), &budget, true).await {
            Ok(Permit::Granted { left }) => {
                self.known().left(left);
                self.tell();
                bot.state.shard(shard, GatewayState::Disconnected);
                Ok(())
            }
            Ok(Permit::Wait(wait)) => Err(wait),
            Ok(Permit::BelowReserve { left }) => {
                let wait = budget.reset_after;
                tracing::warn!(left, reserve, ?wait, "waiting for the identify budget");
                bot.state.shard(shard, GatewayState::WaitingForBudget);
                bot.state.failed(format_args!(
                    "{left} session starts are left, the reserve of {reserve} is not touched; the shard starts in {} min",
                    wait.as_secs() / 60 + 1
                ));
                Err(wait.min(LONGEST_WAIT))
            }
            Err(error) => {
                bot.state.failed(&error);
                Err(RETRY)
            }
        }
    }

    /// Asks Discord if its last answer is too old.
    async fn refresh(&self) -> Result<(), Duration> {
        if self.known().is_current(Instant::now()) {
            return Ok(());
        }
        match self.bot.rest.gateway().await {
            Ok(gateway) => {
                *self.known() = KnownLimit::new(gateway.session_start_limit, Instant::now());
                self.tell();
                Ok(())
            }
            Err(error) => {
                self.bot.state.failed(&error);
                Err(RETRY)
            }
        }
    }

    fn tell(&self) {
        let starts = self.known().starts(Instant::now());
        self.bot.state.update(|status| status.session_starts = Some(starts));
    }
}
