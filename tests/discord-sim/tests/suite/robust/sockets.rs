//! Broken HTTP and half-open connections: they get an answer or an end in time, and hold up nobody.

use std::time::{Duration, Instant};

use discord_sim::Options;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::lab::Lab;
use crate::socket::{GUILD_MESSAGES, Socket};

/// What a client may have sent before it goes silent.
pub fn any_start() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "",
        "GET / HT",
        "GET /%00%ff HTTP/1.1\r\nhost: \r\n\r\n",
        "POST /api/v10/channels/1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
        "POST /_sim/guilds HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n",
        "GET /gateway?v=10 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n\u{1}\u{2}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ];
    let known = proptest::sample::select(known.map(|text| text.as_bytes().to_vec()).to_vec());
    prop_oneof![2 => known, 1 => super::requests::any_bytes(300)]
}

/// Sends this and goes away.
pub async fn start(lab: &Lab, bytes: &[u8]) {
    let mut stream = TcpStream::connect(lab.sim.addr).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut answer = [0; 512];
    let _ = timeout(Duration::from_millis(5), stream.read(&mut answer)).await;
}

/// A stand-in that gives clients little time.
async fn impatient() -> Lab {
    let short = Duration::from_millis(300);
    Lab::with(Options { request_within: short, heartbeat_interval: short, ..Options::default() }).await
}

/// Reads to the end of what the other side sends.
async fn rest_of(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end, too.
    let read = stream.read_to_end(&mut answer);
    let _ = timeout(Duration::from_secs(10), read).await.expect("the connection is ended");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn half_open_connections_hold_up_nobody() {
    let lab = Lab::new().await;
    let mut open = Vec::new();
    for start in ["", "GET / HT", "POST /_sim/guilds HTTP/1.1\r\ncontent-length: 100\r\n\r\n{", "\0\0\0\0"] {
        let mut stream = TcpStream::connect(lab.sim.addr).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        open.push(stream);
    }
    lab.sim("GET", "/world", Value::Null).await;
}

#[tokio::test]
async fn a_request_whose_head_drips_in_is_cut_off() {
    let lab = impatient().await;
    let mut stream = TcpStream::connect(lab.sim.addr).await.unwrap();
    let (mut read, mut write) = stream.split();
    let drip = async {
        write.write_all(b"GET / HTTP/1.1\r\nx: ").await?;
        loop {
            write.write_all(b"x").await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let mut answer = Vec::new();
    let cut_off = async {
        tokio::select! {
            _ = read.read_to_end(&mut answer) => {}
            error = drip => drop::<std::io::Result<()>>(error),
        }
    };
    timeout(Duration::from_secs(10), cut_off).await.expect("the connection is ended");
}

#[tokio::test]
async fn a_body_that_does_not_come_gets_408_or_400() {
    let lab = impatient().await;
    let agent = crate::lab::USER_AGENT;
    for (path, status) in [("/api/v10/channels/1/messages", "408"), ("/_sim/guilds", "400")] {
        let mut stream = TcpStream::connect(lab.sim.addr).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nuser-agent: {agent}\r\ncontent-type: application/json\r\n\
             content-length: 100\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = rest_of(&mut stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_ended() {
    let lab = impatient().await;
    let mut stream = TcpStream::connect(lab.sim.addr).await.unwrap();
    stream.write_all(b"GET /page/style.css HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(rest_of(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_client_that_never_identifies_nor_sends_heartbeats_is_closed_with_4000() {
    let lab = impatient().await;
    let mut socket = Socket::open(&lab.gateway()).await;
    assert_eq!(socket.closed().await, 4000);
}

/// The state of the only session.
async fn session(lab: &Lab, application: &str) -> Value {
    lab.sim("GET", &format!("/applications/{application}"), Value::Null).await["sessions"][0]["state"].clone()
}

#[tokio::test]
async fn a_client_that_sends_heartbeats_but_reads_nothing_loses_its_connection() {
    let interval = Duration::from_secs(1);
    let lab = Lab::with(Options { heartbeat_interval: interval, ..Options::default() }).await;
    let world = lab.world(json!({})).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.identify(&world.token, GUILD_MESSAGES).await;
    let path = format!("/users/{}/message", world.user);
    let content = format!("<@{}>{}", world.application, "🛒".repeat(1900));
    let long = json!({ "channel_id": world.channel, "content": content });
    let (start, mut beaten) = (Instant::now(), Instant::now());
    // More than the system's buffers hold for a client that does not read.
    while session(&lab, &world.application).await == "connected" {
        assert!(start.elapsed() < Duration::from_secs(30), "the connection still stands");
        lab.sim("POST", &path, long.clone()).await;
        if beaten.elapsed() > interval / 2 {
            socket.send_impatiently(&json!({ "op": 1, "d": null })).await;
            beaten = Instant::now();
        }
    }
    assert_eq!(session(&lab, &world.application).await, "resumable");
    assert_eq!(
        lab.sim("GET", "/violations", Value::Null).await,
        json!([]),
        "it was not closed for anything else"
    );
}

#[tokio::test]
async fn a_peer_that_vanishes_leaves_a_session_that_can_be_resumed() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, GUILD_MESSAGES).await;
    drop(socket);
    lab.until("the loss is noticed", async || session(&lab, &world.application).await == "resumable").await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &ready["d"]["session_id"], 1).await;
    socket.event("RESUMED").await;
}
