//! The REST API: limits, tokens, messages, people, errors as Discord words them.

use std::time::Duration;

use discord_sim::Options;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::lab::{Lab, USER_AGENT, World};

async fn lab_and_world() -> (Lab, World) {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    (lab, world)
}

/// A raw request as the bot.
async fn raw(lab: &Lab, world: &World, method: &str, path: &str, body: Value) -> Response {
    let url = format!("{}/api/v10{path}", lab.sim.url());
    let request = lab.http.request(method.parse().unwrap(), url);
    let request = request.header("authorization", format!("Bot {}", world.token));
    let request = if body.is_null() { request } else { request.json(&body) };
    request.send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn post(lab: &Lab, world: &World, body: Value) -> (u16, Value) {
    lab.rest(&world.token, "POST", &format!("/channels/{}/messages", world.channel), body).await
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn buckets_are_announced_in_headers_and_kept() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/channels/{}/messages", world.channel);
    for remaining in (0..5).rev() {
        let answer = raw(&lab, &world, "POST", &path, json!({ "content": "x" })).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "x-ratelimit-limit"), "5");
        assert_eq!(header(&answer, "x-ratelimit-remaining"), remaining.to_string());
        assert!(header(&answer, "x-ratelimit-reset-after").parse::<f64>().unwrap() <= 5.0);
        assert!(!header(&answer, "x-ratelimit-bucket").is_empty());
    }
    let answer = raw(&lab, &world, "POST", &path, json!({ "content": "x" })).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(header(&answer, "x-ratelimit-scope"), "user");
    assert!(header(&answer, "retry-after").parse::<u64>().unwrap() >= 1);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["global"], false);
    assert!(body["retry_after"].as_f64().unwrap() > 0.0, "{body}");
}

#[tokio::test]
async fn fifty_requests_a_second_are_the_global_limit_but_not_for_interactions() {
    let (lab, world) = lab_and_world().await;
    let mut limited = None;
    for _ in 0..60 {
        let answer = raw(&lab, &world, "GET", &format!("/users/{}", world.user), Value::Null).await;
        if answer.status() == 429 {
            limited = Some(answer);
            break;
        }
    }
    let answer = limited.expect("60 requests at once are too many");
    assert_eq!(header(&answer, "x-ratelimit-global"), "true");
    assert_eq!(header(&answer, "x-ratelimit-scope"), "global");
    assert_eq!(answer.json::<Value>().await.unwrap()["global"], true);
    for _ in 0..60 {
        let (status, body) =
            lab.rest(&world.token, "POST", "/interactions/1/x/callback", json!({ "type": 5 })).await;
        assert_eq!((status, &body["code"]), (404, &json!(10_062)));
    }
}

#[tokio::test]
async fn too_many_invalid_requests_ban_the_address() {
    let lab = Lab::with(Options { invalid_request_limit: 3, ..Options::default() }).await;
    let world = lab.world(json!({})).await;
    for _ in 0..3 {
        assert_eq!(lab.rest("dead", "GET", "/users/@me", Value::Null).await.0, 401);
    }
    let answer = raw(&lab, &world, "GET", "/users/@me", Value::Null).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "x-ratelimit-scope")), (429, String::new()));
    assert!(header(&answer, "retry-after").parse::<u64>().unwrap() > 500);
}

#[tokio::test]
async fn invalid_requests_are_counted_per_application() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/channels/{}", world.channel);
    assert_eq!(lab.rest(&world.token, "DELETE", &path, Value::Null).await.0, 403);
    let application = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    assert_eq!(application["invalid_requests"], 1);
}

#[tokio::test]
async fn a_user_agent_in_discords_form_is_required() {
    let (lab, world) = lab_and_world().await;
    for (agent, status) in [
        (USER_AGENT, 200),
        ("DiscordBot (https://example.org 1.0) Python/3.11 aiohttp/3.9", 200),
        ("curl/8.0", 403),
        ("DiscordBot", 403),
        ("DiscordBot (https://example.org)", 403),
    ] {
        let client = Client::builder().user_agent(agent).build().unwrap();
        let request = client.get(format!("{}/api/v10/users/@me", lab.sim.url()));
        let answer = request.header("authorization", format!("Bot {}", world.token)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{agent}");
    }
    let plain = Client::builder().user_agent("aiohttp/3").build().unwrap();
    let url = format!("{}/api/v10/interactions/1/x/callback", lab.sim.url());
    let answer = plain.post(url).json(&json!({ "type": 6 })).send().await.unwrap();
    assert_eq!(answer.status(), 404, "routes with a token of their own take any");
}

#[tokio::test]
async fn a_dead_token_gets_401() {
    let (lab, world) = lab_and_world().await;
    for path in ["/users/@me", "/gateway/bot", "/applications/@me"] {
        let (status, body) = lab.rest("dead", "GET", path, Value::Null).await;
        assert_eq!((status, &body), (401, &json!({ "code": 0, "message": "401: Unauthorized" })), "{path}");
        assert_eq!(lab.rest("", "GET", path, Value::Null).await.0, 401, "{path} without a token");
        assert_eq!(lab.rest(&world.token, "GET", path, Value::Null).await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn editing_messages_older_than_an_hour_gets_30046_after_three_in_six_seconds() {
    let (lab, world) = lab_and_world().await;
    let (_, message) = post(&lab, &world, json!({ "content": "old" })).await;
    let id = text(&message["id"]).to_owned();
    lab.sim("POST", &format!("/messages/{id}/age"), json!({ "by": "2h" })).await;
    let path = format!("/channels/{}/messages/{id}", world.channel);
    for number in 0..3 {
        let answer = raw(&lab, &world, "PATCH", &path, json!({ "content": number.to_string() })).await;
        assert_eq!(answer.status(), 200);
    }
    let answer = raw(&lab, &world, "PATCH", &path, json!({ "content": "more" })).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(header(&answer, "x-ratelimit-remaining"), "1", "the headers do not announce it");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], 30_046);
    assert!(body["retry_after"].as_f64().unwrap() > 5.0);
}

#[tokio::test]
async fn an_enforced_nonce_returns_the_first_message() {
    let (lab, world) = lab_and_world().await;
    let body = json!({ "content": "once", "nonce": "order-1", "enforce_nonce": true });
    let (_, first) = post(&lab, &world, body.clone()).await;
    let (status, second) = post(&lab, &world, body).await;
    assert_eq!((status, &first["id"], &first["nonce"]), (200, &second["id"], &json!("order-1")));
    let (_, third) = post(&lab, &world, json!({ "content": "again", "nonce": "order-1" })).await;
    assert_ne!(third["id"], first["id"], "without enforce_nonce it is a message of its own");
}

#[tokio::test]
async fn unknown_things_have_their_codes() {
    let (lab, world) = lab_and_world().await;
    for (path, code) in [
        ("/channels/5".to_owned(), 10_003),
        ("/guilds/5".to_owned(), 10_004),
        (format!("/channels/{}/messages/5", world.channel), 10_008),
        (format!("/guilds/{}/members/5", world.guild), 10_013),
        ("/users/5".to_owned(), 10_013),
        (format!("/applications/{}/commands/5", world.application), 10_063),
        ("/webhooks/5/x".to_owned(), 10_015),
    ] {
        let (status, body) = lab.rest(&world.token, "GET", &path, Value::Null).await;
        assert_eq!((status, &body["code"]), (404, &json!(code)), "{path}");
    }
    let (status, body) = lab.rest(&world.token, "GET", "/nothing/here", Value::Null).await;
    assert_eq!((status, &body), (404, &json!({ "code": 0, "message": "404: Not Found" })));
    assert_eq!(lab.rest(&world.token, "DELETE", "/gateway", Value::Null).await.0, 405);
    let (status, body) = lab.rest(&world.token, "GET", "/channels/abc", Value::Null).await;
    assert_eq!((status, &body["code"]), (400, &json!(50_035)));
}

#[tokio::test]
async fn without_access_50001_and_without_permission_50013() {
    let (lab, world) = lab_and_world().await;
    let make = async |bits: u64| {
        let hidden = json!({ "id": world.guild, "deny": bits.to_string() });
        let body = json!({ "name": "other", "overwrites": [hidden] });
        let channel = lab.sim("POST", &format!("/guilds/{}/channels", world.guild), body).await;
        format!("/channels/{}/messages", text(&channel["id"]))
    };
    let secret = make(1 << 10).await;
    let (status, body) = lab.rest(&world.token, "POST", &secret, json!({ "content": "x" })).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_001)));
    let silent = make(1 << 11).await;
    let (status, body) = lab.rest(&world.token, "POST", &silent, json!({ "content": "x" })).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_013)));
}

#[tokio::test]
async fn a_closed_door_gets_50007() {
    let (lab, world) = lab_and_world().await;
    lab.sim("PUT", &format!("/users/{}", world.user), json!({ "dms": "closed" })).await;
    let (status, channel) =
        lab.rest(&world.token, "POST", "/users/@me/channels", json!({ "recipient_id": world.user })).await;
    assert_eq!(status, 200, "the channel can be opened");
    let path = format!("/channels/{}/messages", text(&channel["id"]));
    let (status, body) = lab.rest(&world.token, "POST", &path, json!({ "content": "x" })).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_007)));
    lab.sim("PUT", &format!("/users/{}", world.user), json!({ "dms": "open" })).await;
    assert_eq!(lab.rest(&world.token, "POST", &path, json!({ "content": "x" })).await.0, 200);
}

#[tokio::test]
async fn form_errors_get_50035_with_the_path_and_are_noted_as_violations() {
    let (lab, world) = lab_and_world().await;
    let body = json!({ "embeds": [{ "title": "x".repeat(257) }] });
    let (status, answer) = post(&lab, &world, body.clone()).await;
    assert_eq!((status, &answer["code"]), (400, &json!(50_035)));
    assert_eq!(answer["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    let violations = lab.sim("GET", "/violations", Value::Null).await;
    assert_eq!((&violations[0]["rule"], &violations[0]["request"]["body"]), (&json!("rest.form"), &body));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let (lab, world) = lab_and_world().await;
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), world.channel);
    for (kind, body, code) in [
        ("application/json", "{", 50_109),
        ("application/json", "[]", 50_109),
        ("text/plain", "hello", 50_035),
        ("multipart/form-data; boundary=x", "broken", 50_035),
    ] {
        let request = lab.http.post(&url).header("authorization", format!("Bot {}", world.token));
        let answer = request.header("content-type", kind).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{kind} {body}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], code, "{kind} {body}");
    }
}

#[tokio::test]
async fn messages_are_read_edited_and_deleted() {
    let (lab, world) = lab_and_world().await;
    let (_, first) = post(&lab, &world, json!({ "content": "first" })).await;
    let (_, second) = post(&lab, &world, json!({ "content": "second" })).await;
    let base = format!("/channels/{}/messages", world.channel);
    let path = format!("{base}/{}", text(&first["id"]));
    let (status, edited) =
        lab.rest(&world.token, "PATCH", &path, json!({ "embeds": [{ "title": "t" }] })).await;
    assert_eq!(
        (status, &edited["content"], &edited["embeds"][0]["title"]),
        (200, &json!("first"), &json!("t"))
    );
    assert!(text(&edited["edited_timestamp"]).ends_with("+00:00"));
    let (_, list) = lab.rest(&world.token, "GET", &format!("{base}?limit=1"), Value::Null).await;
    assert_eq!((list.as_array().unwrap().len(), &list[0]["id"]), (1, &second["id"]));
    let before = format!("{base}?before={}", text(&second["id"]));
    assert_eq!(lab.rest(&world.token, "GET", &before, Value::Null).await.1[0]["id"], first["id"]);
    assert_eq!(lab.rest(&world.token, "DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(lab.rest(&world.token, "GET", &path, Value::Null).await.1["code"], 10_008);
}

#[tokio::test]
async fn timestamps_have_microseconds_and_a_numeric_offset() {
    let (lab, world) = lab_and_world().await;
    let (_, message) = post(&lab, &world, json!({ "content": "x" })).await;
    let stamp = text(&message["timestamp"]);
    assert_eq!(stamp.len(), "2026-01-01T00:00:00.000000+00:00".len(), "{stamp}");
    assert!(stamp.ends_with("+00:00"));
}

#[tokio::test]
async fn the_messages_of_others_cannot_be_edited_but_deleted_by_moderators() {
    let (lab, world) = lab_and_world().await;
    let said = json!({ "channel_id": world.channel, "content": "mine" });
    let said = lab.sim("POST", &format!("/users/{}/message", world.user), said).await;
    let path = format!("/channels/{}/messages/{}", world.channel, text(&said["message_id"]));
    let (status, body) = lab.rest(&world.token, "PATCH", &path, json!({ "content": "x" })).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_005)));
    assert_eq!(lab.rest(&world.token, "DELETE", &path, Value::Null).await.0, 204);
}

#[tokio::test]
async fn roles_are_given_below_the_bots_own_only() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/guilds/{}/roles", world.guild);
    let low = lab.sim("POST", &path, json!({ "name": "customer" })).await;
    let high = lab.sim("POST", &path, json!({ "name": "boss", "top": true })).await;
    let member = format!("/guilds/{}/members/{}", world.guild, world.user);
    let role = |role: &Value| format!("{member}/roles/{}", text(&role["id"]));
    assert_eq!(lab.rest(&world.token, "PUT", &role(&low), Value::Null).await.0, 204);
    let (_, found) = lab.rest(&world.token, "GET", &member, Value::Null).await;
    assert_eq!(found["roles"], json!([low["id"]]));
    let (status, body) = lab.rest(&world.token, "PUT", &role(&high), Value::Null).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_013)));
    assert_eq!(lab.rest(&world.token, "DELETE", &role(&low), Value::Null).await.0, 204);
}

#[tokio::test]
async fn webhooks_write_by_their_token_alone() {
    let (lab, world) = lab_and_world().await;
    let body = json!({ "name": "orders", "webhook": "Till" });
    let made = lab.sim("POST", &format!("/guilds/{}/channels", world.guild), body).await;
    let url = text(&made["webhook_url"]).to_owned();
    let answer =
        lab.http.post(format!("{url}?wait=true")).json(&json!({ "content": "paid" })).send().await.unwrap();
    let message: Value = answer.json().await.unwrap();
    assert_eq!(
        (&message["author"]["username"], &message["webhook_id"]),
        (&json!("Till"), &made["webhook_id"])
    );
    let one = format!("{url}/messages/{}", text(&message["id"]));
    let edited = lab.http.patch(&one).json(&json!({ "content": "refunded" })).send().await.unwrap();
    assert_eq!(edited.json::<Value>().await.unwrap()["content"], "refunded");
    assert_eq!(lab.http.delete(&one).send().await.unwrap().status(), 204);
    let wrong = lab.http.post(format!("{url}x")).json(&json!({ "content": "x" })).send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert_eq!(wrong.json::<Value>().await.unwrap()["code"], 50_027);
}

#[tokio::test]
async fn commands_are_registered_changed_and_overwritten_by_name() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let command = |name: &str| json!({ "name": name, "description": "d" });
    let (status, first) = lab.rest(&world.token, "POST", &path, command("one")).await;
    assert_eq!(status, 201);
    let (status, again) = lab.rest(&world.token, "POST", &path, command("one")).await;
    assert_eq!((status, &again["id"]), (200, &first["id"]));
    let (_, list) = lab.rest(&world.token, "PUT", &path, json!([command("two"), command("one")])).await;
    assert_eq!((list.as_array().unwrap().len(), &list[1]["id"]), (2, &first["id"]));
    let bad = json!([command("ok"), command("Not Ok")]);
    let (status, body) = lab.rest(&world.token, "PUT", &path, bad).await;
    assert_eq!((status, body["errors"]["1"]["name"].is_object()), (400, true));
    let one = format!("{path}/{}", text(&first["id"]));
    assert_eq!(lab.rest(&world.token, "DELETE", &one, Value::Null).await.0, 204);
    let guild = format!("/applications/{}/guilds/{}/commands", world.application, world.guild);
    assert_eq!(lab.rest(&world.token, "PUT", &guild, json!([command("here")])).await.0, 200);
    assert_eq!(lab.rest(&world.token, "GET", &guild, Value::Null).await.1[0]["guild_id"], world.guild);
}

#[tokio::test]
async fn one_hundred_global_commands_and_two_hundred_creates_a_day() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let set = |from: usize, to: usize| {
        (from..to).map(|n| json!({ "name": format!("c{n}"), "description": "d" })).collect::<Vec<_>>().into()
    };
    assert_eq!(lab.rest(&world.token, "PUT", &path, set(0, 100)).await.0, 200);
    let (status, body) = lab.rest(&world.token, "PUT", &path, set(0, 101)).await;
    assert_eq!((status, &body["code"]), (400, &json!(30_032)));
    assert_eq!(lab.rest(&world.token, "PUT", &path, set(100, 200)).await.0, 200);
    let (status, body) = lab.rest(&world.token, "PUT", &path, set(200, 201)).await;
    assert_eq!((status, &body["code"]), (429, &json!(30_034)));
    assert_eq!(lab.rest(&world.token, "PUT", &path, set(150, 200)).await.0, 200, "no creation, no count");
}

#[tokio::test]
async fn faults_answer_delay_cut_and_lose_as_asked() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/channels/{}/messages", world.channel);
    let url = format!("{}/api/v10{path}", lab.sim.url());
    let send = async |effect: Value| {
        let matches =
            json!({ "method": "POST", "path": "/channels/{c}/messages", "token": world.application });
        lab.sim("POST", "/faults", json!({ "match": matches, "effect": effect, "times": 1 })).await;
        let request = lab.http.post(&url).header("authorization", format!("Bot {}", world.token));
        let answer = request.json(&json!({ "content": effect.to_string() })).send().await?;
        let status = answer.status().as_u16();
        Ok::<_, reqwest::Error>((status, answer.json::<Value>().await?))
    };
    let (status, body) = send(json!({ "status": 429, "retry_after": 1.5, "global": true })).await.unwrap();
    assert_eq!((status, &body["retry_after"], &body["global"]), (429, &json!(1.5), &json!(true)));
    let (status, body) = send(json!({ "status": 403, "code": 50_013 })).await.unwrap();
    assert_eq!((status, &body["code"]), (403, &json!(50_013)));
    let start = std::time::Instant::now();
    assert_eq!(send(json!({ "delay": "200ms" })).await.unwrap().0, 200);
    assert!(start.elapsed() >= Duration::from_millis(200));
    for (effect, done) in [("reset", false), ("drop_reply", true), ("half_body", true)] {
        let effect = json!({ effect: true });
        assert!(send(effect.clone()).await.is_err(), "{effect}");
        let seen = lab.sim("GET", &path, Value::Null).await;
        let words = effect.to_string();
        let written = seen.as_array().unwrap().iter().any(|message| message["content"] == words);
        assert_eq!(written, done, "{effect}");
    }
    let faults = lab.sim("GET", "/faults", Value::Null).await;
    assert!(faults.as_array().unwrap().iter().all(|fault| fault["hits"] == 1));
    lab.sim("DELETE", &format!("/faults/{}", faults[0]["id"]), Value::Null).await;
    lab.sim("DELETE", "/faults", Value::Null).await;
    assert_eq!(lab.sim("GET", "/faults", Value::Null).await, json!([]));
}
