//! The same seed and the same calls give the same run: faults, tokens, session ids.

use discord_sim::Options;
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::socket::Socket;

/// Which of 60 requests a fault of some probability hit, and what else is random.
async fn run(seed: u64) -> (Vec<bool>, Vec<Value>) {
    let lab = Lab::with(Options { seed, ..Options::default() }).await;
    let id = json!({ "id": "5", "name": "Bot", "identify_spacing": "0s" });
    let application = lab.sim("POST", "/applications", id).await;
    let token = application["token"].as_str().unwrap();
    lab.sim("POST", "/faults", json!({ "effect": { "status": 500 }, "probability": 0.3 })).await;
    lab.sim("POST", "/faults", json!({ "effect": { "status": 503 }, "probability": 0.5, "times": 10 })).await;
    let mut hits = Vec::new();
    for _ in 0..60 {
        let (status, _) = lab.rest("", "GET", "/gateway", Value::Null).await;
        hits.extend([status == 500, status == 503]);
    }
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(token, 0).await;
    (
        hits,
        vec![
            application["token"].clone(),
            application["public_key"].clone(),
            ready["d"]["session_id"].clone(),
        ],
    )
}

#[tokio::test]
async fn the_same_seed_and_calls_give_the_same_faults_tokens_and_sessions() {
    let (first, second, other) = (run(7).await, run(7).await, run(8).await);
    assert_eq!(first, second);
    assert_ne!(first.0, other.0);
    assert_ne!(first.1, other.1);
    let hits = first.0.iter().filter(|hit| **hit).count();
    assert!((15..60).contains(&hits), "{hits} of 60 requests were hit");
}

#[tokio::test]
async fn a_reset_begins_the_same_chances_again() {
    let lab = Lab::with(Options { seed: 3, ..Options::default() }).await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        lab.sim("POST", "/faults", json!({ "effect": { "status": 500 }, "probability": 0.5 })).await;
        let mut hits = Vec::new();
        for _ in 0..30 {
            hits.push(lab.rest("", "GET", "/gateway", Value::Null).await.0);
        }
        runs.push(hits);
        lab.sim("POST", "/reset", Value::Null).await;
    }
    assert_eq!(runs[0], runs[1]);
}
