//! Finds jobs that are due and gives each a slot of its lane; a slow job holds up only itself. A job is leased: if this pod dies,
//! another takes it over.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use stockbot_store::{
    OutboxJob, OutboxKind, Room, Sent, StoreError,
    outbox::{claim_jobs, job_failed, job_retry, outbox_depth},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc::UnboundedReceiver},
    time::{Instant, sleep, timeout},
};

use super::{
    after,
    error::{JobError, Undelivered},
    fulfil::fulfil,
    posts,
};
use crate::context::{Bot, Sold};

/// Wait after a look that failed; what is due, also of other pods, is signalled.
const RETRY: Duration = Duration::from_secs(1);
/// Two looks are at least so far apart; what was just sold does not wait for them.
const PAUSE: Duration = Duration::from_millis(500);
/// What is left to do is counted that often while there is something to do.
const COUNT: Duration = Duration::from_secs(10);
/// A job that takes longer than its lease is another pod's.
pub const LEASE: Duration = Duration::from_secs(45);
/// What takes longer is ended, before another pod may have it.
pub const IN_TIME: Duration = Duration::from_secs(40);
/// First wait after a failure; doubles up to [`LONGEST_RETRY`].
pub const FIRST_RETRY: Duration = Duration::from_secs(1);
/// Longest wait after a failure (product.md D4).
const LONGEST_RETRY: Duration = Duration::from_mins(1);
/// The delivery makes its receipt due; this is only the safety net.
const RECEIPT_WAITS: Duration = Duration::from_secs(5);
/// Posts that are merged at a time.
const POSTS: i64 = 100;
/// Roles given at a time.
const ROLES: usize = 1;

/// The slots of each lane.
struct Lanes {
    goods: Arc<Semaphore>,
    receipts: Arc<Semaphore>,
    roles: Arc<Semaphore>,
    /// Channels that are being posted to.
    busy: Arc<Mutex<HashSet<u64>>>,
}

/// Works until the process stops; what has been begun is finished.
pub async fn run(bot: Arc<Bot>, mut sold: UnboundedReceiver<Sold>) {
    let workers = usize::try_from(bot.config().resilience.workers).unwrap_or(1).max(1);
    let lanes = Lanes {
        goods: Arc::new(Semaphore::new(workers)),
        receipts: Arc::new(Semaphore::new(workers)),
        roles: Arc::new(Semaphore::new(ROLES)),
        busy: Arc::default(),
    };
    let finder = bot.tasks.spawn(find(bot.clone(), lanes));
    loop {
        tokio::select! {
            Some(sale) = sold.recv() => drop(bot.tasks.spawn(fulfil(bot.clone(), sale))),
            // Closed when nothing new can begin any more.
            () = bot.tasks.wait() => break,
        }
    }
    finder.abort();
}

/// Looks for due jobs until the process is to end.
async fn find(bot: Arc<Bot>, lanes: Lanes) {
    let mut counted: Option<Instant> = None;
    while !bot.stopping.is_cancelled() {
        bot.state.beat("outbox");
        let looked = async {
            let found = claim(&bot, &lanes).await?;
            // The last look of a busy time finds nothing: what is told then stays true.
            if found == 0 || counted.is_none_or(|counted| counted.elapsed() >= COUNT) {
                bot.metrics.outbox_depth.set(outbox_depth(&bot.store, &bot.key()).await?);
                counted = Some(Instant::now());
            }
            Ok::<(), StoreError>(())
        };
        let claimed = looked.await;
        if let Err(error) = &claimed {
            bot.state.failed(error);
        }
        bot.state.rest("outbox");
        tokio::select! {
            () = sleep(RETRY), if claimed.is_err() => {}
            () = bot.wakeups.outbox.notified() => {}
            () = bot.stopping.cancelled() => {}
        }
        bot.stopping.run_until_cancelled(sleep(PAUSE)).await;
    }
    bot.state.rest("outbox");
}

/// Gives every job that is due, and that there is room for, to a task; how many there were.
async fn claim(bot: &Arc<Bot>, lanes: &Lanes) -> Result<usize, StoreError> {
    let room = |kind, slots: &Semaphore| Room {
        kind,
        jobs: i64::try_from(slots.available_permits()).unwrap_or(i64::MAX),
    };
    let rooms = [
        room(OutboxKind::Delivery, &lanes.goods),
        room(OutboxKind::Receipt, &lanes.receipts),
        room(OutboxKind::BuyerRole, &lanes.roles),
        Room { kind: OutboxKind::HistoryPost, jobs: POSTS },
        Room { kind: OutboxKind::LogPost, jobs: POSTS },
    ];
    let busy: Vec<u64> = lanes.busy.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
    let jobs = claim_jobs(&bot.store, &bot.key(), &bot.pod, LEASE, &rooms, &busy).await?;
    let found = jobs.len();
    let mut posts: HashMap<u64, Vec<OutboxJob>> = HashMap::new();
    for job in jobs {
        let slots = match job.kind {
            OutboxKind::Delivery => &lanes.goods,
            OutboxKind::Receipt => &lanes.receipts,
            OutboxKind::BuyerRole => &lanes.roles,
            OutboxKind::HistoryPost | OutboxKind::LogPost => {
                let channel = job.payload["channel_id"].as_u64().unwrap_or_default();
                posts.entry(channel).or_default().push(job);
                continue;
            }
        };
        // There is room: nobody else takes slots.
        let slot = slots.clone().try_acquire_owned().ok();
        bot.tasks.spawn(carry_out(bot.clone(), job, slot));
    }
    for (channel, jobs) in posts {
        lanes.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(channel);
        let (bot, busy) = (bot.clone(), lanes.busy.clone());
        bot.clone().tasks.spawn(async move {
            let _free = Freed { busy, channel };
            if timeout(IN_TIME, posts::post_all(&bot, channel, jobs)).await.is_err() {
                tracing::warn!(
                    channel,
                    "posts took too long; those left are posted when their lease is over"
                );
            }
            bot.wakeups.outbox.notify_one();
        });
    }
    Ok(found)
}

/// A channel is free again, whatever became of its posts.
struct Freed {
    busy: Arc<Mutex<HashSet<u64>>>,
    channel: u64,
}

impl Drop for Freed {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.channel);
    }
}

async fn carry_out(bot: Arc<Bot>, job: OutboxJob, slot: Option<OwnedSemaphorePermit>) {
    // In a task of its own: a job that panics must not take its slot with it.
    let (for_task, of_job) = (bot.clone(), job.clone());
    let task = tokio::spawn(async move {
        let work = async {
            match of_job.kind {
                OutboxKind::Delivery => after::deliver(&for_task, &of_job).await,
                OutboxKind::Receipt => {
                    after::receipt(&for_task, &of_job).await.map_err(Undelivered::in_doubt)
                }
                _ => after::buyer_role(&for_task, &of_job).await.map_err(Undelivered::in_doubt),
            }
        };
        timeout(IN_TIME, work).await
    });
    let interrupted = |why: String| Err(Undelivered::in_doubt(JobError::Interrupted(why)));
    let result = match task.await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => interrupted("it took too long".into()),
        Err(crash) => interrupted(crash.to_string()),
    };
    drop(slot);
    if let Err(Undelivered { error, sent }) = result {
        put_back_knowing(&bot, &job, &error, sent).await;
    }
    bot.wakeups.outbox.notify_one();
}

/// Puts a job back of which nothing depends on whether it was sent.
pub async fn put_back(bot: &Arc<Bot>, job: &OutboxJob, error: &JobError) {
    put_back_knowing(bot, job, error, Sent::No).await;
}

/// Decides whether the job is tried again. Goods are never given up while they may be on their way; what only decorates a sale
/// is, when Discord refuses it.
async fn put_back_knowing(bot: &Arc<Bot>, job: &OutboxJob, error: &JobError, sent: Sent) {
    let delivery = job.kind == OutboxKind::Delivery;
    let permanent = match error {
        JobError::Impossible(_) => !delivery || sent == Sent::No,
        JobError::Discord(error) => !error.is_passing() && !delivery,
        JobError::Interrupted(_) => !delivery && job.attempts > 5,
        JobError::Store(_) | JobError::NotYet | JobError::HeldUp => false,
        JobError::Lost => return,
    };
    let noted = if permanent {
        bot.metrics.errors.with_label_values(&["outbox"]).inc();
        tracing::error!(job = job.id, kind = ?job.kind, order = job.order_id, %error, "a job is given up");
        bot.state.failed(error);
        job_failed(&bot.store, job, &error.to_string()).await
    } else {
        let wait = wait_after(error, job.attempts);
        if !matches!(error, JobError::NotYet) {
            tracing::warn!(job = job.id, kind = ?job.kind, order = job.order_id, %error, "a job is tried again");
            bot.state.failed(error);
        }
        bot.wake_outbox_in(wait);
        job_retry(&bot.store, job, wait, &error.to_string(), sent).await
    };
    if let Err(problem) = noted {
        tracing::warn!(job = job.id, %problem, "a job could not be put back; it is free when its lease is over");
    }
}

fn wait_after(error: &JobError, attempts: i32) -> Duration {
    match error {
        JobError::NotYet => RECEIPT_WAITS,
        JobError::Discord(error) if error.retry_after().is_some() => {
            error.retry_after().unwrap_or(FIRST_RETRY)
        }
        _ => FIRST_RETRY.saturating_mul(1 << (attempts - 1).clamp(0, 6)).min(LONGEST_RETRY),
    }
}
