//! Guards the identify budget: every Identify of every pod passes here and asks Postgres for a permit.
//!
//! 1000 session starts a day, then Discord resets the token (discord.md); so the count is asked from Discord before each
//! one, spaced 5 s per key, and refused below `identifyReserve`.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use stockbot_config::status::GatewayState;
use stockbot_store::identify::{Budget, Permit, identify_permit};
use tokio::sync::oneshot;
use twilight_gateway::queue::Queue;

use crate::context::Bot;

/// Wait after a failed question; the budget is not asked more often than that.
const RETRY: Duration = Duration::from_secs(2);
/// Longest wait before the budget is asked again, so that a corrected clock or reserve is noticed.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Hands out permits to shards.
#[derive(Clone)]
pub struct IdentifyGate(Arc<Bot>);

impl IdentifyGate {
    /// The gate of this bot.
    pub fn new(bot: Arc<Bot>) -> Self {
        Self(bot)
    }
}

impl Queue for IdentifyGate {
    fn enqueue(&self, shard: u32) -> oneshot::Receiver<()> {
        let (grant, granted) = oneshot::channel();
        let bot = self.0.clone();
        tokio::spawn(async move {
            // A shard that has lost its lease in the meantime has dropped the receiver.
            while !grant.is_closed() {
                match ask(&bot, shard).await {
                    Ok(()) => break,
                    Err(wait) => tokio::time::sleep(wait).await,
                }
            }
            if grant.send(()).is_ok() {
                bot.metrics.gateway_identifies.inc();
            }
        });
        granted
    }
}

/// Asks once; `Err` says how long to wait before asking again.
async fn ask(bot: &Bot, shard: u32) -> Result<(), Duration> {
    let limit = match bot.rest.gateway().await {
        Ok(gateway) => gateway.session_start_limit,
        Err(error) => {
            bot.state.failed(&error);
            return Err(RETRY);
        }
    };
    let reset_at = limit.reset_at();
    bot.state.update(|status| status.session_starts = Some(limit.starts()));
    let key = i32::try_from(shard).unwrap_or(0) % limit.max_concurrency.max(1);
    let reserve = bot.config().discord.identify_reserve;
    let budget = Budget { remaining: limit.remaining, total: limit.total, reset_at, reserve };
    match identify_permit(&bot.store, bot.application, key, &budget, true).await {
        Ok(Permit::Granted) => Ok(()),
        Ok(Permit::WaitUntil(at)) => Err(until(at)),
        Ok(Permit::BelowReserve { reset_at }) => {
            let message = format!(
                "{} session starts are left, the reserve is not touched; the shard starts after {reset_at}",
                limit.remaining
            );
            tracing::warn!(remaining = limit.remaining, %reset_at, "waiting for the identify budget");
            bot.state.update(|status| status.gateway.state = GatewayState::WaitingForBudget);
            bot.state.failed(message);
            Err(until(reset_at))
        }
        Err(error) => {
            bot.state.failed(&error);
            Err(RETRY)
        }
    }
}

fn until(at: Timestamp) -> Duration {
    let wait = at.duration_since(Timestamp::now());
    Duration::try_from(wait).unwrap_or_default().clamp(Duration::from_millis(50), LONGEST_WAIT)
}
