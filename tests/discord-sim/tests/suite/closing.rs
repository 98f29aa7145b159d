//! Every way in which the gateway ends a connection or a session.

use std::time::Duration;

use discord_sim::{Options, WorldFile};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::lab::{Lab, World};
use crate::socket::{GUILDS, MESSAGE_CONTENT, Socket};

async fn lab_and_world(extra: Value) -> (Lab, World) {
    let lab = Lab::new().await;
    let world = lab.world(extra).await;
    (lab, world)
}

async fn ready(lab: &Lab, world: &World) -> (Socket, Value) {
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, GUILDS).await;
    (socket, ready["d"]["session_id"].clone())
}

/// The close code after Identify with these.
async fn identify_closes(lab: &Lab, token: &str, intents: u64, shard: Value) -> u16 {
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_identify(token, intents, shard).await;
    socket.closed().await
}

async fn rules(lab: &Lab) -> Vec<String> {
    let list = lab.sim("GET", "/violations", Value::Null).await;
    list.as_array().unwrap().iter().map(|entry| entry["rule"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_unknown_op_code_closes_with_4001() {
    let (lab, world) = lab_and_world(json!({})).await;
    let (mut socket, session) = ready(&lab, &world).await;
    socket.send(&json!({ "op": 77, "d": null })).await;
    assert_eq!(socket.closed().await, 4001);
    assert_eq!(rules(&lab).await, ["gateway.unknown_opcode"]);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 2).await;
    socket.event("RESUMED").await;
}

#[tokio::test]
async fn what_cannot_be_decoded_closes_with_4002() {
    let (lab, world) = lab_and_world(json!({})).await;
    for bad in ["not json", "[]", "{\"op\":\"2\"}", "{}", "{\"op\":2,\"d\":{}}", "{\"op\":1,\"d\":\"x\"}"] {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.send_text(bad.to_owned()).await;
        assert_eq!(socket.closed().await, 4002, "{bad}");
    }
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.send_message(Message::binary(vec![0xFF, 0xFE, 0x00])).await;
    assert_eq!(socket.closed().await, 4002);
    drop(world);
}

#[tokio::test]
async fn a_payload_of_more_than_4096_bytes_closes_with_4002() {
    let (lab, world) = lab_and_world(json!({})).await;
    let frame = |length: usize| {
        let start = r#"{"op":1,"d":null,"x":""#;
        format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
    };
    let (mut socket, _) = ready(&lab, &world).await;
    socket.send_text(frame(4096)).await;
    socket.op(11).await;
    socket.send_text(frame(4097)).await;
    assert_eq!(socket.closed().await, 4002);
    let (mut socket, _) = ready(&lab, &world).await;
    socket.send_text("x".repeat(200_000)).await;
    assert_eq!(socket.closed().await, 4002, "also beyond what is read at all");
}

#[tokio::test]
async fn payloads_before_identify_close_with_4003() {
    let (lab, _) = lab_and_world(json!({})).await;
    for op in [3, 4, 8] {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.send(&json!({ "op": op, "d": {} })).await;
        assert_eq!(socket.closed().await, 4003, "op {op}");
    }
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.send(&json!({ "op": 1, "d": null })).await;
    socket.op(11).await;
}

#[tokio::test]
async fn a_wrong_token_closes_with_4004() {
    let (lab, world) = lab_and_world(json!({})).await;
    assert_eq!(identify_closes(&lab, "wrong", GUILDS, json!([0, 1])).await, 4004);
    let (_, session) = ready(&lab, &world).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume("wrong", &session, 1).await;
    assert_eq!(socket.closed().await, 4004);
}

#[tokio::test]
async fn identifying_twice_closes_with_4005() {
    let (lab, world) = lab_and_world(json!({})).await;
    let (mut socket, session) = ready(&lab, &world).await;
    socket.say_identify(&world.token, GUILDS, json!([0, 1])).await;
    assert_eq!(socket.closed().await, 4005);
    let (mut socket, _) = ready(&lab, &world).await;
    socket.say_resume(&world.token, &session, 1).await;
    assert_eq!(socket.closed().await, 4005);
}

#[tokio::test]
async fn a_sequence_number_from_the_future_closes_with_4007() {
    let (lab, world) = lab_and_world(json!({})).await;
    let (socket, session) = ready(&lab, &world).await;
    socket.close(4000).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 999).await;
    assert_eq!(socket.closed().await, 4007);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 1).await;
    assert_eq!(socket.op(9).await["d"], false, "the session is gone");
}

#[tokio::test]
async fn more_than_120_events_in_a_minute_close_with_4008() {
    let (lab, world) = lab_and_world(json!({})).await;
    let (mut socket, _) = ready(&lab, &world).await;
    // Identify was the first event.
    for _ in 0..119 {
        socket.send(&json!({ "op": 1, "d": null })).await;
        socket.op(11).await;
    }
    socket.send(&json!({ "op": 1, "d": null })).await;
    assert_eq!(socket.closed().await, 4008);
}

#[tokio::test]
async fn an_impossible_shard_closes_with_4010() {
    let (lab, world) = lab_and_world(json!({})).await;
    for shard in [json!([1, 1]), json!([0, 0]), json!([5]), json!([-1, 2]), json!(["0", "1"])] {
        assert_eq!(identify_closes(&lab, &world.token, GUILDS, shard.clone()).await, 4010, "{shard}");
    }
}

#[tokio::test]
async fn too_few_shards_close_with_4011() {
    let (lab, world) = lab_and_world(json!({ "shards": 2 })).await;
    let bot = lab.rest(&world.token, "GET", "/gateway/bot", Value::Null).await.1;
    assert_eq!(bot["shards"], 2);
    assert_eq!(identify_closes(&lab, &world.token, GUILDS, json!([0, 1])).await, 4011);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_identify(&world.token, GUILDS, json!([0, 2])).await;
    socket.event("READY").await;
}

#[tokio::test]
async fn a_shard_carries_2500_guilds() {
    use std::fmt::Write;
    let mut yaml = "applications: [{name: Big, token: big, identify_spacing: 0s}]\nguilds:\n".to_owned();
    for number in 0..2501 {
        writeln!(yaml, "  - {{name: G{number}, applications: [Big]}}").unwrap();
    }
    let world: WorldFile = serde_yaml::from_str(&yaml).unwrap();
    let lab = Lab::with(Options { world: Some(world), ..Options::default() }).await;
    assert_eq!(identify_closes(&lab, "big", GUILDS, json!([0, 1])).await, 4011);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_identify("big", 0, json!([0, 100])).await;
    socket.event("READY").await;
}

#[tokio::test]
async fn an_api_version_that_is_not_10_closes_with_4012() {
    let (lab, _) = lab_and_world(json!({})).await;
    for query in ["?v=6&encoding=json", "?encoding=json"] {
        let mut socket = Socket::dial(&format!("{}/{query}", lab.gateway())).await;
        assert_eq!(socket.closed().await, 4012, "{query}");
    }
}

#[tokio::test]
async fn unknown_intents_close_with_4013() {
    let (lab, world) = lab_and_world(json!({})).await;
    assert_eq!(identify_closes(&lab, &world.token, 1 << 30, json!([0, 1])).await, 4013);
}

#[tokio::test]
async fn privileged_intents_that_are_not_switched_on_close_with_4014() {
    let (lab, world) = lab_and_world(json!({})).await;
    assert_eq!(identify_closes(&lab, &world.token, GUILDS | MESSAGE_CONTENT, json!([0, 1])).await, 4014);
    let path = format!("/applications/{}", world.application);
    lab.sim("PUT", &path, json!({ "privileged_intents": ["MESSAGE_CONTENT"] })).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.identify(&world.token, GUILDS | MESSAGE_CONTENT).await;
}

#[tokio::test]
async fn a_client_without_heartbeats_is_a_zombie_and_closed() {
    let options = Options { heartbeat_interval: Duration::from_millis(100), ..Options::default() };
    let lab = Lab::with(options).await;
    let world = lab.world(json!({})).await;
    let (mut socket, session) = ready(&lab, &world).await;
    // The first heartbeat starts the clock; then silence.
    socket.send(&json!({ "op": 1, "d": 1 })).await;
    assert_eq!(socket.closed().await, 4000);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 1).await;
    socket.event("RESUMED").await;
}

#[tokio::test]
async fn op_7_asks_for_a_reconnect_and_keeps_the_session() {
    let (lab, world) = lab_and_world(json!({})).await;
    let (mut socket, session) = ready(&lab, &world).await;
    lab.sim("POST", &format!("/gateway/{}/reconnect", world.application), json!({})).await;
    socket.op(7).await;
    socket.close(4000).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 2).await;
    socket.event("RESUMED").await;
}

#[tokio::test]
async fn op_9_says_whether_the_session_can_be_resumed() {
    let (lab, world) = lab_and_world(json!({})).await;
    let path = format!("/gateway/{}/invalidate", world.application);
    for resumable in [true, false] {
        let (mut socket, session) = ready(&lab, &world).await;
        lab.sim("POST", &path, json!({ "resumable": resumable })).await;
        assert_eq!(socket.op(9).await["d"], resumable);
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_resume(&world.token, &session, 2).await;
        if resumable {
            socket.event("RESUMED").await;
        } else {
            assert_eq!(socket.op(9).await["d"], false);
        }
    }
}

#[tokio::test]
async fn every_close_code_can_be_sent() {
    let (lab, world) = lab_and_world(json!({})).await;
    let path = format!("/gateway/{}/close", world.application);
    for code in
        [1000, 1001, 4000, 4001, 4002, 4003, 4004, 4005, 4007, 4008, 4009, 4010, 4011, 4012, 4013, 4014]
    {
        let (mut socket, _) = ready(&lab, &world).await;
        let told = lab.sim("POST", &path, json!({ "shard": 0, "code": code })).await;
        assert_eq!(told["connections"], 1, "{code}");
        assert_eq!(socket.closed().await, code);
    }
    let (status, _) = lab.try_sim("POST", &path, json!({ "code": 1006 })).await;
    assert_eq!(status, 400, "1006 is never sent");
}

#[tokio::test]
async fn one_identify_per_five_seconds_and_concurrency_key() {
    let (lab, world) = lab_and_world(json!({ "identify_spacing": "5s", "max_concurrency": 2 })).await;
    for (shard, granted) in [(0, true), (1, true), (2, false)] {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_identify(&world.token, 0, json!([shard, 4])).await;
        let first = socket.next().await.unwrap();
        assert_eq!(first["op"], if granted { 0 } else { 9 }, "shard {shard}");
    }
    assert_eq!(rules(&lab).await, ["gateway.identify_concurrency"]);
}

#[tokio::test]
async fn past_the_identify_budget_sessions_end_and_the_token_is_reset() {
    let (lab, world) = lab_and_world(json!({ "total": 2 })).await;
    let (mut first, _) = ready(&lab, &world).await;
    let bot = lab.rest(&world.token, "GET", "/gateway/bot", Value::Null).await.1;
    let limit = &bot["session_start_limit"];
    assert_eq!(
        (&limit["total"], &limit["remaining"], &limit["max_concurrency"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert!(limit["reset_after"].as_u64().unwrap() > 86_000_000);
    let (mut second, _) = ready(&lab, &world).await;
    assert_eq!(identify_closes(&lab, &world.token, GUILDS, json!([0, 1])).await, 4004);
    assert_eq!((first.closed().await, second.closed().await), (4004, 4004));
    assert_eq!(lab.rest(&world.token, "GET", "/users/@me", Value::Null).await.0, 401);
    let application = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    assert_eq!((&application["token_resets"], &application["remaining"]), (&json!(1), &json!(2)));
    let token = application["token"].as_str().unwrap();
    assert_eq!(lab.rest(token, "GET", "/users/@me", Value::Null).await.0, 200);
}
