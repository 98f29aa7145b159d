//! Removes what nobody needs any more: old change events, finished interactions and jobs (and with them their tokens), and logs
//! past their retention. Any pod does it; doing it twice does no harm.

use std::{sync::Arc, time::Duration};

use stockbot_store::{changes, interactions, logs, outbox};

use crate::context::Bot;

/// How often.
const PERIOD: Duration = Duration::from_mins(10);
/// A reader of the change feed that is an hour behind reads everything anew anyway.
const CHANGES: Duration = Duration::from_hours(1);
/// Interactions are repeated within minutes and their tokens live 15; a day leaves time to look into a complaint.
const INTERACTIONS: Duration = Duration::from_hours(24);
/// Finished jobs, for the same reason.
const JOBS: Duration = Duration::from_hours(7 * 24);

/// Runs until the process stops.
pub async fn run(bot: Arc<Bot>) {
    while bot.stopping.run_until_cancelled(tokio::time::sleep(PERIOD)).await.is_some() {
        clean(&bot).await;
    }
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
        match pruned {
            Ok(rows) => tracing::debug!(what, rows, "old rows removed"),
            Err(error) => {
                tracing::warn!(what, %error, "old rows could not be removed; it is tried again in 10 minutes");
                bot.state.failed(error);
            }
        }
    }
}
