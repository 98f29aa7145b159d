//! What a pod costs that has nothing to do.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use stockbot_harness::eventually;

use crate::support::{DEADLINE, Shop};

/// Statements of the bot since the last reset, and the seconds since then, by the database's clock.
async fn statements(shop: &Shop) -> (f64, f64) {
    let row = shop
        .sql(&format!(
            "SELECT coalesce(sum(calls), 0) || ' ' || extract(epoch FROM clock_timestamp() - (SELECT stats_reset FROM pg_stat_statements_info))
             FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid WHERE rolname = '{}'",
            shop.database.name
        ))
        .await;
    let (calls, seconds) = row.split_once(' ').unwrap();
    (calls.parse().unwrap(), seconds.parse().unwrap())
}

#[tokio::test]
async fn an_idle_pod_sends_a_statement_every_other_second_at_most() {
    let shop = Shop::new().await;
    shop.database.execute("CREATE EXTENSION pg_stat_statements").await;
    let owner = shop.open().await;
    let standby = shop.start("growshop-1-b");
    standby.until("it stands by", |status| status["gateway"]["state"] == "Standby").await;
    owner.until("the display is published", |s| s["displays"][0]["state"] == "Published").await;
    // What changed while it was published is looked at when the message may be edited again.
    shop.until("SELECT now() - published_at > interval '4 seconds' FROM stockbot.displays", "true").await;
    shop.database.execute("SELECT pg_stat_statements_reset()").await;
    let (calls, seconds) = eventually(DEADLINE * 2, "time passes", || async {
        let (calls, seconds) = statements(&shop).await;
        if seconds >= 30.0 { Ok((calls, seconds)) } else { Err(calls) }
    })
    .await;
    assert!(calls >= 16.0, "{calls} statements in {seconds} s: two pods do look");
    let sent = format!(
        "SELECT string_agg(calls || ' x ' || left(query, 90), E'\\n' ORDER BY calls DESC)
         FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid WHERE rolname = '{}'",
        shop.database.name
    );
    let sent = shop.sql(&sent).await;
    assert!(calls <= 2.0 * (seconds / 2.0 + 1.0), "{calls} statements of two pods in {seconds} s:\n{sent}");
    shop.assert_no_violations().await;
}
