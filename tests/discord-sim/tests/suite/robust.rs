//! Random frames and bodies: every answer is a documented one, and the stand-in lives on.
//!
//! The number of cases is bounded here; `PROPTEST_CASES=1000000 cargo test -p discord-sim robust` runs for long.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

use crate::lab::{Lab, World};
use crate::socket::{GUILDS, Socket};

/// Keys that mean something somewhere, so that random bodies get deep into the rules.
const KEYS: [&str; 40] = [
    "op",
    "d",
    "s",
    "t",
    "type",
    "data",
    "content",
    "embeds",
    "components",
    "custom_id",
    "title",
    "description",
    "fields",
    "name",
    "value",
    "flags",
    "nonce",
    "options",
    "choices",
    "attachments",
    "id",
    "label",
    "style",
    "url",
    "accessory",
    "component",
    "items",
    "media",
    "token",
    "intents",
    "shard",
    "properties",
    "session_id",
    "seq",
    "guild_id",
    "user_ids",
    "min_values",
    "max_values",
    "emoji",
    "footer",
];

/// Media types, mostly the right one.
const KINDS: [&str; 4] =
    ["application/json", "application/json", "multipart/form-data; boundary=x", "text/plain"];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0i64), -3i64..50, any::<i64>()].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof!["\\PC{0,8}", "[a-z]{1,4}", Just("x".repeat(5000)), Just("\u{0}\u{202e}🛒".to_owned())]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key =
            prop_oneof![4 => proptest::sample::select(&KEYS[..]).prop_map(str::to_owned), 1 => "\\PC{0,5}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Random bytes as often as random JSON.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => any_json().prop_map(|value| value.to_string().into_bytes()),
        1 => proptest::collection::vec(any::<u8>(), 0..300),
        1 => Just(b"[".repeat(10_000)),
    ]
}

fn runner(cases: u32) -> TestRunner {
    // PROPTEST_CASES overrides the bounded number.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

async fn alive(lab: &Lab, world: &World) {
    let bot = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    assert_eq!(bot["id"], world.application);
}

async fn frame(lab: &Lab, world: &World, bytes: Vec<u8>, identified: bool, text: bool) {
    let mut socket = Socket::open(&lab.gateway()).await;
    if identified {
        socket.identify(&world.token, GUILDS).await;
    }
    let message = match String::from_utf8(bytes) {
        Ok(string) if text => Message::text(string),
        Ok(string) => Message::binary(string.into_bytes()),
        Err(error) => Message::binary(error.into_bytes()),
    };
    socket.send_message(message).await;
    socket.send(&json!({ "op": 1, "d": null })).await;
    loop {
        match socket.next().await {
            Ok(payload) if payload["op"] == 11 => return,
            Ok(payload) => assert!(payload["op"].is_u64(), "{payload}"),
            Err(code) => return assert!((4000..4015).contains(&code), "closed with {code}"),
        }
    }
}

#[test]
fn random_frames_get_a_documented_close_code_or_are_ignored() {
    let runtime = Runtime::new().unwrap();
    let (lab, world) = runtime.block_on(async {
        let lab = Lab::new().await;
        let world = lab.world(json!({ "total": 1_000_000 })).await;
        (lab, world)
    });
    let strategy = (any_body(), any::<bool>(), any::<bool>());
    let result = runner(150).run(&strategy, |(bytes, identified, text)| {
        runtime.block_on(frame(&lab, &world, bytes, identified, text));
        Ok(())
    });
    result.unwrap();
    runtime.block_on(alive(&lab, &world));
}

async fn request(lab: &Lab, world: &World, method: &str, path: &str, kind: &str, bytes: Vec<u8>) {
    let url = format!("{}{path}", lab.sim.url());
    let request = lab.http.request(method.parse().unwrap(), url);
    let request =
        request.header("authorization", format!("Bot {}", world.token)).header("content-type", kind);
    let answer = request.body(bytes).send().await.unwrap();
    let status = answer.status().as_u16();
    assert!(status < 500, "{method} {path} answered {status}");
    if status >= 400 {
        let body: Value = answer.json().await.unwrap();
        let documented = body["code"].is_u64() && body["message"].is_string();
        assert!(documented || body["error"].is_string(), "{method} {path}: {body}");
    }
}

#[test]
fn random_bodies_get_a_documented_error_or_are_taken() {
    let runtime = Runtime::new().unwrap();
    let (lab, world) = runtime.block_on(async {
        let lab = Lab::new().await;
        let world = lab.world(json!({})).await;
        (lab, world)
    });
    let (channel, application, user) = (&world.channel, &world.application, &world.user);
    let routes: Vec<(&str, String)> = vec![
        ("POST", format!("/api/v10/channels/{channel}/messages")),
        ("PUT", format!("/api/v10/applications/{application}/commands")),
        ("POST", format!("/api/v10/applications/{application}/commands")),
        ("POST", "/api/v10/users/@me/channels".into()),
        ("POST", "/api/v10/interactions/1/x/callback".into()),
        ("POST", format!("/api/v10/webhooks/{application}/x")),
        ("PATCH", format!("/api/v10/channels/{channel}")),
        ("PATCH", format!("/api/v10/guilds/{}/members/{user}", world.guild)),
        ("POST", "/_sim/faults".into()),
        ("POST", format!("/_sim/users/{user}/command")),
        ("POST", format!("/_sim/users/{user}/submit")),
        ("POST", format!("/_sim/gateway/{application}/close")),
    ];
    let strategy = (any_body(), proptest::sample::select(routes), proptest::sample::select(&KINDS[..]));
    let result = runner(400).run(&strategy, |(bytes, (method, path), kind)| {
        runtime.block_on(async {
            request(&lab, &world, method, &path, kind, bytes).await;
            lab.sim("DELETE", "/faults", Value::Null).await;
        });
        Ok(())
    });
    result.unwrap();
    runtime.block_on(alive(&lab, &world));
}

#[tokio::test]
async fn half_open_sockets_and_broken_requests_hold_up_nobody() {
    use tokio::io::AsyncWriteExt;
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut open = Vec::new();
    for start in [
        "",
        "GET / HT",
        "POST /api/v10/channels/1/messages HTTP/1.1\r\ncontent-length: 100\r\n\r\n{",
        "\0\0\0\0",
    ] {
        let mut stream = tokio::net::TcpStream::connect(lab.sim.addr).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        open.push(stream);
    }
    alive(&lab, &world).await;
}
