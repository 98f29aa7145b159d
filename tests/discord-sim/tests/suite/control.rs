//! The control API itself: the log, a reset, the world, several addresses, bad calls.

use std::net::SocketAddr;

use discord_sim::Options;
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::shop::Shop;

async fn log(lab: &Lab, since: u64) -> Vec<Value> {
    let url = format!("{}/_sim/log?since={since}", lab.sim.url());
    let answer = lab.http.get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn the_log_has_every_request_frame_and_interaction_numbered() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 6 })).await;
    let entries = log(&shop.lab, 0).await;
    let numbers: Vec<u64> = entries.iter().map(|entry| entry["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let find = |kind: &str, key: &str, value: Value| {
        let hit = entries.iter().find(|entry| entry["kind"] == kind && entry[key] == value);
        hit.unwrap_or_else(|| panic!("no {kind} with {key} {value}")).clone()
    };
    let identify = find("gateway", "op", json!(2));
    assert_eq!((&identify["direction"], &identify["d"]["token"]), (&json!("in"), &json!("(hidden)")));
    assert_eq!(find("gateway", "t", json!("READY"))["direction"], "out");
    let post = find("rest", "route", json!("/channels/{channel}/messages"));
    assert_eq!(
        (&post["method"], &post["status"], &post["body"]["content"]),
        (&json!("POST"), &json!(200), &json!("Shop"))
    );
    assert_eq!(find("rest", "route", json!("/interactions/{id}/{token}/callback"))["status"], 204);
    assert_eq!(find("interaction", "event", json!("created"))["id"], interaction["id"]);
    assert_eq!(find("interaction", "event", json!("callback"))["type"], 6);
    let text = serde_json::to_string(&entries).unwrap();
    assert!(!text.contains(&shop.world.token), "the bot token is not in the log");
    let last = *numbers.last().unwrap();
    assert!(log(&shop.lab, last).await.is_empty());
}

#[tokio::test]
async fn old_log_entries_are_dropped_with_a_notice_and_kept_in_the_file() {
    let folder = std::env::temp_dir().join(format!("discord-sim-log-{}", std::process::id()));
    let options = Options { log_capacity: 3, log_file: Some(folder.clone()), ..Options::default() };
    let lab = Lab::with(options).await;
    for _ in 0..5 {
        lab.rest("", "GET", "/gateway", Value::Null).await;
    }
    let entries = log(&lab, 0).await;
    assert_eq!(entries.len(), 4);
    assert_eq!(
        (&entries[0]["kind"], &entries[0]["from"], &entries[0]["to"]),
        (&json!("dropped"), &json!(1), &json!(2))
    );
    lab.sim.shutdown().await;
    let file = std::fs::read_to_string(&folder).unwrap();
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(file.lines().count(), 5);
}

#[tokio::test]
async fn a_reset_leaves_an_empty_world() {
    let mut shop = Shop::open().await;
    shop.lab.sim("POST", "/faults", json!({ "effect": { "status": 500 } })).await;
    shop.lab.sim("POST", "/reset", Value::Null).await;
    assert_eq!(shop.socket.closed().await, 4009);
    assert_eq!(shop.lab.sim("GET", "/world", Value::Null).await["guilds"], json!([]));
    assert_eq!(shop.lab.sim("GET", "/faults", Value::Null).await, json!([]));
    assert_eq!(shop.lab.sim("GET", "/violations", Value::Null).await, json!([]));
    assert_eq!(shop.lab.rest(&shop.world.token, "GET", "/users/@me", Value::Null).await.0, 401);
}

#[tokio::test]
async fn the_world_changes_under_a_bot() {
    let mut shop = Shop::open().await;
    shop.lab.sim("DELETE", &format!("/messages/{}", shop.message), Value::Null).await;
    let path = format!("/channels/{}/messages/{}", shop.world.channel, shop.message);
    assert_eq!(shop.lab.rest(&shop.world.token, "GET", &path, Value::Null).await.1["code"], 10_008);
    shop.lab.sim("DELETE", &format!("/channels/{}", shop.world.channel), Value::Null).await;
    assert_eq!(shop.socket.event("CHANNEL_DELETE").await["d"]["id"], shop.world.channel);
    assert_eq!(shop.lab.rest(&shop.world.token, "GET", &path, Value::Null).await.1["code"], 10_003);
    shop.lab.sim("DELETE", &format!("/guilds/{}", shop.world.guild), Value::Null).await;
    assert_eq!(shop.socket.event("GUILD_DELETE").await["d"], json!({ "id": shop.world.guild }));
}

#[tokio::test]
async fn several_addresses_serve_one_world_and_give_out_their_own() {
    let listen = vec![SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from(([127, 0, 0, 2], 0))];
    let lab = Lab::with(Options { listen, ..Options::default() }).await;
    let world = lab.world(json!({})).await;
    for address in &lab.sim.addrs {
        let url = format!("http://{address}/api/v10/gateway/bot");
        let request = lab.http.get(url).header("authorization", format!("Bot {}", world.token));
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(body["url"].as_str().unwrap().starts_with(&format!("ws://{address}/")), "{body}");
    }
}

#[tokio::test]
async fn bad_control_calls_say_what_is_wrong() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    for (method, path, body, status) in [
        ("GET", "/nothing".to_owned(), Value::Null, 404),
        ("POST", "/applications".to_owned(), json!({}), 400),
        ("POST", "/applications".to_owned(), json!({ "name": "x", "nonsense": 1 }), 400),
        ("POST", "/applications".to_owned(), json!({ "name": "x", "privileged_intents": ["ALL"] }), 400),
        ("POST", "/guilds".to_owned(), json!({ "name": "x", "applications": ["5"] }), 404),
        ("POST", format!("/guilds/{}/members", world.guild), json!({}), 400),
        ("POST", format!("/guilds/{}/members", world.guild), json!({ "name": "x", "dms": "ajar" }), 400),
        ("POST", "/faults".to_owned(), json!({ "effect": { "explode": true } }), 400),
        ("POST", "/faults".to_owned(), json!({ "effect": {}, "probability": 2 }), 400),
        ("POST", format!("/gateway/{}/pause", world.application), json!({ "for": "soon" }), 400),
        ("POST", "/messages/5/age".to_owned(), json!({ "by": "1h" }), 404),
        ("POST", "/sessions/x/expire".to_owned(), Value::Null, 404),
        ("GET", "/interactions/abc".to_owned(), Value::Null, 400),
        ("GET", "/interactions/5".to_owned(), Value::Null, 404),
        ("GET", format!("/channels/{}/messages?as=5", world.channel), Value::Null, 404),
    ] {
        let (found, answer) = lab.try_sim(method, &path, body.clone()).await;
        assert_eq!(found, status, "{method} {path} {body}: {answer}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{method} {path}: {answer}");
    }
}

#[tokio::test]
async fn the_page_and_its_files_are_served() {
    let lab = Lab::new().await;
    let page = lab.http.get(lab.sim.url()).send().await.unwrap().text().await.unwrap();
    for (start, end) in [("src=\"", "\""), ("href=\"/page", "\"")] {
        for part in page.split(start).skip(1) {
            let path = part.split(end).next().unwrap();
            let path = if start.starts_with("href") { format!("/page{path}") } else { path.to_owned() };
            let answer = lab.http.get(format!("{}{path}", lab.sim.url())).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
        }
    }
}
