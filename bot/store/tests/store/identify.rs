use std::time::Duration;

use stockbot_store::{Budget, Permit, identify};

use crate::shop::{Shop, patiently};

const APPLICATION: u64 = 1_100_000_000_000_000_005;

fn budget(remaining: i32, reserve: i32) -> Budget {
    Budget { remaining, total: 1000, reset_after: Duration::from_hours(5), reserve }
}

/// Of 900 starts.
const GRANTED: Permit = Permit::Granted { left: 899 };

async fn ask(shop: &Shop, key: i32, budget: &Budget, restart: bool) -> Permit {
    identify::identify_permit(&shop.store, APPLICATION, key, budget, restart).await.unwrap()
}

/// Lets the spacing pass.
async fn rest(shop: &Shop) {
    shop.database
        .execute("UPDATE stockbot.identify_gate SET last_at = last_at - interval '5.5 seconds'")
        .await;
}

#[tokio::test]
async fn of_many_pods_one_identifies_and_the_others_wait_more_than_five_seconds() {
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
            Permit::Granted { left } => {
                assert_eq!(left, 899);
                granted += 1;
            }
            // Nobody has been asking for longer than the deadline of a statement.
            Permit::Wait(wait) => assert!(wait <= Duration::from_millis(5_500), "{wait:?}"),
            other @ Permit::BelowReserve { .. } => panic!("{other:?}"),
        }
    }
    assert_eq!(granted, 1);
    // Other keys and other applications have their own time.
    assert_eq!(ask(&shop, 1, &budget(900, 50), true).await, GRANTED);
    let other = identify::identify_permit(&shop.store, 1, 0, &budget(900, 50), true).await.unwrap();
    assert_eq!(other, GRANTED);
    // Discord counts as identifies arrive: exactly five seconds may be too early.
    let seconds = "UPDATE stockbot.identify_gate SET last_at = clock_timestamp() - interval '5 seconds'";
    shop.database.execute(seconds).await;
    assert!(matches!(ask(&shop, 0, &budget(900, 50), true).await, Permit::Wait(_)));
    rest(&shop).await;
    assert_eq!(ask(&shop, 0, &budget(900, 50), true).await, GRANTED);
    assert!(matches!(ask(&shop, 0, &budget(900, 50), true).await, Permit::Wait(_)));
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
    assert!(matches!(permit, Permit::Wait(_)), "{permit:?}");
}

#[tokio::test]
async fn the_reserve_is_not_for_restarts_and_the_last_start_is_for_nobody_to_exceed() {
    let shop = Shop::open().await;
    let at_reserve = budget(50, 50);
    assert_eq!(ask(&shop, 0, &at_reserve, true).await, Permit::BelowReserve { left: 50 });
    assert_eq!(ask(&shop, 0, &at_reserve, false).await, Permit::Granted { left: 49 });
    assert_eq!(ask(&shop, 1, &budget(0, 0), false).await, Permit::BelowReserve { left: 0 });
    assert_eq!(ask(&shop, 1, &budget(51, 50), true).await, Permit::Granted { left: 50 });
}

#[tokio::test]
async fn granted_starts_are_counted_over_all_keys_until_the_reset() {
    let shop = Shop::open().await;
    // Discord's own number is stale: it always says 4.
    let stale = Budget { total: 4, ..budget(4, 1) };
    for (key, left) in [(0, 3), (1, 2), (0, 1)] {
        assert_eq!(ask(&shop, key, &stale, true).await, Permit::Granted { left });
        rest(&shop).await;
    }
    assert_eq!(ask(&shop, 0, &stale, true).await, Permit::BelowReserve { left: 1 });
    shop.database
        .execute("UPDATE stockbot.identify_gate SET window_ends_at = now() - interval '1 second'")
        .await;
    assert_eq!(ask(&shop, 0, &stale, true).await, Permit::Granted { left: 3 });
    let used = "SELECT string_agg(used::text, ' ' ORDER BY key) FROM stockbot.identify_gate WHERE window_ends_at > now()";
    assert_eq!(shop.database.text(used).await, "1");
}

#[tokio::test]
async fn the_end_of_the_budget_is_told_by_the_clock_of_the_database() {
    let shop = Shop::open().await;
    ask(&shop, 0, &budget(900, 50), true).await;
    let left = "SELECT window_ends_at - clock_timestamp() BETWEEN interval '4 h 59 min' AND interval '5 h' FROM stockbot.identify_gate";
    assert_eq!(shop.database.text(left).await, "true");
}
