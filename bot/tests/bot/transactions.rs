//! What an answer costs Postgres, as the server counts it while the real bot answers. Purchases are counted by the bench: what a
//! sale sets off besides (posts, the live message) goes by time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::json;
use stockbot_harness::Person;

use crate::support::{Shop, assert_shows};

/// Answers of each kind in the longer of two runs, beyond the one of the shorter.
const MORE: usize = 8;
/// What a run may do besides on a slow machine: looks at what is due, a resync of the live message, a further connection.
const ASIDE: i64 = 4;

/// Transactions of a bot that is started, is made to do something so many times, and ends; without its pulses, of which each renews a lease.
async fn transactions(shop: &Shop, times: usize, acts: &impl AsyncFn(usize)) -> i64 {
    let pulses = "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'shard_leases'";
    let before: i64 = shop.sql(pulses).await.parse().unwrap();
    let commits = shop.database.commits().await;
    let bot = shop.start("growshop-1-a").connected().await;
    shop.world.live_message_shows("Name of VIP").await;
    acts(times).await;
    bot.stop().await;
    let commits = shop.database.commits().await - commits;
    let after: i64 = shop.sql(pulses).await.parse().unwrap();
    commits - (after - before)
}

/// Transactions of one go at `acts`: all runs start and end alike.
async fn of_one(shop: &Shop, acts: impl AsyncFn(usize)) -> i64 {
    let once = transactions(shop, 1, &acts).await;
    let all = transactions(shop, 1 + MORE, &acts).await - once;
    let more = i64::try_from(MORE).unwrap();
    assert!(all >= more, "{all} transactions: nothing was counted");
    (all - ASIDE + more - 1) / more
}

/// A shop with a customer, and no bot running.
async fn prepared() -> (Shop, Person) {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    let units: Vec<String> = (1..=2).map(|n| format!("key-{n}")).collect();
    shop.stock("VIP", "5", &units.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let customer = shop.customer("Grower", "10 DL").await;
    customer.confirm(&customer.choose("VIP", "1").await).await;
    bot.stop().await;
    (shop, customer)
}

#[tokio::test]
async fn an_answer_that_only_reads_is_two_transactions() {
    let (shop, customer) = prepared().await;
    let once = async || {
        let live = shop.world.live_message().await;
        for button in ["balance", "history"] {
            customer.click(&live, &format!("sb1:live:{button}")).await;
        }
        let menu = customer.click(&live, "sb1:live:buy").await;
        let form = customer.select(&menu["response"], "sb1:pick", "VIP").await;
        assert_shows(&customer.submit(&form, json!({"quantity": "1"})).await, "Name of VIP");
        for (command, options, part) in [
            ("orders", json!({}), "Name of VIP"),
            ("stock list", json!({}), "Name of VIP"),
            ("buy", json!({"product": "VIP", "quantity": 1}), "Name of VIP"),
            ("balance", json!({}), "Grower"),
            ("help", json!({}), ""),
        ] {
            assert_shows(&customer.command(command, options).await, part);
        }
    };
    let answers = 10;
    let each = of_one(&shop, async |times| {
        for _ in 0..times {
            once().await;
        }
    })
    .await;
    assert!(each <= 2 * answers, "{each} transactions for {answers} answers");
}

#[tokio::test]
async fn an_answer_that_changes_something_is_three_transactions() {
    let (shop, customer) = prepared().await;
    // Lines of the log channel are posts.
    shop.edit_config(&format!("log: \"{}\"", shop.world.log), "log: \"\"");
    let once = async |time| {
        let card = customer.click(&shop.world.live_message().await, "sb1:live:register").await;
        let form = customer.click(&card["response"], "sb1:regchange").await;
        let named = customer.submit(&form, json!({"grow_id": format!("Grower{time}")})).await;
        assert_shows(&named, &format!("Grower{time}"));
        let customer = format!("Grower{time}");
        let given = json!({"customer": customer, "amount": "1"});
        assert_shows(&shop.admin.command("balance-admin add", given).await, &customer);
    };
    // The two clicks that lead to the form read only.
    let each = of_one(&shop, async |times| {
        for time in 0..times {
            once(time).await;
        }
    })
    .await;
    assert!(each <= 2 * 2 + 3 * 2, "{each} transactions for two clicks and two changes");
}
