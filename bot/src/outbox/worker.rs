//! Claims due jobs and carries them out, three at a time by default. A job is leased: if this pod dies, another takes it over.

use std::{sync::Arc, time::Duration};

use stockbot_store::{
    OutboxJob, OutboxKind, StoreError,
    outbox::{claim_jobs, job_failed, job_retry, outbox_depth},
};

use super::{after, delivery, error::JobError};
use crate::{context::Bot, discord::RestError};

/// The outbox is looked at that often even without a signal.
const POLL: Duration = Duration::from_secs(1);
/// Longer than a delivery takes; what takes longer is ended, since another pod may have the job then.
const LEASE: Duration = Duration::from_mins(1);
/// First wait after a failure; doubles up to [`LONGEST_RETRY`].
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// Longest wait after a failure (product.md D4).
const LONGEST_RETRY: Duration = Duration::from_mins(1);

/// Works until the process stops; what has been begun is finished.
pub async fn run(bot: Arc<Bot>) {
    while !bot.stopping.is_cancelled() {
        bot.state.beat("outbox");
        match work_once(&bot).await {
            Ok(0) => {
                tokio::select! {
                    () = tokio::time::sleep(POLL) => {}
                    () = bot.wakeups.outbox.notified() => {}
                    () = bot.stopping.cancelled() => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                bot.state.failed(&error);
                bot.stopping.run_until_cancelled(tokio::time::sleep(FIRST_RETRY)).await;
            }
        }
    }
}

/// Carries out one batch; how many jobs it had.
async fn work_once(bot: &Arc<Bot>) -> Result<usize, StoreError> {
    let workers = i64::from(bot.config().resilience.workers);
    let jobs = claim_jobs(&bot.store, &bot.key(), &bot.pod, LEASE, workers).await?;
    let count = jobs.len();
    // The goods come first, so that the receipt beside them knows how they went.
    let (deliveries, others): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|job| job.kind == OutboxKind::Delivery);
    futures_util::future::join_all(deliveries.into_iter().map(|job| carry_out(bot, job))).await;
    futures_util::future::join_all(others.into_iter().map(|job| carry_out(bot, job))).await;
    bot.metrics.outbox_depth.set(outbox_depth(&bot.store, &bot.key()).await?);
    Ok(count)
}

async fn carry_out(bot: &Arc<Bot>, job: OutboxJob) {
    // In a task of its own: a job that panics must not take the worker with it.
    let (for_task, of_job) = (bot.clone(), job.clone());
    let task = tokio::spawn(async move {
        match of_job.kind {
            OutboxKind::Delivery => delivery::deliver(&for_task, &of_job).await,
            OutboxKind::Receipt => after::receipt(&for_task, &of_job).await,
            OutboxKind::HistoryPost => after::history_post(&for_task, &of_job).await,
            OutboxKind::LogPost => after::log_post(&for_task, &of_job).await,
            OutboxKind::BuyerRole => after::buyer_role(&for_task, &of_job).await,
        }
    });
    let result =
        task.await.unwrap_or_else(|error| Err(JobError::Impossible(format!("the job crashed: {error}"))));
    if let Err(error) = result
        && let Err(problem) = put_back(bot, &job, &error).await
    {
        tracing::warn!(job = job.id, %problem, "a job could not be put back; it is free when its lease is over");
    }
}

/// Decides whether the job is tried again. Goods are never given up; what only decorates a sale is, when Discord refuses it.
async fn put_back(bot: &Bot, job: &OutboxJob, error: &JobError) -> Result<(), StoreError> {
    let delivery = job.kind == OutboxKind::Delivery;
    let permanent = match error {
        JobError::Impossible(_) => true,
        JobError::Discord(error) => !error.is_passing() && !delivery,
        JobError::Store(_) | JobError::NotYet => false,
        JobError::Lost => return Ok(()),
    };
    if permanent {
        bot.metrics.errors.with_label_values(&["outbox"]).inc();
        tracing::error!(job = job.id, kind = ?job.kind, order = job.order_id, %error, "a job is given up");
        bot.state.failed(error);
        job_failed(&bot.store, job, &error.to_string()).await?;
        return Ok(());
    }
    let wait = match error {
        JobError::NotYet => Duration::from_millis(200),
        JobError::Discord(RestError::Limited { retry_after, .. }) => *retry_after,
        _ => FIRST_RETRY.saturating_mul(1 << (job.attempts - 1).clamp(0, 6)).min(LONGEST_RETRY),
    };
    if !matches!(error, JobError::NotYet) {
        tracing::warn!(job = job.id, kind = ?job.kind, order = job.order_id, %error, "a job is tried again");
        bot.state.failed(error);
    }
    job_retry(&bot.store, job, wait, &error.to_string()).await?;
    Ok(())
}
