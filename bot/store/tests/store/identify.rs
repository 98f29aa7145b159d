use jiff::{SignedDuration, Timestamp};
use stockbot_store::{Budget, Permit, identify};

use crate::shop::{Shop, patiently};

const APPLICATION: u64 = 1_100_000_000_000_000_005;

fn budget(remaining: i32, reserve: i32) -> Budget {
    Budget { remaining, total: 1000, reset_at: Timestamp::now() + SignedDuration::from_hours(5), reserve }
}

async fn ask(shop: &Shop, key: i32, budget: &Budget, restart: bool) -> Permit {
    identify::identify_permit(&shop.store, APPLICATION, key, budget, restart).await.unwrap()
}

/// Lets the five seconds pass.
async fn rest(shop: &Shop) {
    shop.database.execute("UPDATE stockbot.identify_gate SET last_at = last_at - interval '5 seconds'").await;
}

#[tokio::test]
async fn of_many_pods_one_identifies_and_the_others_wait_five_seconds() {
    let shop = Shop::open().await;
    let pods = (0..20).map(|_| {
        let store = shop.store.clone();
        tokio::spawn(async move {
            identify::identify_permit(&store, APPLICATION, 0, &budget(900, 50), true).await.unwrap()
        })
    });
    let mut granted = 0;
    for pod in pods.collect::<Vec<_>>() {
        match pod.await.unwrap() {
            Permit::Granted => granted += 1,
            Permit::WaitUntil(at) => {
                let wait = at.duration_since(Timestamp::now()).as_secs_f64();
                assert!((0.0..=5.0).contains(&wait), "{wait} s");
            }
            other @ Permit::BelowReserve { .. } => panic!("{other:?}"),
        }
    }
    assert_eq!(granted, 1);
    // Other keys and other applications have their own five seconds.
    assert_eq!(ask(&shop, 1, &budget(900, 50), true).await, Permit::Granted);
    let other = identify::identify_permit(&shop.store, 1, 0, &budget(900, 50), true).await.unwrap();
    assert_eq!(other, Permit::Granted);
    rest(&shop).await;
    assert_eq!(ask(&shop, 0, &budget(900, 50), true).await, Permit::Granted);
    assert!(matches!(ask(&shop, 0, &budget(900, 50), true).await, Permit::WaitUntil(_)));
}

#[tokio::test]
async fn a_start_that_is_being_granted_is_waited_for() {
    let shop = Shop::open().await;
    let other = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut granting = other.begin().await.unwrap();
    let lock = "SELECT pg_advisory_xact_lock(stockbot.lock_key('identify', $1))";
    sqlx::query(lock).bind(APPLICATION.cast_signed()).execute(&mut *granting).await.unwrap();
    let asked = tokio::spawn({
        let store = shop.store.clone();
        let budget = budget(900, 50);
        async move { patiently(|| identify::identify_permit(&store, APPLICATION, 0, &budget, true)).await }
    });
    shop.until_somebody_waits_for("advisory").await;
    let grant = "INSERT INTO stockbot.identify_gate VALUES ($1, 0, now() + interval '1 hour', 1, 1000, clock_timestamp())";
    sqlx::query(grant).bind(APPLICATION.cast_signed()).execute(&mut *granting).await.unwrap();
    granting.commit().await.unwrap();
    let permit = asked.await.unwrap();
    assert!(matches!(permit, Permit::WaitUntil(_)), "{permit:?}");
}

#[tokio::test]
async fn the_reserve_is_not_for_restarts_and_the_last_start_is_for_nobody_to_exceed() {
    let shop = Shop::open().await;
    let at_reserve = budget(50, 50);
    let refused = Permit::BelowReserve { reset_at: at_reserve.reset_at };
    assert_eq!(ask(&shop, 0, &at_reserve, true).await, refused);
    assert_eq!(ask(&shop, 0, &at_reserve, false).await, Permit::Granted);
    let empty = budget(0, 0);
    assert_eq!(ask(&shop, 1, &empty, false).await, Permit::BelowReserve { reset_at: empty.reset_at });
    assert_eq!(ask(&shop, 1, &budget(51, 50), true).await, Permit::Granted);
}

#[tokio::test]
async fn granted_starts_are_counted_over_all_keys_until_the_reset() {
    let shop = Shop::open().await;
    // Discord's own number is stale: it always says 4.
    let stale = Budget { total: 4, ..budget(4, 1) };
    for key in [0, 1, 0] {
        assert_eq!(ask(&shop, key, &stale, true).await, Permit::Granted);
        rest(&shop).await;
    }
    assert_eq!(ask(&shop, 0, &stale, true).await, Permit::BelowReserve { reset_at: stale.reset_at });
    shop.database
        .execute("UPDATE stockbot.identify_gate SET window_ends_at = now() - interval '1 second'")
        .await;
    assert_eq!(ask(&shop, 0, &stale, true).await, Permit::Granted);
    let used = "SELECT string_agg(used::text, ' ' ORDER BY key) FROM stockbot.identify_gate WHERE window_ends_at > now()";
    assert_eq!(shop.database.text(used).await, "1");
}
