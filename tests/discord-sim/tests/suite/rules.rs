//! The rules of the gateway and of its close codes that no other file is about, each by its sentence.

use discord_sim::Options;
use serde_json::{Value, json};

use crate::lab::{Lab, World};
use crate::socket::{GUILDS, Socket};

async fn lab_and_world() -> (Lab, World) {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    (lab, world)
}

async fn ready(lab: &Lab, world: &World) -> (Socket, Value) {
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, GUILDS).await;
    socket.event("GUILD_CREATE").await;
    (socket, ready["d"].clone())
}

/// What comes after Resume: RESUMED, or op 9 with its `d`.
async fn resume(lab: &Lab, world: &World, session: &Value) -> Value {
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, session, 2).await;
    let first = socket.next().await.unwrap();
    if first["op"] == 9 { first["d"].clone() } else { first["t"].clone() }
}

async fn application(lab: &Lab, world: &World) -> Value {
    lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await
}

#[tokio::test]
async fn hello_comes_first_and_a_heartbeat_may_come_before_identify() {
    let lab = Lab::new().await;
    let mut socket = Socket::dial(&format!("{}/?v=10&encoding=json", lab.gateway())).await;
    let hello = socket.next().await.unwrap();
    assert_eq!((&hello["op"], &hello["d"]["heartbeat_interval"]), (&json!(10), &json!(41_250)));
    socket.send(&json!({ "op": 1, "d": null })).await;
    assert_eq!(socket.next().await.unwrap()["op"], 11);
}

#[tokio::test]
async fn ready_gives_session_id_and_resume_gateway_url() {
    let (lab, world) = lab_and_world().await;
    let (_socket, ready) = ready(&lab, &world).await;
    assert_eq!(ready["session_id"].as_str().unwrap().len(), 32);
    assert!(ready["resume_gateway_url"].as_str().unwrap().starts_with("ws://"));
    assert_eq!(ready["user"]["id"], world.application);
    assert_eq!(ready["shard"], json!([0, 1]));
}

#[tokio::test]
async fn a_session_lives_180_seconds_without_its_connection() {
    assert_eq!(Options::default().session_life.as_secs(), 180);
}

#[tokio::test]
async fn a_session_is_handed_over_by_closing_with_4000() {
    let (lab, world) = lab_and_world().await;
    let (old, ready) = ready(&lab, &world).await;
    old.close(4000).await;
    let mut new = Socket::open(ready["resume_gateway_url"].as_str().unwrap()).await;
    new.say_resume(&world.token, &ready["session_id"], 2).await;
    assert_eq!(new.next().await.unwrap()["t"], "RESUMED");
    let known = application(&lab, &world).await;
    assert_eq!((&known["identifies"], &known["resumes"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn the_identify_budget_is_1000_in_24_hours_over_all_shards_and_resume_is_free() {
    let lab = Lab::new().await;
    let world = lab.world(json!({ "max_concurrency": 2 })).await;
    let limit = async || {
        lab.rest(&world.token, "GET", "/gateway/bot", Value::Null).await.1["session_start_limit"].clone()
    };
    assert_eq!((&limit().await["total"], &limit().await["remaining"]), (&json!(1000), &json!(1000)));
    let mut sessions = Vec::new();
    for shard in 0..2 {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_identify(&world.token, 0, json!([shard, 2])).await;
        sessions.push(socket.event("READY").await["d"]["session_id"].clone());
        socket.close(4000).await;
    }
    assert_eq!(limit().await["remaining"], 998);
    for session in &sessions {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_resume(&world.token, session, 1).await;
        socket.event("RESUMED").await;
    }
    assert_eq!(limit().await["remaining"], 998);
    assert!(limit().await["reset_after"].as_u64().unwrap() <= 86_400_000);
}

#[tokio::test]
async fn gateway_bot_tells_url_shards_and_session_start_limit() {
    let lab = Lab::new().await;
    let world = lab.world(json!({ "shards": 3, "max_concurrency": 16 })).await;
    let (_, bot) = lab.rest(&world.token, "GET", "/gateway/bot", Value::Null).await;
    assert_eq!((&bot["shards"], &bot["session_start_limit"]["max_concurrency"]), (&json!(3), &json!(16)));
    let mut socket = Socket::open(bot["url"].as_str().unwrap()).await;
    socket.say_identify(&world.token, 0, json!([2, 3])).await;
    socket.event("READY").await;
}

#[tokio::test]
async fn after_no_close_code_4000_4001_4002_4005_or_4008_the_session_can_be_resumed() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/gateway/{}/close", world.application);
    for code in [4000, 4001, 4002, 4005, 4008] {
        let (mut socket, ready) = ready(&lab, &world).await;
        lab.sim("POST", &path, json!({ "code": code })).await;
        assert_eq!(socket.closed().await, code);
        assert_eq!(resume(&lab, &world, &ready["session_id"]).await, "RESUMED", "{code}");
    }
    let (socket, ready) = ready(&lab, &world).await;
    drop(socket);
    assert_eq!(resume(&lab, &world, &ready["session_id"]).await, "RESUMED", "no close code: 1006");
}

/// Closes with each of these codes and sees that there is nothing to resume.
async fn the_session_is_gone_after(codes: &[u16]) {
    let (lab, world) = lab_and_world().await;
    let path = format!("/gateway/{}/close", world.application);
    for code in codes {
        let (mut socket, ready) = ready(&lab, &world).await;
        lab.sim("POST", &path, json!({ "code": code })).await;
        assert_eq!(socket.closed().await, *code);
        assert_eq!(resume(&lab, &world, &ready["session_id"]).await, false, "{code}");
    }
}

#[tokio::test]
async fn after_4003_4007_or_4009_the_session_is_gone_and_one_must_identify() {
    the_session_is_gone_after(&[4003, 4007, 4009]).await;
}

#[tokio::test]
async fn a_gateway_that_goes_away_with_1001_keeps_the_session() {
    let (lab, world) = lab_and_world().await;
    let (mut socket, ready) = ready(&lab, &world).await;
    lab.sim("POST", &format!("/gateway/{}/close", world.application), json!({ "code": 1001 })).await;
    assert_eq!(socket.closed().await, 1001);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &ready["session_id"], 2).await;
    socket.event("RESUMED").await;
}

#[tokio::test]
async fn an_identify_that_came_too_early_costs_nothing() {
    let lab = Lab::new().await;
    let world = lab.world(json!({ "total": 10, "identify_spacing": "1h" })).await;
    let _first = ready(&lab, &world).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_identify(&world.token, GUILDS, json!([0, 1])).await;
    assert_eq!(socket.op(9).await["d"], false);
    assert_eq!(application(&lab, &world).await["remaining"], 9);
}

#[tokio::test]
async fn after_the_fatal_4004_4010_4011_4012_4013_or_4014_the_session_is_gone() {
    the_session_is_gone_after(&[4004, 4010, 4011, 4012, 4013, 4014]).await;
}

#[tokio::test]
async fn a_dead_token_gets_4004_at_the_gateway_and_401_from_users_me_and_gateway_bot() {
    let (lab, world) = lab_and_world().await;
    lab.sim("PUT", &format!("/applications/{}", world.application), json!({ "token": "another" })).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_identify(&world.token, GUILDS, json!([0, 1])).await;
    assert_eq!(socket.closed().await, 4004);
    for path in ["/users/@me", "/gateway/bot"] {
        assert_eq!(lab.rest(&world.token, "GET", path, Value::Null).await.0, 401, "{path}");
        assert_eq!(lab.rest("another", "GET", path, Value::Null).await.0, 200, "{path}");
    }
    let known = application(&lab, &world).await;
    assert_eq!(known["identifies"], 0, "a refused token costs no identify");
}

#[tokio::test]
async fn presence_and_voice_state_updates_are_taken_in_silence() {
    let (lab, world) = lab_and_world().await;
    let (mut socket, _) = ready(&lab, &world).await;
    socket
        .send(&json!({ "op": 3, "d": { "since": null, "activities": [], "status": "idle", "afk": false } }))
        .await;
    socket.send(&json!({ "op": 4, "d": { "guild_id": world.guild, "channel_id": null } })).await;
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn op_codes_that_only_the_gateway_may_say_close_with_4001() {
    let (lab, world) = lab_and_world().await;
    for op in [0, 5, 7, 9, 10, 11] {
        let (mut socket, _) = ready(&lab, &world).await;
        socket.send(&json!({ "op": op, "d": null })).await;
        assert_eq!(socket.closed().await, 4001, "op {op}");
    }
}

#[tokio::test]
async fn a_client_whose_heartbeat_is_late_is_asked_for_one_by_op_1() {
    let interval = std::time::Duration::from_millis(200);
    let lab = Lab::with(Options { heartbeat_interval: interval, ..Options::default() }).await;
    let world = lab.world(json!({})).await;
    let (mut socket, _) = ready(&lab, &world).await;
    assert_eq!(socket.op(1).await["d"], Value::Null);
    socket.send(&json!({ "op": 1, "d": 2 })).await;
    socket.op(11).await;
    socket.op(1).await;
    assert_eq!(socket.closed().await, 4000, "who does not follow is a zombie");
}
