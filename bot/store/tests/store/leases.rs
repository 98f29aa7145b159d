use std::time::Duration;

use stockbot_store::{
    LeaseView, Own, Pulse, SavedSession, ShardLease, ShardOf, Store, leases,
    pulse::{Asking, pulse},
};

use crate::shop::{BOT, DEADLINE, Shop};

async fn try_take(store: &Store, bot: &str, shard: i32, total: i32, owner: &str) -> Option<ShardLease> {
    leases::take(store, bot, ShardOf { shard, total }, owner, DEADLINE).await.unwrap()
}

/// Takes shard 0 of one.
async fn take(shop: &Shop, owner: &str) -> Option<ShardLease> {
    try_take(&shop.store, BOT, 0, 1, owner).await
}

async fn beat(shop: &Shop, owner: &str, own: &[Own]) -> Pulse {
    let asking = Asking {
        bot: BOT,
        shop: shop.id,
        owner,
        ttl: DEADLINE,
        own,
        cursor: None,
        abandoned_after: DEADLINE,
    };
    pulse(&shop.store, &asking).await.unwrap()
}

/// Shard 0 as a pulse of `owner` shows it.
async fn seen(shop: &Shop, owner: &str, epoch: Option<i64>, session: Option<SavedSession>) -> LeaseView {
    let own: Vec<Own> = epoch.map(|epoch| Own { shard: 0, epoch, session }).into_iter().collect();
    beat(shop, owner, &own).await.leases.remove(0)
}

async fn expire(shop: &Shop) {
    shop.database.execute("UPDATE stockbot.shard_leases SET expires_at = now() - interval '1 second'").await;
}

async fn request(shop: &Shop, owner: &str) {
    leases::request_handover(&shop.store, BOT, 0, owner, DEADLINE).await.unwrap();
}

async fn release(shop: &Shop, owner: &str, epoch: i64, courtesy: Duration) -> bool {
    leases::release(&shop.store, BOT, 0, owner, epoch, courtesy).await.unwrap()
}

async fn save(shop: &Shop, owner: &str, epoch: i64, session: &SavedSession) -> bool {
    leases::save_session(&shop.store, BOT, 0, owner, epoch, session).await.unwrap()
}

fn session(sequence: i64) -> SavedSession {
    SavedSession { session_id: "abc".into(), sequence, resume_url: "wss://resume".into() }
}

#[tokio::test]
async fn of_many_pods_one_owns_the_shard() {
    let shop = Shop::open().await;
    let pods = (0..20).map(|n| {
        let store = shop.store.clone();
        tokio::spawn(async move { try_take(&store, BOT, 0, 2, &format!("pod-{n}")).await })
    });
    let mut owners = 0;
    for pod in pods.collect::<Vec<_>>() {
        owners += u32::from(matches!(pod.await.unwrap(), Some(ShardLease { epoch: 1, .. })));
    }
    assert_eq!(owners, 1);
    // Another shard and another bot are owned by others.
    assert!(try_take(&shop.store, BOT, 1, 2, "x").await.is_some());
    assert!(try_take(&shop.store, "else/growshop", 0, 2, "x").await.is_some());
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_with_its_session_and_the_old_owner_can_do_nothing() {
    let shop = Shop::open().await;
    assert_eq!(take(&shop, "pod-1").await, Some(ShardLease { shard: 0, epoch: 1, session: None }));
    assert!(save(&shop, "pod-1", 1, &session(10)).await);
    assert_eq!(take(&shop, "pod-2").await, None);
    let lease = seen(&shop, "pod-1", Some(1), Some(session(25))).await;
    assert!(lease.renewed && !lease.over && lease.wanted_by.is_none(), "{lease:?}");
    let lease = seen(&shop, "pod-2", None, None).await;
    assert!(!lease.renewed && !lease.over && lease.owner == "pod-1", "{lease:?}");

    expire(&shop).await;
    assert!(seen(&shop, "pod-2", None, None).await.over);
    let new = ShardLease { shard: 0, epoch: 2, session: Some(session(25)) };
    assert_eq!(take(&shop, "pod-2").await, Some(new));
    let lease = seen(&shop, "pod-1", Some(1), Some(session(99))).await;
    assert!(!lease.renewed && lease.owner == "pod-2", "{lease:?}");
    assert!(!save(&shop, "pod-1", 1, &session(99)).await);
    assert!(!leases::clear_session(&shop.store, BOT, 0, "pod-1", 1).await.unwrap());
    assert!(!release(&shop, "pod-1", 1, DEADLINE).await);
    // The same name with an old epoch is not the owner either.
    assert!(!seen(&shop, "pod-2", Some(1), None).await.renewed);
    expire(&shop).await;
    assert_eq!(take(&shop, "pod-3").await.unwrap().session, Some(session(25)));
}

#[tokio::test]
async fn an_owner_who_comes_late_keeps_what_nobody_took() {
    let shop = Shop::open().await;
    take(&shop, "pod-1").await;
    expire(&shop).await;
    assert!(seen(&shop, "pod-1", Some(1), None).await.renewed);
    assert_eq!(take(&shop, "pod-2").await, None);
}

#[tokio::test]
async fn a_session_of_another_number_of_shards_is_not_resumed() {
    let shop = Shop::open().await;
    try_take(&shop.store, BOT, 0, 1, "pod-1").await.unwrap();
    save(&shop, "pod-1", 1, &session(10)).await;
    expire(&shop).await;
    assert_eq!(try_take(&shop.store, BOT, 0, 2, "pod-2").await.unwrap().session, None);
    save(&shop, "pod-2", 2, &session(20)).await;
    expire(&shop).await;
    let same = try_take(&shop.store, BOT, 0, 2, "pod-3").await.unwrap();
    assert_eq!(same.session, Some(session(20)));
    expire(&shop).await;
    assert_eq!(try_take(&shop.store, BOT, 0, 1, "pod-4").await.unwrap().session, None);
}

#[tokio::test]
async fn a_session_that_the_version_before_left_is_resumed() {
    let shop = Shop::open().await;
    let before = "INSERT INTO stockbot.shard_leases (bot, shard, owner, epoch, expires_at, session_id, sequence, resume_url)
        VALUES ('shops/growshop', 0, 'old', 3, now() - interval '1 second', 'abc', 10, 'wss://resume')";
    shop.database.execute(before).await;
    let lease = ShardLease { shard: 0, epoch: 4, session: Some(session(10)) };
    assert_eq!(take(&shop, "pod-1").await, Some(lease));
}

#[tokio::test]
async fn a_handover_is_asked_for_granted_and_forgotten() {
    let shop = Shop::open().await;
    take(&shop, "pod-1").await;
    save(&shop, "pod-1", 1, &session(5)).await;
    request(&shop, "pod-2").await;
    let lease = seen(&shop, "pod-1", Some(1), Some(session(6))).await;
    assert!(lease.renewed && lease.wanted_by.as_deref() == Some("pod-2"), "{lease:?}");
    assert!(release(&shop, "pod-1", 1, DEADLINE).await);
    assert!(!seen(&shop, "pod-1", Some(1), None).await.renewed, "released is released");
    let new = ShardLease { shard: 0, epoch: 2, session: Some(session(6)) };
    assert_eq!(take(&shop, "pod-2").await, Some(new));
    assert_eq!(seen(&shop, "pod-2", Some(2), None).await.wanted_by, None);
    request(&shop, "pod-2").await;
    assert_eq!(seen(&shop, "pod-2", Some(2), None).await.wanted_by, None, "nobody asks himself");
}

#[tokio::test]
async fn a_shard_that_is_handed_over_is_for_the_one_who_asked_and_not_for_ever() {
    let shop = Shop::open().await;
    take(&shop, "old-1").await;
    request(&shop, "new-1").await;
    assert!(release(&shop, "old-1", 1, DEADLINE).await);
    let lease = seen(&shop, "old-2", None, None).await;
    assert!(lease.over && lease.wanted_by.as_deref() == Some("new-1"), "{lease:?}");
    for other in ["old-1", "old-2"] {
        assert_eq!(take(&shop, other).await, None, "{other}");
    }
    let over = "UPDATE stockbot.shard_leases SET handover_until = now() - interval '1 second'";
    shop.database.execute(over).await;
    assert_eq!(seen(&shop, "old-2", None, None).await.wanted_by, None);
    assert_eq!(take(&shop, "old-2").await.unwrap().epoch, 2, "the one who asked never came");

    // A request that came to nothing does not outlive its time, and does not hold up who comes then.
    request(&shop, "new-2").await;
    shop.database.execute(over).await;
    assert_eq!(seen(&shop, "old-2", Some(2), None).await.wanted_by, None);
    assert!(release(&shop, "old-2", 2, DEADLINE).await);
    assert_eq!(take(&shop, "new-3").await.unwrap().epoch, 3);
}

#[tokio::test]
async fn sequence_numbers_never_go_back_and_a_dead_session_is_forgotten() {
    let shop = Shop::open().await;
    take(&shop, "pod").await;
    seen(&shop, "pod", Some(1), Some(session(5))).await;
    save(&shop, "pod", 1, &session(10)).await;
    seen(&shop, "pod", Some(1), Some(session(8))).await;
    seen(&shop, "pod", Some(1), None).await;
    // A pulse that was on its way when a new session began speaks of the old one.
    let before = SavedSession { session_id: "before".into(), ..session(900) };
    seen(&shop, "pod", Some(1), Some(before)).await;
    let again = take(&shop, "pod").await.unwrap();
    assert_eq!((again.epoch, again.session), (2, Some(session(10))));
    assert!(leases::clear_session(&shop.store, BOT, 0, "pod", 2).await.unwrap());
    seen(&shop, "pod", Some(2), Some(session(11))).await;
    assert_eq!(take(&shop, "pod").await.unwrap().session, None);
}

#[tokio::test]
async fn a_lease_ends_by_itself() {
    let shop = Shop::open().await;
    let short = Duration::from_millis(50);
    leases::take(&shop.store, BOT, ShardOf { shard: 0, total: 1 }, "pod-1", short).await.unwrap();
    let new = stockbot_harness::eventually(DEADLINE, "the lease has ended", || async {
        take(&shop, "pod-2").await.ok_or(())
    })
    .await;
    assert_eq!(new.epoch, 2);
}

#[tokio::test]
async fn one_pulse_renews_all_shards_of_a_pod_and_tells_of_the_others() {
    let shop = Shop::open().await;
    for (shard, owner) in [(0, "pod-1"), (1, "pod-1"), (2, "pod-2")] {
        try_take(&shop.store, BOT, shard, 4, owner).await.unwrap();
    }
    expire(&shop).await;
    let own = [0, 1].map(|shard| Own { shard, epoch: 1, session: None });
    let leases = beat(&shop, "pod-1", &own).await.leases;
    let seen = leases.iter().map(|lease| (lease.shard, lease.owner.as_str(), lease.renewed, lease.over));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [(0, "pod-1", true, false), (1, "pod-1", true, false), (2, "pod-2", false, true)]
    );
    let leases = beat(&shop, "pod-2", &[]).await.leases;
    assert!(leases.iter().all(|lease| !lease.renewed));
    let over: Vec<bool> = leases.iter().map(|lease| lease.over).collect();
    assert_eq!(over, [false, false, true]);
}

#[tokio::test]
async fn a_pulse_tells_of_changes_and_of_due_jobs() {
    let shop = Shop::open().await;
    let mut cursor = beat(&shop, "pod", &[]).await.cursor;
    let mut news = async || {
        let asking = Asking {
            bot: BOT,
            shop: shop.id,
            owner: "pod",
            ttl: DEADLINE,
            own: &[],
            cursor: Some(&cursor),
            abandoned_after: DEADLINE,
        };
        let pulse = pulse(&shop.store, &asking).await.unwrap();
        cursor = pulse.cursor;
        (pulse.changed, pulse.jobs_due)
    };
    assert_eq!(news().await, (false, false));
    shop.product("A", 5).await;
    shop.stock("A", 1..=2).await;
    assert_eq!(news().await, (true, false));
    assert_eq!(news().await, (false, false), "told already");
    shop.database.execute("UPDATE stockbot.products SET price = 6").await;
    assert_eq!(news().await, (true, false), "plain SQL");
    shop.buyer(1, 50).await;
    shop.bought(&crate::shop::order(1, 1, "A", 6)).await;
    assert_eq!(news().await, (true, true), "a sale");
    shop.database.execute("UPDATE stockbot.outbox SET next_at = now() + interval '1 hour'").await;
    assert_eq!(news().await, (false, false));
}
