use std::time::Duration;

use stockbot_harness::eventually;
use stockbot_store::{
    DeliveredVia, OrderState, OutboxJob, OutboxKind, PurchaseEffects, PurchaseRequest, Room, Sent, delivery,
    orders, outbox,
};

use crate::shop::{BOT, DEADLINE, Shop, order, rooms};

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

async fn delivered(shop: &Shop, job: &OutboxJob, message: u64) -> bool {
    delivery::job_delivered(&shop.store, job, DeliveredVia::DirectMessage, Some(message)).await.unwrap()
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
    let other =
        outbox::claim_jobs(&shop.store, "shops/other", "x", DEADLINE, &rooms(100), &[]).await.unwrap();
    assert_eq!(other.len(), 0);
    let workers = (0..5).map(|n| {
        let store = shop.store.clone();
        tokio::spawn(async move {
            outbox::claim_jobs(&store, BOT, &format!("w{n}"), DEADLINE, &rooms(2), &[]).await.unwrap()
        })
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
    assert_eq!(claimed + shop.claim("late", DEADLINE, 100).await.len(), 10);
    assert_eq!(shop.claim("late", DEADLINE, 100).await.len(), 0);
}

#[tokio::test]
async fn whoever_lost_his_lease_can_neither_send_nor_finish() {
    let shop = open(1).await;
    let old = shop.claim("pod-1", DEADLINE, 1).await.remove(0);
    assert_eq!(old.attempts, 1);
    assert!(outbox::job_sending(&shop.store, &old).await.unwrap());
    expire(&shop, &old).await;
    assert!(!outbox::job_sending(&shop.store, &old).await.unwrap(), "the lease is over");
    // The same pod under the same name: the number of the attempt tells them apart.
    let new = shop.claim("pod-1", DEADLINE, 1).await.remove(0);
    assert_eq!((new.id, new.attempts, new.nonce == old.nonce), (old.id, 2, true));
    assert!(new.sent_at.is_some(), "an earlier send may have arrived");
    assert!(!outbox::job_sending(&shop.store, &old).await.unwrap());
    assert!(!delivered(&shop, &old, 1).await);
    assert!(!outbox::job_retry(&shop.store, &old, NOW, "x", Sent::Perhaps).await.unwrap());
    assert!(!outbox::job_failed(&shop.store, &old, "x").await.unwrap());
    assert!(delivered(&shop, &new, 2).await);
    assert!(!delivered(&shop, &new, 2).await, "done once");
    let state = "SELECT state || ' ' || discord_message_id FROM stockbot.outbox WHERE kind = 'delivery'";
    assert_eq!(shop.database.text(state).await, "done 2");
    shop.prove().await;
}

#[tokio::test]
async fn a_late_finish_counts_while_nobody_else_claimed() {
    let shop = open(1).await;
    let job = shop.claim("pod", DEADLINE, 1).await.remove(0);
    assert!(outbox::job_sending(&shop.store, &job).await.unwrap());
    expire(&shop, &job).await;
    assert!(delivered(&shop, &job, 3).await);
    assert_eq!(shop.database.text("SELECT state FROM stockbot.orders").await, "delivered");
}

#[tokio::test]
async fn a_retry_comes_back_when_it_is_due() {
    let shop = open(1).await;
    let job = shop.claim("pod", DEADLINE, 1).await.remove(0);
    let retried = outbox::job_retry(&shop.store, &job, Duration::from_mins(10), "500 from Discord", Sent::No)
        .await
        .unwrap();
    assert!(retried);
    assert!(
        !delivery::job_delivered(&shop.store, &job, DeliveredVia::Orders, None).await.unwrap(),
        "given back is given back"
    );
    assert!(shop.claim("pod", DEADLINE, 10).await.iter().all(|j| j.id != job.id));
    expire(&shop, &job).await;
    let again = shop.claim("pod", DEADLINE, 10).await.into_iter().find(|j| j.id == job.id).unwrap();
    assert_eq!((again.attempts, again.sent_at), (2, None));
    assert_eq!(outbox::outbox_depth(&shop.store, BOT).await.unwrap(), 2);
    let short =
        outbox::job_retry(&shop.store, &again, Duration::from_millis(1), "again", Sent::No).await.unwrap();
    assert!(short);
    eventually(DEADLINE, "the job is due again", || async {
        let jobs = shop.claim("pod", DEADLINE, 10).await;
        if jobs.iter().any(|j| j.id == job.id) { Ok(()) } else { Err(jobs.len()) }
    })
    .await;
}

#[tokio::test]
async fn pruning_keeps_what_is_still_owed() {
    let shop = open(2).await;
    let jobs = shop.claim("pod", DEADLINE, 10).await;
    assert!(delivered(&shop, &jobs[0], 1).await);
    assert!(outbox::job_failed(&shop.store, &jobs[2], "closed").await.unwrap());
    assert_eq!(outbox::prune_outbox(&shop.store, shop.id, DEADLINE).await.unwrap(), 0);
    assert_eq!(outbox::prune_outbox(&shop.store, shop.id, NOW).await.unwrap(), 1);
    shop.prove().await;
}

#[tokio::test]
async fn a_delivery_says_how_the_goods_went_and_makes_the_receipt_due() {
    let shop = open(1).await;
    let jobs = shop.claim("w", DEADLINE, 2).await;
    let (delivery, receipt) = (&jobs[0], &jobs[1]);
    let order_id = delivery.order_id.as_deref().unwrap();
    assert_eq!(delivery::delivery_of(&shop.store, shop.id, order_id).await.unwrap(), None);
    assert!(outbox::job_retry(&shop.store, receipt, DEADLINE, "waits", Sent::No).await.unwrap());
    assert_eq!(shop.claim("w", DEADLINE, 2).await.len(), 0);

    assert!(delivery::job_delivered(&shop.store, delivery, DeliveredVia::Reply, Some(9)).await.unwrap());
    let via = delivery::delivery_of(&shop.store, shop.id, order_id).await.unwrap();
    assert_eq!(via, Some(DeliveredVia::Reply));
    assert_eq!(shop.claim("w", DEADLINE, 2).await.len(), 1);
    let order = orders::order(&shop.store, shop.id, order_id).await.unwrap().unwrap();
    assert_eq!(order.state, OrderState::Delivered);
    shop.prove().await;
}

#[tokio::test]
async fn goods_are_claimed_whatever_else_is_owed_and_busy_channels_are_left_alone() {
    let shop = open(0).await;
    let effects = PurchaseEffects { history_channel: Some(11), log_channel: Some(12), role: None };
    for interaction in 1..=5 {
        let request = PurchaseRequest { effects: effects.clone(), ..order(interaction, 1, "A", 1) };
        shop.bought(&request).await;
    }
    let goods = [Room { kind: OutboxKind::Delivery, jobs: 2 }];
    let jobs = outbox::claim_jobs(&shop.store, BOT, "w", DEADLINE, &goods, &[]).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.kind).collect::<Vec<_>>(), [OutboxKind::Delivery; 2]);
    let posts = [OutboxKind::HistoryPost, OutboxKind::LogPost].map(|kind| Room { kind, jobs: 100 });
    let jobs = outbox::claim_jobs(&shop.store, BOT, "w", DEADLINE, &posts, &[11]).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.kind).collect::<Vec<_>>(), [OutboxKind::LogPost; 5]);
    let done = outbox::jobs_done(&shop.store, &jobs.iter().collect::<Vec<_>>(), 9).await.unwrap();
    assert_eq!(done, 5);
    let again = outbox::jobs_done(&shop.store, &jobs.iter().collect::<Vec<_>>(), 9).await.unwrap();
    assert_eq!(again, 0, "done once");
}
