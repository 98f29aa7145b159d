//! HTTP interactions: a bot that has no gateway but an address, checked with its application's public key.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use serde_json::{Value, json};

use crate::lab::{Lab, World};
use crate::socket::{GUILDS, Socket};

/// A bot's web server.
#[derive(Clone)]
struct Bot {
    /// Checks signatures; a careless bot has none.
    key: Option<VerifyingKey>,
    /// What it answers to everything but a PING.
    answer: Value,
    /// What it got with a good signature.
    got: Arc<Mutex<Vec<Value>>>,
    /// How many bad signatures it refused.
    refused: Arc<Mutex<usize>>,
}

fn signed(key: &VerifyingKey, headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let hex = text("x-signature-ed25519");
    let bytes = (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap());
    let Ok(signature) = Signature::from_slice(&bytes.collect::<Vec<_>>()) else { return false };
    let message = [text("x-signature-timestamp").as_bytes(), body].concat();
    key.verify(&message, &signature).is_ok()
}

async fn receive(State(bot): State<Bot>, headers: HeaderMap, body: Bytes) -> Response {
    if bot.key.as_ref().is_some_and(|key| !signed(key, &headers, &body)) {
        *bot.refused.lock().unwrap() += 1;
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let interaction: Value = serde_json::from_slice(&body).unwrap();
    if interaction["type"] == 1 {
        return axum::Json(json!({ "type": 1 })).into_response();
    }
    bot.got.lock().unwrap().push(interaction);
    axum::Json(bot.answer).into_response()
}

/// Starts a bot and returns it with its address.
async fn serve(lab: &Lab, world: &World, careful: bool, answer: Value) -> (Bot, String) {
    let application = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    let hex = application["public_key"].as_str().unwrap();
    let bytes =
        (0..32).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()).collect::<Vec<_>>();
    let key = VerifyingKey::from_bytes(&bytes.try_into().unwrap()).unwrap();
    let key = careful.then_some(key);
    let bot = Bot { key, answer, got: Arc::default(), refused: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(receive)).with_state(bot.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (bot, url)
}

async fn set_address(lab: &Lab, world: &World, url: &str) -> (u16, Value) {
    let body = json!({ "interactions_endpoint_url": url });
    lab.rest(&world.token, "PATCH", "/applications/@me", body).await
}

async fn register(lab: &Lab, world: &World) {
    let path = format!("/applications/{}/commands", world.application);
    lab.rest(&world.token, "POST", &path, json!({ "name": "go", "description": "d" })).await;
}

async fn use_command(lab: &Lab, world: &World) -> Value {
    register(lab, world).await;
    let call = json!({ "channel_id": world.channel, "name": "go" });
    lab.sim("POST", &format!("/users/{}/command?wait=5s", world.user), call).await
}

#[tokio::test]
async fn an_address_is_kept_after_ping_and_pong_and_a_refused_bad_signature() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (bot, url) = serve(&lab, &world, true, json!({ "type": 6 })).await;
    let (status, application) = set_address(&lab, &world, &url).await;
    assert_eq!((status, &application["interactions_endpoint_url"]), (200, &json!(url)));
    assert_eq!(*bot.refused.lock().unwrap(), 1, "a bad signature is sent on purpose");
    let (_, careless) = serve(&lab, &world, false, json!({ "type": 6 })).await;
    let (status, error) = set_address(&lab, &world, &careless).await;
    assert_eq!(status, 400, "an address that takes bad signatures");
    assert!(error["errors"]["interactions_endpoint_url"].is_object());
    assert_eq!(set_address(&lab, &world, "http://127.0.0.1:1/").await.0, 400, "an address where nobody is");
}

#[tokio::test]
async fn http_delivery_excludes_the_gateway_and_is_answered_in_the_response() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.identify(&world.token, GUILDS).await;
    socket.event("GUILD_CREATE").await;
    let answer = json!({ "type": 4, "data": { "content": "by HTTP", "flags": 64 } });
    let (bot, url) = serve(&lab, &world, true, answer).await;
    assert_eq!(set_address(&lab, &world, &url).await.0, 200);
    let state = use_command(&lab, &world).await;
    assert_eq!((&state["state"], &state["response"]["content"]), (&json!("answered"), &json!("by HTTP")));
    assert_eq!(state["delivered_to"], json!(["http"]));
    assert_eq!(bot.got.lock().unwrap()[0]["id"], state["id"]);
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn an_http_answer_that_is_wrong_fails_the_interaction_and_is_a_violation() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (_, url) = serve(&lab, &world, true, json!({ "type": 4, "data": {} })).await;
    assert_eq!(set_address(&lab, &world, &url).await.0, 200);
    assert_eq!(use_command(&lab, &world).await["state"], "failed");
    let violations = lab.sim("GET", "/violations", Value::Null).await;
    assert_eq!(violations[0]["rule"], "interaction.http_answer");
}

/// Uses the command until something comes of it: one delivery in twenty brings a bad signature along.
async fn use_until(lab: &Lab, world: &World, mut holds: impl AsyncFnMut() -> bool) {
    register(lab, world).await;
    let call = json!({ "channel_id": world.channel, "name": "go" });
    for _ in 0..400 {
        lab.sim("POST", &format!("/users/{}/command?wait=5s", world.user), call.clone()).await;
        if holds().await {
            return;
        }
    }
    panic!("never in 400 deliveries");
}

#[tokio::test]
async fn now_and_then_a_bad_signature_is_sent_on_purpose() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (bot, url) = serve(&lab, &world, true, json!({ "type": 4, "data": { "content": "x" } })).await;
    assert_eq!(set_address(&lab, &world, &url).await.0, 200);
    let before = *bot.refused.lock().unwrap();
    use_until(&lab, &world, async || *bot.refused.lock().unwrap() > before).await;
    assert_eq!(lab.sim("GET", "/violations", Value::Null).await, json!([]));
}

#[tokio::test]
async fn a_bot_that_takes_a_bad_signature_breaks_a_rule() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (_, url) = serve(&lab, &world, false, json!({ "type": 4, "data": { "content": "x" } })).await;
    let path = format!("/applications/{}", world.application);
    lab.sim("PUT", &path, json!({ "interactions_url": url })).await;
    use_until(&lab, &world, async || {
        let broken = lab.sim("GET", "/violations", Value::Null).await;
        broken.as_array().unwrap().iter().any(|one| one["rule"] == "interaction.bad_signature_accepted")
    })
    .await;
}
