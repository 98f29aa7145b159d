//! Several pods of one bot: who holds which shard, and how it changes hands without a click being lost.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use stockbot_harness::{Postgres, Proxy, eventually, text_of};

use crate::support::{DEADLINE, Running, Shop, assert_shows};

/// Waits until the pods together hold all shards, each live in one of them, and say so.
async fn all_connected(pods: &[&Running], shards: i64) {
    eventually(DEADLINE, &format!("{shards} shards over {} pods", pods.len()), || async {
        let mut statuses = Vec::new();
        for pod in pods {
            let ready = reqwest::get(format!("{}/readyz", pod.http)).await.is_ok_and(|r| r.status() == 200);
            statuses.push((ready, pod.status().await.unwrap_or_default()["gateway"].clone()));
        }
        let connected = statuses.iter().filter_map(|(_, gateway)| gateway["shards"]["connected"].as_i64());
        let agree = statuses.iter().all(|(ready, gateway)| {
            let holds = gateway["shards"]["connected"] != 0;
            let state = if holds { "Connected" } else { "Standby" };
            *ready && gateway["state"] == state && gateway["shards"]["desired"] == shards
        });
        if agree && connected.sum::<i64>() == shards { Ok(()) } else { Err(statuses) }
    })
    .await;
}

#[tokio::test]
async fn every_shard_is_live_in_one_of_the_pods() {
    for (shards, replicas) in [(1, 1), (2, 1), (2, 3), (5, 2)] {
        let shop = Shop::of(json!({"shards": shards, "max_concurrency": shards})).await;
        let mut pods: Vec<Running> =
            (0..replicas).map(|pod| shop.start(&format!("growshop-1-{pod}"))).collect();
        all_connected(&pods.iter().collect::<Vec<_>>(), shards).await;
        let application = shop.world.application().await;
        assert_eq!(application["identifies"], shards);
        assert_eq!(
            shop.requests("GET", "/gateway/bot").await,
            pods.len(),
            "one question a pod serves all shards"
        );
        if pods.len() > 1 {
            pods.remove(0).stop().await;
            all_connected(&pods.iter().collect::<Vec<_>>(), shards).await;
            assert_eq!(
                shop.world.identifies().await,
                u64::try_from(shards).unwrap(),
                "resumed, not started anew"
            );
        }
        shop.assert_no_violations().await;
    }
}

#[tokio::test]
async fn sessions_start_one_after_the_other_and_are_counted_truly() {
    let shop = Shop::of(json!({"shards": 3, "identify_spacing": "5s"})).await;
    let pod = shop.start("growshop-1-a");
    all_connected(&[&pod], 3).await;
    shop.assert_no_violations().await;
    let left = shop.world.application().await["remaining"].clone();
    assert_eq!(pod.status().await.unwrap()["sessionStarts"]["remaining"], left);
    assert_eq!((left, shop.requests("GET", "/gateway/bot").await), (json!(997), 1));
}

#[tokio::test]
async fn another_number_of_shards_starts_anew() {
    let shop = Shop::of(json!({"max_concurrency": 2})).await;
    let old = shop.open().await;
    let path = format!("/applications/{}", shop.world.application);
    shop.world.discord.put(&path, json!({"shards": 2})).await;
    let new = shop.start("growshop-2-a");
    all_connected(&[&new], 2).await;
    old.stop().await;
    let application = shop.world.application().await;
    let live =
        application["sessions"].as_array().unwrap().iter().filter(|session| session["state"] == "connected");
    let mut shards: Vec<&Value> = live.map(|session| &session["shard"]).collect();
    shards.sort_by_key(|shard| shard[0].as_i64());
    assert_eq!(shards, [&json!([0, 2]), &json!([1, 2])]);
    assert_eq!(application["identifies"], 3);
    let customer = shop.customer("Grower", "").await;
    assert_shows(&customer.command("balance", json!({})).await, "0 WL");
}

#[tokio::test]
async fn a_surged_pod_takes_the_shard_over_without_losing_a_click() {
    let shop = Shop::new().await;
    let old = shop.open().await;
    let standby = shop.start("growshop-1-b");
    let customer = shop.customer("Grower", "").await;
    let taken_over = AtomicBool::new(false);
    let rollout = async {
        let new = shop.start("growshop-2-a").connected().await;
        for pod in [&old, &standby] {
            pod.until("it stands by", |status| status["gateway"]["state"] == "Standby").await;
        }
        taken_over.store(true, Ordering::Release);
        new
    };
    // One click after the other, while the shard changes hands.
    let clicking = async {
        let mut clicks = Vec::new();
        while !taken_over.load(Ordering::Acquire) {
            clicks.push(customer.command("balance", json!({})).await);
        }
        clicks
    };
    let (new, mut clicks) = tokio::join!(rollout, clicking);
    old.stop().await;
    standby.stop().await;
    clicks.push(customer.command("balance", json!({})).await);
    for click in &clicks {
        assert_shows(click, "0 WL");
        let path = format!("/interactions/{}/", click["id"].as_str().unwrap());
        assert_eq!(shop.callbacks(&path).await, 1, "{click}");
    }
    assert_eq!(shop.world.identifies().await, 1);
    assert_eq!(
        shop.sql("SELECT epoch FROM stockbot.shard_leases").await,
        "2",
        "straight from the old to the new"
    );
    let status = new.until("the display is published", |s| s["displays"][0]["state"] == "Published").await;
    assert_eq!(status["gateway"]["shards"], json!({"desired": 1, "connected": 1}));
    assert_eq!(shop.world.messages(&shop.world.channel).await.len(), 1);
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn what_a_dead_pod_had_answered_is_not_answered_again_after_the_resume() {
    let shop = Shop::new().await;
    let mut old = shop.open().await;
    let customer = shop.customer("Grower", "1 DL").await;
    let answered = customer.command("balance", json!({})).await;
    assert_shows(&answered, "1 DL");
    old.process.kill().unwrap();
    // It died before it had saved any progress.
    shop.database.execute("UPDATE stockbot.shard_leases SET sequence = 1").await;
    shop.expire_leases().await;
    let _new = shop.start("growshop-1-b").connected().await;
    // The gateway keeps the order: this one comes after everything that is sent again.
    assert_shows(&customer.command("balance", json!({})).await, "1 DL");
    assert_eq!((shop.world.identifies().await, shop.world.resumes().await), (1, 1));
    let path = format!("/interactions/{}", answered["id"].as_str().unwrap());
    let again = shop.world.discord.get(&path).await;
    assert_eq!(shop.callbacks(&format!("{path}/")).await, 1, "{again}");
    assert_eq!(again["response"], answered["response"]);
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_pod_that_is_cut_off_from_the_database_leaves_the_session_to_its_new_owner() {
    let shop = Shop::new().await;
    let port = Postgres::shared().await.port();
    let proxy = Proxy::start(port).await.unwrap();
    let through = shop.database.url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port()));
    shop.write_secret("database-url", &through);
    let cut_off = shop.open().await;
    shop.write_secret("database-url", &shop.database.url);
    let other = shop.start("growshop-1-b");
    other.until("it stands by", |status| status["gateway"]["state"] == "Standby").await;

    proxy.refuse(true);
    let other = other.connected().await;
    // Discord has closed the old connection. Its owner of before would have come back long ago, had it not to renew first.
    let waits = |log: &str| log.contains("could not be renewed; the gateway is connected again when it was");
    eventually(DEADLINE, "the pod waits", || async {
        let log = cut_off.process.output();
        if waits(&log) { Ok(()) } else { Err(log) }
    })
    .await;
    let customer = shop.world.member("Visitor", json!({})).await;
    for _ in 0..3 {
        let answer = customer.command("help", json!({})).await;
        assert!(!text_of(&answer["response"]).is_empty(), "{answer}");
    }
    assert_eq!(shop.world.resumes().await, 1);

    proxy.refuse(false);
    cut_off.until("it stands by", |status| status["gateway"]["state"] == "Standby").await;
    assert_eq!((shop.world.identifies().await, shop.world.resumes().await), (1, 1));
    assert_eq!(other.status().await.unwrap()["gateway"]["state"], "Connected");
}

#[tokio::test]
async fn a_gateway_that_asks_for_a_new_connection_or_session_gets_it() {
    let shop = Shop::new().await;
    let bot = shop.open().await;
    let customer = shop.customer("Grower", "").await;
    for (fault, body) in [("reconnect", json!({})), ("invalidate", json!({"resumable": true}))] {
        shop.world.gateway(fault, body).await;
        assert_shows(&customer.command("balance", json!({})).await, "0 WL");
    }
    assert_eq!((shop.world.identifies().await, shop.world.resumes().await), (1, 2));
    // Without a session nothing reaches the bot until it has another.
    shop.world.gateway("invalidate", json!({})).await;
    bot.until("a new session", |status| status["sessionStarts"]["remaining"] == 998).await;
    let bot = bot.connected().await;
    assert_shows(&customer.command("balance", json!({})).await, "0 WL");
    assert_eq!(shop.world.identifies().await, 2);
    bot.stop().await;
}

#[tokio::test]
async fn an_api_that_is_too_new_for_the_image_ends_the_bot_and_says_so() {
    let shop = Shop::new().await;
    let mut bot = shop.open().await;
    shop.world.gateway("close", json!({"code": 4012})).await;
    let status = bot.process.wait_exit(DEADLINE).await.unwrap();
    assert_eq!(status.code(), Some(66), "{}", bot.process.output());
    let log = bot.process.output();
    assert!(log.contains("use a newer bot image") && !log.contains("intents"), "{log}");
}
