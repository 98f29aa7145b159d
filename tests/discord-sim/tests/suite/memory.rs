//! Memory that is full: what is forgotten is told in the log, and what clients may not make without end is refused.

use serde_json::{Value, json};

use crate::lab::Lab;
use crate::shop::Shop;
use crate::socket::Socket;

#[tokio::test]
async fn what_memory_forgets_is_told_in_the_log() {
    let shop = Shop::open().await;
    let (lab, world) = (&shop.lab, &shop.world);
    let mut socket = Socket::open(&lab.gateway()).await;
    let session = socket.identify(&world.token, 0).await["d"]["session_id"].clone();
    socket.close(4000).await;
    let click = json!({ "message_id": shop.message, "custom_id": "buy" });
    let clicked = shop.act("click", click).await.1["interaction_id"].clone();
    let replay = format!("/interactions/{}/replay", clicked.as_str().unwrap());
    let told = async || {
        let url = format!("{}/_sim/log", lab.sim.url());
        let entries = lab.http.get(url).send().await.unwrap().text().await.unwrap();
        let forgotten =
            entries.lines().find(|line| line.contains("\"kind\":\"forgotten\"")).map(str::to_owned);
        forgotten.map(|line| serde_json::from_str::<Value>(&line).unwrap())
    };
    // A session that nobody reads, and more events than all replay buffers may take.
    for _ in 0..20 {
        lab.sim("POST", &replay, json!({ "times": 1000, "sessions": [session] })).await;
    }
    lab.until("the log tells", async || told().await.is_some()).await;
    assert!(told().await.unwrap()["dispatches"].as_u64().unwrap() > 0);
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.say_resume(&world.token, &session, 1).await;
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
