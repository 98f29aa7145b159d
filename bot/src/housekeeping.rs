//! Removes what nobody needs any more: tokens whose time is over, old change events, finished interactions and jobs, and logs past
//! their retention. Any pod does it; doing it twice does no harm.

use std::{sync::Arc, time::Duration};

use stockbot_store::{StoreError, changes, interactions, logs, outbox};

use crate::context::Bot;

/// How often tokens are blanked.
const PERIOD: Duration = Duration::from_mins(1);
/// Every so many times the rest is removed.
const ROUNDS: u32 = 10;
/// Discord takes a token for 15 minutes; none is kept beyond them.
const TOKENS: Duration = Duration::from_mins(14);
/// A reader of the change feed that is an hour behind reads everything anew anyway.
const CHANGES: Duration = Duration::from_hours(1);
/// Interactions are repeated within minutes and their tokens live 15; a day leaves time to look into a complaint.
const INTERACTIONS: Duration = Duration::from_hours(24);
/// Finished jobs, for the same reason.
const JOBS: Duration = Duration::from_hours(7 * 24);

/// Runs until the process stops.
pub async fn run(bot: Arc<Bot>) {
    let mut round = 0;
    loop {
        forget_tokens(&bot).await;
        if bot.stopping.run_until_cancelled(tokio::time::sleep(PERIOD)).await.is_none() {
            return;
        }
        round = (round + 1) % ROUNDS;
        if round == 0 {
            clean(&bot).await;
        }
    }
}

async fn forget_tokens(bot: &Bot) {
    let (store, shop) = (&bot.store, bot.shop);
    note(bot, "tokens of interactions", interactions::forget_tokens(store, shop, TOKENS).await);
    note(bot, "tokens of jobs", outbox::forget_tokens(store, shop, TOKENS).await);
}

/// Each table on its own: one that fails holds up no other.
async fn clean(bot: &Bot) {
    let (store, shop, retention) = (&bot.store, bot.shop, bot.config().retention.clone());
    let tables = [
        ("change events", changes::prune(store, shop, CHANGES).await),
        ("interactions", interactions::prune_interactions(store, shop, INTERACTIONS).await),
        ("jobs", outbox::prune_outbox(store, shop, JOBS).await),
        ("command logs", logs::prune_command_log(store, shop, retention.command_logs.get()).await),
        ("audit logs", logs::prune_audit_log(store, shop, retention.audit_logs.get()).await),
    ];
    for (what, pruned) in tables {
        note(bot, what, pruned);
    }
}

fn note(bot: &Bot, what: &str, removed: Result<u64, StoreError>) {
    match removed {
        Ok(rows) => tracing::debug!(what, rows, "what is old was removed"),
        Err(error) => {
            tracing::warn!(what, %error, "what is old could not be removed; it is tried again within 10 minutes");
            bot.state.failed(error);
        }
    }
}
