use std::time::Duration;

use serde_json::json;
use sqlx::Connection as _;
use stockbot_store::{CommandLog, CommandOutcome, Severity, logs};

use crate::shop::{BOT, Shop, admin};

async fn append(shop: &Shop, target: &str) {
    logs::audit_log(&shop.store, shop.id, Severity::Critical, "test", &admin(), target, &json!({}))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_command_is_logged_once_per_interaction() {
    let shop = Shop::open().await;
    let log = CommandLog {
        shop: shop.id,
        bot: BOT.into(),
        interaction_id: Some(7),
        user_id: 1,
        user_name: "user".into(),
        channel_id: None,
        guild_id: Some(2),
        command: "stock add".into(),
        arguments: json!({ "code": "A" }),
        outcome: CommandOutcome::Refused,
        duration: Duration::from_millis(1234),
        error: Some("why".into()),
    };
    logs::log_command(&shop.store, &log).await.unwrap();
    logs::log_command(&shop.store, &log).await.unwrap();
    logs::log_command(&shop.store, &CommandLog { interaction_id: None, ..log.clone() }).await.unwrap();
    let row = "SELECT count(*) || ' ' || max(outcome) || ' ' || max(duration_ms) FROM stockbot.discord_command_logs";
    assert_eq!(shop.database.text(row).await, "2 refused 1234");
    assert_eq!(logs::prune_command_log(&shop.store, shop.id, Duration::from_hours(1)).await.unwrap(), 0);
    assert_eq!(logs::prune_command_log(&shop.store, shop.id, Duration::ZERO).await.unwrap(), 2);
}

#[tokio::test]
async fn the_audit_trail_is_append_only_even_for_its_owner() {
    let shop = Shop::open().await;
    append(&shop, "a").await;
    let mut owner = sqlx::PgConnection::connect(&shop.database.url).await.unwrap();
    for sql in [
        "UPDATE stockbot.discord_audit_logs SET target = 'b'",
        "DELETE FROM stockbot.discord_audit_logs",
        "TRUNCATE stockbot.discord_audit_logs",
    ] {
        let error = sqlx::query(sql).execute(&mut owner).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
    assert_eq!(shop.database.text("SELECT target FROM stockbot.discord_audit_logs").await, "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_many_at_once_are_numbered_without_a_gap() {
    let shop = Shop::open().await;
    let writers = (0..10).map(|n| {
        let (store, id) = (shop.store.clone(), shop.id);
        tokio::spawn(async move {
            for _ in 0..5 {
                let target = n.to_string();
                logs::audit_log(&store, id, Severity::Info, "x", &admin(), &target, &json!({}))
                    .await
                    .unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let numbers =
        "SELECT count(*) || ' ' || min(number) || ' ' || max(number) FROM stockbot.discord_audit_logs";
    assert_eq!(shop.database.text(numbers).await, "50 1 50");
    shop.prove().await;
}

#[tokio::test]
async fn retention_removes_the_old_beginning_and_numbers_go_on() {
    let shop = Shop::open().await;
    for target in ["a", "b", "c"] {
        append(&shop, target).await;
    }
    assert_eq!(logs::prune_audit_log(&shop.store, shop.id, Duration::from_hours(1)).await.unwrap(), 0);
    assert_eq!(logs::prune_audit_log(&shop.store, shop.id, Duration::ZERO).await.unwrap(), 2);
    append(&shop, "d").await;
    let left = "SELECT string_agg(number || target, ' ' ORDER BY number) FROM stockbot.discord_audit_logs";
    assert_eq!(shop.database.text(left).await, "3c 4d");
    shop.prove().await;
}
