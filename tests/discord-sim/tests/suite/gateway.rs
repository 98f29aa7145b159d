//! Sessions: starting, resuming, losing and sharing them, and what is sent through them.

use std::time::Duration;

use discord_sim::Options;
use serde_json::{Value, json};

use crate::lab::{Lab, World};
use crate::socket::{DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT, Socket};

const PLAIN: u64 = GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES;

async fn lab_and_world() -> (Lab, World) {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    (lab, world)
}

async fn connect(lab: &Lab, world: &World) -> (Socket, Value) {
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, PLAIN).await;
    socket.event("GUILD_CREATE").await;
    (socket, ready["d"]["session_id"].clone())
}

async fn post(lab: &Lab, world: &World, content: &str) -> Value {
    let path = format!("/channels/{}/messages", world.channel);
    let (status, message) = lab.rest(&world.token, "POST", &path, json!({ "content": content })).await;
    assert_eq!(status, 200, "{message}");
    message
}

async fn application(lab: &Lab, world: &World) -> Value {
    lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await
}

#[tokio::test]
async fn every_dispatch_carries_a_sequence_number_and_heartbeats_are_answered() {
    let (lab, world) = lab_and_world().await;
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, PLAIN).await;
    assert_eq!((&ready["s"], &ready["d"]["v"]), (&json!(1), &json!(10)));
    assert_eq!(ready["d"]["guilds"][0], json!({ "id": world.guild, "unavailable": true }));
    assert_eq!(socket.event("GUILD_CREATE").await["s"], 2);
    socket.send(&json!({ "op": 1, "d": 2 })).await;
    socket.op(11).await;
}

#[tokio::test]
async fn resume_replays_what_was_missed_in_order_and_then_says_resumed() {
    let (lab, world) = lab_and_world().await;
    let (socket, session) = connect(&lab, &world).await;
    socket.close(4000).await;
    post(&lab, &world, "one").await;
    post(&lab, &world, "two").await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 2).await;
    for (seq, content) in [(3, "one"), (4, "two")] {
        let event = socket.op(0).await;
        assert_eq!((&event["s"], &event["d"]["content"]), (&json!(seq), &json!(content)));
    }
    assert_eq!(socket.op(0).await["t"], "RESUMED");
    assert_eq!(application(&lab, &world).await["identifies"], 1, "a resume costs no identify");
}

#[tokio::test]
async fn what_was_received_can_be_replayed_again_without_an_earlier_resumed() {
    let (lab, world) = lab_and_world().await;
    let (socket, session) = connect(&lab, &world).await;
    socket.close(4000).await;
    for _ in 0..2 {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_resume(&world.token, &session, 0).await;
        assert_eq!(socket.op(0).await["t"], "READY");
        assert_eq!(socket.op(0).await["t"], "GUILD_CREATE");
        assert_eq!(socket.op(0).await["t"], "RESUMED");
        socket.close(4000).await;
    }
}

#[tokio::test]
async fn the_resume_url_is_distinct_from_the_main_one_and_works() {
    let (lab, world) = lab_and_world().await;
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, PLAIN).await;
    let url = ready["d"]["resume_gateway_url"].as_str().unwrap().to_owned();
    assert!(!url.contains("/gateway"), "{url}");
    socket.close(4000).await;
    let mut socket = Socket::open(&url).await;
    socket.say_resume(&world.token, &ready["d"]["session_id"], 2).await;
    socket.event("RESUMED").await;
}

#[tokio::test]
async fn closing_with_1000_or_1001_destroys_the_session() {
    let (lab, world) = lab_and_world().await;
    for code in [1000, 1001] {
        let (socket, session) = connect(&lab, &world).await;
        socket.close(code).await;
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_resume(&world.token, &session, 2).await;
        assert_eq!(socket.op(9).await["d"], false, "{code}");
    }
}

#[tokio::test]
async fn any_other_close_keeps_the_session_until_it_expires() {
    let options = Options { session_life: Duration::from_millis(300), ..Options::default() };
    let lab = Lab::with(options).await;
    let world = lab.world(json!({})).await;
    let (socket, session) = connect(&lab, &world).await;
    drop(socket);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 2).await;
    socket.event("RESUMED").await;
    socket.close(4000).await;
    lab.until("the session is forgotten", async || application(&lab, &world).await["sessions"] == json!([]))
        .await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 2).await;
    assert_eq!(socket.op(9).await["d"], false);
    let ready = socket.identify(&world.token, PLAIN).await;
    assert_ne!(ready["d"]["session_id"], session, "after op 9 one may identify on the same connection");
}

#[tokio::test]
async fn a_session_can_be_made_to_expire() {
    let (lab, world) = lab_and_world().await;
    let (mut socket, session) = connect(&lab, &world).await;
    lab.sim("POST", &format!("/sessions/{}/expire", session.as_str().unwrap()), Value::Null).await;
    assert_eq!(socket.closed().await, 4009);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 2).await;
    assert_eq!(socket.op(9).await["d"], false);
}

#[tokio::test]
async fn a_resume_takes_the_session_from_the_connection_that_held_it() {
    let (lab, world) = lab_and_world().await;
    let (mut first, session) = connect(&lab, &world).await;
    let mut second = Socket::open(&lab.gateway()).await;
    second.say_resume(&world.token, &session, 2).await;
    second.event("RESUMED").await;
    assert_eq!(first.closed().await, 4000);
    post(&lab, &world, "for the second").await;
    assert_eq!(second.event("MESSAGE_CREATE").await["d"]["content"], "for the second");
}

#[tokio::test]
async fn overlapping_sessions_of_one_shard_both_get_events() {
    let (lab, world) = lab_and_world().await;
    let (mut first, _) = connect(&lab, &world).await;
    let (mut second, _) = connect(&lab, &world).await;
    post(&lab, &world, "both").await;
    for socket in [&mut first, &mut second] {
        assert_eq!(socket.event("MESSAGE_CREATE").await["d"]["content"], "both");
    }
}

#[tokio::test]
async fn the_gateway_compresses_as_asked() {
    let (lab, world) = lab_and_world().await;
    for compress in ["&compress=zlib-stream", "&compress=zstd-stream"] {
        let mut socket = Socket::open_with(&lab.gateway(), compress).await;
        socket.identify(&world.token, PLAIN).await;
        assert!(socket.compressed, "{compress}");
        socket.event("GUILD_CREATE").await;
        post(&lab, &world, compress).await;
        assert_eq!(socket.event("MESSAGE_CREATE").await["d"]["content"], compress);
    }
    let mut socket = Socket::open(&lab.gateway()).await;
    let d = json!({ "token": world.token, "intents": PLAIN, "properties": {}, "compress": true });
    socket.send(&json!({ "op": 2, "d": d })).await;
    socket.event("GUILD_CREATE").await;
    assert!(socket.compressed, "large payloads are compressed by themselves");
}

#[tokio::test]
async fn a_guild_belongs_to_the_shard_of_its_id_and_direct_messages_to_shard_0() {
    let lab = Lab::new().await;
    let world = lab.world(json!({ "max_concurrency": 2 })).await;
    let home = (world.guild.parse::<u64>().unwrap() >> 22) % 2;
    let mut shards = Vec::new();
    for id in 0..2 {
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.say_identify(&world.token, PLAIN, json!([id, 2])).await;
        let ready = socket.event("READY").await;
        let guilds = ready["d"]["guilds"].as_array().unwrap().len();
        assert_eq!(guilds, usize::from(id == home), "shard {id}");
        if id == home {
            socket.event("GUILD_CREATE").await;
        }
        shards.push(socket);
    }
    let body = json!({ "recipient_id": world.user });
    let (_, channel) = lab.rest(&world.token, "POST", "/users/@me/channels", body).await;
    let path = format!("/channels/{}/messages", channel["id"].as_str().unwrap());
    lab.rest(&world.token, "POST", &path, json!({ "content": "direct" })).await;
    assert_eq!(shards[0].event("MESSAGE_CREATE").await["d"]["content"], "direct");
    assert!(shards[1].is_quiet().await);
    post(&lab, &world, "guild").await;
    let home = usize::try_from(home).unwrap();
    assert_eq!(shards[home].event("MESSAGE_CREATE").await["d"]["content"], "guild");
    assert!(shards[1 - home].is_quiet().await);
}

#[tokio::test]
async fn events_need_their_intent_but_interactions_need_none() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    lab.rest(&world.token, "POST", &path, json!({ "name": "go", "description": "Goes" })).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.identify(&world.token, 0).await;
    post(&lab, &world, "unseen").await;
    let call = json!({ "channel_id": world.channel, "name": "go" });
    lab.sim("POST", &format!("/users/{}/command", world.user), call).await;
    assert_eq!(socket.op(0).await["t"], "INTERACTION_CREATE");
}

#[tokio::test]
async fn the_content_of_other_peoples_messages_needs_its_intent() {
    let lab = Lab::new().await;
    let world = lab.world(json!({ "privileged_intents": ["MESSAGE_CONTENT"] })).await;
    let (mut blind, _) = connect(&lab, &world).await;
    let mut reader = Socket::open(&lab.gateway()).await;
    reader.identify(&world.token, PLAIN | MESSAGE_CONTENT).await;
    let path = format!("/users/{}/message", world.user);
    let say = |content: String| json!({ "channel_id": world.channel, "content": content });
    lab.sim("POST", &path, say("plain".into())).await;
    assert_eq!(blind.event("MESSAGE_CREATE").await["d"]["content"], "");
    assert_eq!(reader.event("MESSAGE_CREATE").await["d"]["content"], "plain");
    let mention = format!("<@{}> hello", world.application);
    lab.sim("POST", &path, say(mention.clone())).await;
    assert_eq!(blind.event("MESSAGE_CREATE").await["d"]["content"], mention);
}

#[tokio::test]
async fn a_paused_gateway_sends_nothing_until_the_pause_is_over() {
    let (lab, world) = lab_and_world().await;
    let (mut socket, _) = connect(&lab, &world).await;
    lab.sim("POST", &format!("/gateway/{}/pause", world.application), json!({ "for": "300ms" })).await;
    let start = std::time::Instant::now();
    post(&lab, &world, "later").await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["d"]["content"], "later");
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
}

#[tokio::test]
async fn connections_can_be_refused_everywhere_or_at_the_resume_address_only() {
    let (lab, world) = lab_and_world().await;
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, PLAIN).await;
    let resume = ready["d"]["resume_gateway_url"].as_str().unwrap().to_owned();
    let main = lab.rest(&world.token, "GET", "/gateway/bot", Value::Null).await.1["url"].clone();
    let main = main.as_str().unwrap().to_owned();
    let dial = async |url: &str| tokio_tungstenite::connect_async(format!("{url}/?v=10&encoding=json")).await;
    let path = format!("/gateway/{}/refuse", world.application);
    lab.sim("POST", &path, json!({ "for": "1h", "resume_only": true })).await;
    assert!(dial(&resume).await.is_err() && dial(&main).await.is_ok());
    lab.sim("POST", &path, json!({ "for": "1h" })).await;
    assert!(dial(&resume).await.is_err() && dial(&main).await.is_err());
    lab.sim("POST", &path, json!({ "for": "0s" })).await;
    assert!(dial(&resume).await.is_ok() && dial(&main).await.is_ok());
}

#[tokio::test]
async fn members_can_be_asked_for() {
    let (lab, world) = lab_and_world().await;
    let (mut socket, _) = connect(&lab, &world).await;
    let d = json!({ "guild_id": world.guild, "user_ids": [world.user], "limit": 0, "nonce": "n" });
    socket.send(&json!({ "op": 8, "d": d })).await;
    let chunk = socket.event("GUILD_MEMBERS_CHUNK").await["d"].clone();
    assert_eq!((&chunk["members"][0]["user"]["id"], &chunk["nonce"]), (&json!(world.user), &json!("n")));
}
