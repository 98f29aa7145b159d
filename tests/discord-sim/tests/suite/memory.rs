//! Memory that is full: what is forgotten is told in the log, and what clients may not make without end is refused.

use serde_json::{Value, json};

use crate::lab::Lab;
use crate::socket::{GUILD_MESSAGES, Socket};

#[tokio::test]
async fn what_memory_forgets_is_told_in_the_log() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut socket = Socket::open(&lab.gateway()).await;
    let ready = socket.identify(&world.token, GUILD_MESSAGES).await;
    socket.close(4000).await;
    // A session that nobody reads, and more events than all replay buffers may take.
    let path = format!("/users/{}/message", world.user);
    let long = json!({ "channel_id": world.channel, "content": format!("<@{}>{}", world.application, "🛒".repeat(1900)) });
    let told = async || {
        let url = format!("{}/_sim/log", lab.sim.url());
        let log = lab.http.get(url).send().await.unwrap().text().await.unwrap();
        let forgotten = log.lines().find(|line| line.contains("\"kind\":\"forgotten\"")).map(str::to_owned);
        forgotten.map(|line| serde_json::from_str::<Value>(&line).unwrap())
    };
    let mut forgotten = None;
    for _ in 0..60 {
        for _ in 0..100 {
            lab.sim("POST", &path, long.clone()).await;
        }
        forgotten = told().await;
        if forgotten.is_some() {
            break;
        }
    }
    assert!(forgotten.expect("the log tells")["dispatches"].as_u64().unwrap() > 0);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &ready["d"]["session_id"], 1).await;
    assert_eq!(socket.op(9).await["d"], false, "a resume with a gap is refused");
}

#[tokio::test]
async fn a_guild_has_at_most_250_roles_and_500_channels() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let guild = format!("/guilds/{}", world.guild);
    let admin =
        lab.sim("POST", &format!("{guild}/roles"), json!({ "name": "Admin", "permissions": "8" })).await;
    lab.sim("PUT", &format!("/users/{}", world.application), json!({ "roles": [admin["id"]] })).await;
    for (what, most, code) in [("roles", 250, 30_005), ("channels", 500, 30_013)] {
        let path = format!("{guild}/{what}");
        let count = lab.rest(&world.token, "GET", &path, Value::Null).await.1.as_array().unwrap().len();
        for _ in count..most {
            lab.sim("POST", &path, json!({ "name": "x" })).await;
        }
        let (status, body) = lab.rest(&world.token, "POST", &path, json!({ "name": "x" })).await;
        assert_eq!((status, &body["code"]), (400, &json!(code)), "{what}");
    }
}

#[tokio::test]
async fn a_thousand_faults_are_enough() {
    let lab = Lab::new().await;
    for _ in 0..1000 {
        lab.sim("POST", "/faults", json!({ "match": { "path": "/never" }, "effect": { "status": 500 } }))
            .await;
    }
    let (status, body) = lab.try_sim("POST", "/faults", json!({ "effect": { "status": 500 } })).await;
    assert!(status == 400 && body["error"].as_str().unwrap().contains("too many"), "{body}");
}
