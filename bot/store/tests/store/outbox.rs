use std::time::Duration;

use stockbot_harness::eventually;
use stockbot_store::{DeliveredVia, OrderState, OutboxJob, orders, outbox};

use crate::shop::{BOT, DEADLINE, Shop, order};

const NOW: Duration = Duration::ZERO;

/// A shop that owes two jobs (delivery and receipt) per sale.
async fn open(sales: u64) -> Shop {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.stock("A", 1..=20).await;
    shop.buyer(1, 20).await;
    for interaction in 1..=sales {
        shop.bought(&order(interaction, 1, "A", 1)).await;
    }
    shop
}

async fn claim(shop: &Shop, owner: &str, lease: Duration, limit: i64) -> Vec<OutboxJob> {
    outbox::claim_jobs(&shop.store, BOT, owner, lease, limit).await.unwrap()
}

/// Ends the lease of a job, as if its time were over.
async fn expire(shop: &Shop, job: &OutboxJob) {
    let past = "now() - interval '1 second'";
    shop.database
        .execute(&format!(
            "UPDATE stockbot.outbox SET lease_until = {past}, next_at = {past} WHERE id = {}",
            job.id
        ))
        .await;
}

#[tokio::test]
async fn a_job_is_claimed_by_one_worker_at_a_time_and_only_by_the_bot_that_sold() {
    let shop = open(5).await;
    let other = outbox::claim_jobs(&shop.store, "shops/other", "x", DEADLINE, 100).await.unwrap();
    assert_eq!(other.len(), 0);
    let workers = (0..5).map(|n| {
        let store = shop.store.clone();
        tokio::spawn(
            async move { outbox::claim_jobs(&store, BOT, &format!("w{n}"), DEADLINE, 4).await.unwrap() },
        )
    });
    let mut ids = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        ids.extend(worker.await.unwrap().iter().map(|job| job.id));
    }
    let claimed = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), claimed, "a job was claimed twice");
    // Whoever passed over locked rows may have got fewer than there were; the rest is still there.
    assert_eq!(claimed + claim(&shop, "late", DEADLINE, 100).await.len(), 10);
    assert_eq!(claim(&shop, "late", DEADLINE, 100).await.len(), 0);
}

#[tokio::test]
async fn whoever_lost_his_lease_can_neither_send_nor_finish() {
    let shop = open(1).await;
    let old = claim(&shop, "pod-1", DEADLINE, 1).await.remove(0);
    assert_eq!(old.attempts, 1);
    assert!(outbox::job_sending(&shop.store, &old).await.unwrap());
    expire(&shop, &old).await;
    assert!(!outbox::job_sending(&shop.store, &old).await.unwrap(), "the lease is over");
    // The same pod under the same name: the number of the attempt tells them apart.
    let new = claim(&shop, "pod-1", DEADLINE, 1).await.remove(0);
    assert_eq!((new.id, new.attempts, new.nonce == old.nonce), (old.id, 2, true));
    assert!(new.sent_at.is_some(), "an earlier send may have arrived");
    assert!(!outbox::job_sending(&shop.store, &old).await.unwrap());
    assert!(!outbox::job_done(&shop.store, &old, Some(1)).await.unwrap());
    assert!(!outbox::job_retry(&shop.store, &old, NOW, "x").await.unwrap());
    assert!(!outbox::job_failed(&shop.store, &old, "x").await.unwrap());
    assert!(!outbox::job_not_sent(&shop.store, &old).await.unwrap());
    assert!(outbox::job_done(&shop.store, &new, Some(2)).await.unwrap());
    assert!(!outbox::job_done(&shop.store, &new, Some(2)).await.unwrap(), "done once");
    let state = "SELECT state || ' ' || discord_message_id FROM stockbot.outbox WHERE kind = 'delivery'";
    assert_eq!(shop.database.text(state).await, "done 2");
    shop.prove().await;
}

#[tokio::test]
async fn a_late_finish_counts_while_nobody_else_claimed() {
    let shop = open(1).await;
    let job = claim(&shop, "pod", DEADLINE, 1).await.remove(0);
    assert!(outbox::job_sending(&shop.store, &job).await.unwrap());
    expire(&shop, &job).await;
    assert!(outbox::job_done(&shop.store, &job, Some(3)).await.unwrap());
    assert_eq!(shop.database.text("SELECT state FROM stockbot.orders").await, "delivered");
}

#[tokio::test]
async fn a_retry_comes_back_when_it_is_due() {
    let shop = open(1).await;
    let job = claim(&shop, "pod", DEADLINE, 1).await.remove(0);
    let retried =
        outbox::job_retry(&shop.store, &job, Duration::from_mins(10), "500 from Discord").await.unwrap();
    assert!(retried);
    assert!(!outbox::job_done(&shop.store, &job, None).await.unwrap(), "given back is given back");
    assert!(claim(&shop, "pod", DEADLINE, 10).await.iter().all(|j| j.id != job.id));
    expire(&shop, &job).await;
    let again = claim(&shop, "pod", DEADLINE, 10).await.into_iter().find(|j| j.id == job.id).unwrap();
    assert_eq!((again.attempts, again.sent_at), (2, None));
    assert_eq!(outbox::outbox_depth(&shop.store, BOT).await.unwrap(), 2);
    let short = outbox::job_retry(&shop.store, &again, Duration::from_millis(1), "again").await.unwrap();
    assert!(short);
    eventually(DEADLINE, "the job is due again", || async {
        let jobs = claim(&shop, "pod", DEADLINE, 10).await;
        if jobs.iter().any(|j| j.id == job.id) { Ok(()) } else { Err(jobs.len()) }
    })
    .await;
}

#[tokio::test]
async fn pruning_keeps_what_is_still_owed() {
    let shop = open(2).await;
    let jobs = claim(&shop, "pod", DEADLINE, 10).await;
    assert!(outbox::job_done(&shop.store, &jobs[0], None).await.unwrap());
    assert!(outbox::job_failed(&shop.store, &jobs[2], "closed").await.unwrap());
    assert_eq!(outbox::prune_outbox(&shop.store, shop.id, DEADLINE).await.unwrap(), 0);
    assert_eq!(outbox::prune_outbox(&shop.store, shop.id, NOW).await.unwrap(), 1);
    shop.prove().await;
}

#[tokio::test]
async fn a_delivery_says_how_the_goods_went_and_makes_the_receipt_due() {
    let shop = open(1).await;
    let jobs = claim(&shop, "w", DEADLINE, 2).await;
    let (delivery, receipt) = (&jobs[0], &jobs[1]);
    let order_id = delivery.order_id.as_deref().unwrap();
    assert_eq!(outbox::delivery_of(&shop.store, shop.id, order_id).await.unwrap(), None);
    assert!(outbox::job_retry(&shop.store, receipt, DEADLINE, "waits").await.unwrap());
    assert_eq!(claim(&shop, "w", DEADLINE, 2).await.len(), 0);

    assert!(outbox::job_delivered(&shop.store, delivery, DeliveredVia::Reply, Some(9)).await.unwrap());
    let via = outbox::delivery_of(&shop.store, shop.id, order_id).await.unwrap();
    assert_eq!(via, Some(DeliveredVia::Reply));
    assert_eq!(claim(&shop, "w", DEADLINE, 2).await.len(), 1);
    let order = orders::order(&shop.store, shop.id, order_id).await.unwrap().unwrap();
    assert_eq!(order.state, OrderState::Delivered);
    shop.prove().await;
}
