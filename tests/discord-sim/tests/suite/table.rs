//! The table of the control API, row by row: paths, fields of the body, fields of the answer.

use serde_json::{Value, json};

use crate::lab::Lab;
use crate::shop::Shop;
use crate::socket::{GUILDS, Socket};

/// Asserts that an object has all of these fields.
fn has(object: &Value, fields: &[&str]) {
    for field in fields {
        assert!(object.get(field).is_some(), "no {field} in {object}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn applications_guilds_channels_roles_and_members_are_made() {
    let lab = Lab::new().await;
    let wanted = json!({ "name": "Bot", "total": 7, "max_concurrency": 2, "shards": 3 });
    let application = lab.sim("POST", "/applications", wanted).await;
    has(&application, &["id", "token", "public_key", "bot_user_id"]);
    let guild = lab.sim("POST", "/guilds", json!({ "name": "G", "applications": [application["id"]] })).await;
    let path = format!("/guilds/{}", text(&guild["id"]));
    let channel = lab.sim("POST", &format!("{path}/channels"), json!({ "name": "c", "webhook": true })).await;
    has(&channel, &["id", "webhook_url"]);
    let role = lab.sim("POST", &format!("{path}/roles"), json!({ "name": "r" })).await;
    has(&role, &["id"]);
    for dms in ["open", "closed"] {
        let wanted = json!({ "name": "Ada", "locale": "de", "roles": [role["id"]], "dms": dms });
        has(&lab.sim("POST", &format!("{path}/members"), wanted).await, &["user_id"]);
    }
    let known = lab.sim("GET", &format!("/applications/{}", text(&application["id"])), Value::Null).await;
    has(&known, &["identifies", "resumes", "remaining", "token_resets", "sessions", "invalid_requests"]);
    assert_eq!(known["remaining"], 7);
}

#[tokio::test]
async fn what_a_person_sees_includes_direct_messages_and_attachments() {
    let shop = Shop::open().await;
    let (lab, world) = (&shop.lab, &shop.world);
    let (_, dm) =
        lab.rest(&world.token, "POST", "/users/@me/channels", json!({ "recipient_id": world.user })).await;
    let part = reqwest::multipart::Part::text("the goods").file_name("goods.txt");
    let form =
        reqwest::multipart::Form::new().text("payload_json", r#"{"content":"Here"}"#).part("files[0]", part);
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), text(&dm["id"]));
    let request = lab.http.post(url).header("authorization", format!("Bot {}", world.token));
    assert_eq!(request.multipart(form).send().await.unwrap().status(), 200);
    let dms = lab.sim("GET", &format!("/users/{}/dms", world.user), Value::Null).await;
    let file = &dms[0]["messages"][0]["attachments"][0];
    assert_eq!((&file["filename"], &file["content"]), (&json!("goods.txt"), &json!("the goods")));
    let seen =
        lab.sim("GET", &format!("/channels/{}/messages?as={}", world.channel, world.user), Value::Null).await;
    assert_eq!(seen[0]["id"], shop.message);
}

#[tokio::test]
async fn people_click_select_submit_use_commands_and_write() {
    let mut shop = Shop::open().await;
    let option = json!({ "type": 3, "name": "what", "description": "d", "autocomplete": true });
    let command = json!({ "name": "buy", "description": "d", "options": [option] });
    let path = format!("/applications/{}/commands", shop.world.application);
    shop.lab.rest(&shop.world.token, "POST", &path, command).await;
    let (channel, guild) = (shop.world.channel.clone(), shop.world.guild.clone());
    let click = json!({ "message_id": shop.message, "custom_id": "buy" });
    let opened = shop.act("click", click).await.1;
    let got = shop.received().await;
    let modal = json!({ "custom_id": "m", "title": "T", "components": [
        { "type": 1, "components": [{ "type": 4, "custom_id": "a", "style": 1, "label": "A" }] }] });
    assert_eq!(shop.answer(&got, json!({ "type": 9, "data": modal })).await.0, 204);
    let options = json!({ "what": "x" });
    let use_it = json!({ "guild_id": guild, "channel_id": channel, "name": "buy", "options": options });
    for (what, body) in [
        ("select", json!({ "message_id": shop.message, "custom_id": "pick", "values": ["a"] })),
        ("submit", json!({ "interaction_id": opened["interaction_id"], "fields": { "a": "text" } })),
        ("command", use_it.clone()),
        ("autocomplete", use_it),
    ] {
        let (status, answer) = shop.act(what, body).await;
        assert_eq!(status, 200, "{what}: {answer}");
        assert_eq!(shop.received().await["id"], answer["interaction_id"], "{what}");
    }
    let (status, answer) = shop.act("message", json!({ "channel_id": channel, "content": "Hello" })).await;
    assert_eq!(status, 200);
    has(&answer, &["message_id"]);
}

#[tokio::test]
async fn an_interaction_tells_how_it_stands_and_is_replayed_to_sessions() {
    let mut shop = Shop::open().await;
    let got = shop.buy().await;
    let state = shop.state(&got).await;
    let fields =
        ["state", "received_at", "acknowledged_ms", "callback", "response", "edits", "followups", "modal"];
    has(&state, &fields);
    let session = state["delivered_to"][0].clone();
    let path = format!("/interactions/{}/replay", text(&got["id"]));
    shop.lab.sim("POST", &path, json!({ "times": 2, "sessions": [session] })).await;
    for _ in 0..2 {
        assert_eq!(shop.received().await, got);
    }
    assert_eq!(shop.state(&got).await["delivered_to"], json!([session, session, session]));
    let (status, _) = shop.lab.try_sim("POST", &path, json!({ "times": 1001 })).await;
    assert_eq!(status, 400, "deliveries of one call are bounded");
}

#[tokio::test]
async fn faults_take_match_effect_probability_and_times() {
    let lab = Lab::new().await;
    let effect = json!({ "status": 500, "code": 7, "delay": "1ms", "reset": false, "half_body": false, "drop_reply": false });
    let fault = json!({ "match": { "method": "GET", "path": "/gateway", "token": "t" }, "effect": effect, "probability": 1, "times": 1 });
    let set = lab.sim("POST", "/faults", fault).await;
    let listed = lab.sim("GET", "/faults", Value::Null).await;
    has(&listed[0], &["id", "match", "effect", "probability", "times", "hits"]);
    assert_eq!(lab.rest("t", "GET", "/gateway", Value::Null).await.0, 500);
    lab.sim("DELETE", &format!("/faults/{}", set["id"]), Value::Null).await;
    lab.sim("POST", "/faults", json!({ "effect": {} })).await;
    lab.sim("DELETE", "/faults", Value::Null).await;
    assert_eq!(lab.sim("GET", "/faults", Value::Null).await, json!([]));
}

#[tokio::test]
async fn the_gateway_is_broken_and_time_is_moved() {
    let mut shop = Shop::open().await;
    let gateway = format!("/gateway/{}", shop.world.application);
    for (call, body) in [
        ("refuse", json!({ "for": "1ms", "resume_only": true })),
        ("reconnect", json!({})),
        ("close", json!({ "shard": 1, "code": 4000 })),
        ("invalidate", json!({ "resumable": true })),
    ] {
        shop.lab.sim("POST", &format!("{gateway}/{call}"), body).await;
    }
    shop.socket.op(7).await;
    assert_eq!(shop.socket.op(9).await["d"], true);
    // Not before: what is no dispatch is not sent while the gateway is paused.
    shop.lab.sim("POST", &format!("{gateway}/pause"), json!({ "for": "1ms" })).await;
    shop.lab.sim("POST", &format!("/messages/{}/age", shop.message), json!({ "by": "2h" })).await;
    let mut socket = Socket::open(&shop.lab.gateway()).await;
    let ready = socket.identify(&shop.world.token, GUILDS).await;
    let path = format!("/sessions/{}/expire", text(&ready["d"]["session_id"]));
    shop.lab.sim("POST", &path, Value::Null).await;
    assert_eq!(socket.closed().await, 4009);
}

#[tokio::test]
async fn the_world_changes_and_is_looked_at() {
    let shop = Shop::open().await;
    let (lab, world) = (&shop.lab, &shop.world);
    let role = lab.sim("POST", &format!("/guilds/{}/roles", world.guild), json!({ "name": "r" })).await["id"]
        .clone();
    let change = json!({ "dms": "closed", "locale": "fr", "roles": [role] });
    lab.sim("PUT", &format!("/users/{}", world.user), change).await;
    let known = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    has(&known["sessions"][0], &["id", "shard", "seq", "state"]);
    lab.rest(&world.token, "POST", &format!("/channels/{}/messages", world.channel), json!({})).await;
    let violations = lab.sim("GET", "/violations", Value::Null).await;
    has(&violations[0], &["rule", "at", "request"]);
    lab.sim("DELETE", &format!("/messages/{}", shop.message), Value::Null).await;
    lab.sim("DELETE", &format!("/channels/{}", world.channel), Value::Null).await;
    let log = lab
        .http
        .get(format!("{}/_sim/log?since=2", lab.sim.url()))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let first: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(first["n"], 3);
    lab.sim("POST", "/reset", Value::Null).await;
    assert_eq!(lab.sim("GET", "/applications", Value::Null).await, json!([]));
}
