use std::time::Duration;

use stockbot_store::{Acquire, Renewal, SavedSession, ShardLease, leases};

use crate::shop::{BOT, DEADLINE, Shop};

async fn acquire(shop: &Shop, owner: &str) -> Acquire {
    leases::acquire(&shop.store, BOT, 0, owner, DEADLINE).await.unwrap()
}

async fn take(shop: &Shop, owner: &str) -> ShardLease {
    match acquire(shop, owner).await {
        Acquire::Acquired(lease) => lease,
        held @ Acquire::Held { .. } => panic!("{held:?}"),
    }
}

async fn renew(shop: &Shop, owner: &str, epoch: i64, sequence: Option<i64>) -> Renewal {
    leases::renew(&shop.store, BOT, 0, owner, epoch, DEADLINE, sequence).await.unwrap()
}

async fn expire(shop: &Shop) {
    shop.database.execute("UPDATE stockbot.shard_leases SET expires_at = now() - interval '1 second'").await;
}

fn session(sequence: i64) -> SavedSession {
    SavedSession { session_id: "abc".into(), sequence, resume_url: "wss://resume".into() }
}

#[tokio::test]
async fn of_many_pods_one_owns_the_shard() {
    let shop = Shop::open().await;
    let pods = (0..20).map(|n| {
        let store = shop.store.clone();
        tokio::spawn(
            async move { leases::acquire(&store, BOT, 0, &format!("pod-{n}"), DEADLINE).await.unwrap() },
        )
    });
    let mut owners = 0;
    for pod in pods.collect::<Vec<_>>() {
        owners += u32::from(matches!(pod.await.unwrap(), Acquire::Acquired(ShardLease { epoch: 1, .. })));
    }
    assert_eq!(owners, 1);
    // Another shard and another bot are owned by others.
    let other = leases::acquire(&shop.store, BOT, 1, "x", DEADLINE).await.unwrap();
    assert!(matches!(other, Acquire::Acquired(_)));
    let other = leases::acquire(&shop.store, "else/growshop", 0, "x", DEADLINE).await.unwrap();
    assert!(matches!(other, Acquire::Acquired(_)));
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_with_its_session_and_the_old_owner_can_do_nothing() {
    let shop = Shop::open().await;
    let old = take(&shop, "pod-1").await;
    assert_eq!(old, ShardLease { shard: 0, epoch: 1, session: None });
    assert!(leases::save_session(&shop.store, BOT, 0, "pod-1", 1, &session(10)).await.unwrap());
    let Acquire::Held { owner, expires_at } = acquire(&shop, "pod-2").await else { panic!() };
    assert_eq!(owner, "pod-1");
    assert!(expires_at > jiff::Timestamp::now());
    assert_eq!(renew(&shop, "pod-1", 1, Some(25)).await, Renewal::Renewed { handover_requested: false });

    expire(&shop).await;
    let new = take(&shop, "pod-2").await;
    assert_eq!(new, ShardLease { shard: 0, epoch: 2, session: Some(session(25)) });
    assert_eq!(renew(&shop, "pod-1", 1, Some(99)).await, Renewal::Lost);
    assert!(!leases::save_session(&shop.store, BOT, 0, "pod-1", 1, &session(99)).await.unwrap());
    assert!(!leases::clear_session(&shop.store, BOT, 0, "pod-1", 1).await.unwrap());
    assert!(!leases::release(&shop.store, BOT, 0, "pod-1", 1).await.unwrap());
    // The same name with an old epoch is not the owner either.
    assert_eq!(renew(&shop, "pod-2", 1, None).await, Renewal::Lost);
    expire(&shop).await;
    assert_eq!(take(&shop, "pod-3").await.session, Some(session(25)));
}

#[tokio::test]
async fn an_owner_who_comes_late_keeps_what_nobody_took() {
    let shop = Shop::open().await;
    take(&shop, "pod-1").await;
    expire(&shop).await;
    assert_eq!(renew(&shop, "pod-1", 1, None).await, Renewal::Renewed { handover_requested: false });
    assert!(matches!(acquire(&shop, "pod-2").await, Acquire::Held { .. }));
}

#[tokio::test]
async fn a_handover_is_asked_for_granted_and_forgotten() {
    let shop = Shop::open().await;
    take(&shop, "pod-1").await;
    leases::save_session(&shop.store, BOT, 0, "pod-1", 1, &session(5)).await.unwrap();
    leases::request_handover(&shop.store, BOT, 0, "pod-2").await.unwrap();
    assert_eq!(renew(&shop, "pod-1", 1, Some(6)).await, Renewal::Renewed { handover_requested: true });
    assert!(leases::release(&shop.store, BOT, 0, "pod-1", 1).await.unwrap());
    assert_eq!(renew(&shop, "pod-1", 1, Some(7)).await, Renewal::Lost, "released is released");
    let new = take(&shop, "pod-2").await;
    assert_eq!(new, ShardLease { shard: 0, epoch: 2, session: Some(session(6)) });
    assert_eq!(renew(&shop, "pod-2", 2, None).await, Renewal::Renewed { handover_requested: false });
    leases::request_handover(&shop.store, BOT, 0, "pod-2").await.unwrap();
    assert_eq!(renew(&shop, "pod-2", 2, None).await, Renewal::Renewed { handover_requested: false });
}

#[tokio::test]
async fn sequence_numbers_never_go_back_and_a_dead_session_is_forgotten() {
    let shop = Shop::open().await;
    take(&shop, "pod").await;
    renew(&shop, "pod", 1, Some(5)).await;
    leases::save_session(&shop.store, BOT, 0, "pod", 1, &session(10)).await.unwrap();
    renew(&shop, "pod", 1, Some(8)).await;
    renew(&shop, "pod", 1, None).await;
    let again = take(&shop, "pod").await;
    assert_eq!((again.epoch, again.session), (2, Some(session(10))));
    assert!(leases::clear_session(&shop.store, BOT, 0, "pod", 2).await.unwrap());
    renew(&shop, "pod", 2, Some(11)).await;
    assert_eq!(take(&shop, "pod").await.session, None);
}

#[tokio::test]
async fn a_lease_ends_by_itself() {
    let shop = Shop::open().await;
    let short = Duration::from_millis(50);
    leases::acquire(&shop.store, BOT, 0, "pod-1", short).await.unwrap();
    let new = stockbot_harness::eventually(DEADLINE, "the lease has ended", || async {
        match acquire(&shop, "pod-2").await {
            Acquire::Acquired(lease) => Ok(lease),
            held @ Acquire::Held { .. } => Err(held),
        }
    })
    .await;
    assert_eq!(new.epoch, 2);
}
