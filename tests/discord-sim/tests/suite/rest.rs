//! The REST API: tokens, messages, people, errors as Discord words them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::lab::{lab_and_world, text};
use crate::shop::Shop;

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
async fn an_enforced_nonce_returns_the_first_message() {
    let (lab, world) = lab_and_world().await;
    let body = json!({ "content": "once", "nonce": "order-1", "enforce_nonce": true });
    let (_, first) = lab.post(&world, body.clone()).await;
    let (status, second) = lab.post(&world, body).await;
    assert_eq!((status, &first["id"], &first["nonce"]), (200, &second["id"], &json!("order-1")));
    let (_, third) = lab.post(&world, json!({ "content": "again", "nonce": "order-1" })).await;
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
    let (status, answer) = lab.post(&world, body.clone()).await;
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
    let (_, first) = lab.post(&world, json!({ "content": "first" })).await;
    let (_, second) = lab.post(&world, json!({ "content": "second" })).await;
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
    let (_, message) = lab.post(&world, json!({ "content": "x" })).await;
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

#[tokio::test]
async fn refusals_have_the_words_and_the_shape_of_discord() {
    let mut shop = Shop::open().await;
    let token = shop.world.token.clone();
    let rest = async |method: &str, path: &str, body: Value| shop.lab.rest(&token, method, path, body).await;
    let words = |message: &str, code: u64| json!({ "message": message, "code": code });
    assert_eq!(rest("GET", "/channels/5", Value::Null).await, (404, words("Unknown Channel", 10_003)));
    assert_eq!(rest("GET", "/guilds/5", Value::Null).await, (404, words("Unknown Guild", 10_004)));
    let path = format!("/channels/{}/messages/5", shop.world.channel);
    assert_eq!(rest("GET", &path, Value::Null).await, (404, words("Unknown Message", 10_008)));
    let path = format!("/channels/{}", shop.world.channel);
    assert_eq!(rest("DELETE", &path, Value::Null).await, (403, words("Missing Permissions", 50_013)));
    let path = format!("/webhooks/{}/wrong", shop.world.application);
    let answer = rest("POST", &path, json!({ "content": "x" })).await;
    assert_eq!(answer, (401, words("Invalid Webhook Token", 50_027)));
    let answer = rest("POST", "/interactions/5/x/callback", json!({ "type": 6 })).await;
    assert_eq!(answer, (404, words("Unknown interaction", 10_062)));
    let path = format!("/channels/{}/messages", shop.world.channel);
    let answer = rest("POST", &path, json!({ "content": "x".repeat(2001) })).await;
    let errors = json!([{ "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length." }]);
    let body = json!({
        "message": "Invalid Form Body", "code": 50_035, "errors": { "content": { "_errors": errors } },
    });
    assert_eq!(answer, (400, body));
    assert_eq!(rest("POST", &path, json!({})).await, (400, words("Cannot send an empty message", 50_006)));
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 6 })).await;
    let answer = shop.answer(&interaction, json!({ "type": 6 })).await;
    assert_eq!(answer, (400, words("Interaction has already been acknowledged.", 40_060)));
}

#[tokio::test]
async fn what_is_no_id_in_a_path_and_out_of_range_in_a_query_is_named() {
    let (lab, world) = lab_and_world().await;
    let (status, body) = lab.rest(&world.token, "GET", "/channels/abc/messages/x", Value::Null).await;
    assert_eq!((status, &body["code"]), (400, &json!(50_035)));
    for (name, value) in [("channel_id", "abc"), ("message_id", "x")] {
        let error = json!({ "code": "NUMBER_TYPE_COERCE", "message": format!("Value \"{value}\" is not snowflake.") });
        assert_eq!(body["errors"][name]["_errors"], json!([error]));
    }
    for limit in [0, 101] {
        let path = format!("/channels/{}/messages?limit={limit}", world.channel);
        let (status, body) = lab.rest(&world.token, "GET", &path, Value::Null).await;
        assert_eq!((status, body["errors"]["limit"].is_object()), (400, true), "{limit}: {body}");
    }
}

#[tokio::test]
async fn messages_around_one_are_those_before_and_after_it() {
    let (lab, world) = lab_and_world().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(lab.post(&world, json!({ "content": n.to_string() })).await.1["id"].clone());
    }
    let path = format!("/channels/{}/messages?limit=3&around={}", world.channel, text(&ids[2]));
    let (_, found) = lab.rest(&world.token, "GET", &path, Value::Null).await;
    let found: Vec<&Value> = found.as_array().unwrap().iter().map(|message| &message["id"]).collect();
    assert_eq!(found, [&ids[3], &ids[2], &ids[1]], "newest first");
}

#[tokio::test]
async fn a_form_of_plain_fields_and_files_is_taken_like_json() {
    let (lab, world) = lab_and_world().await;
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), world.channel);
    let send = async |form: reqwest::multipart::Form| {
        let request = lab.http.post(&url).header("authorization", format!("Bot {}", world.token));
        let answer = request.multipart(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let part = || reqwest::multipart::Part::text("a\n").file_name("a.txt");
    let (status, message) =
        send(reqwest::multipart::Form::new().text("content", "hi").part("files[0]", part())).await;
    assert_eq!((status, &message["content"]), (200, &json!("hi")));
    assert_eq!(message["attachments"][0]["filename"], "a.txt");
    let (status, message) = send(reqwest::multipart::Form::new().part("files[0]", part())).await;
    assert_eq!((status, message["attachments"].as_array().map(Vec::len)), (200, Some(1)), "files alone");
    let broken = reqwest::multipart::Form::new().text("payload_json", "{").part("files[0]", part());
    assert_eq!(send(broken).await.1["code"], 50_109);
    let unknown = json!({ "attachments": [{ "id": 1 }] }).to_string();
    let (_, error) =
        send(reqwest::multipart::Form::new().text("payload_json", unknown).part("files[0]", part())).await;
    assert_eq!(error["errors"]["attachments"]["0"]["_errors"][0]["code"], "ATTACHMENT_NOT_FOUND");
    let many =
        (0..11).fold(reqwest::multipart::Form::new(), |form, n| form.part(format!("files[{n}]"), part()));
    assert_eq!(send(many).await.1["code"], 50_035);
}

#[tokio::test]
async fn an_edit_keeps_the_files_it_names_and_refuses_unknown_ones() {
    let (lab, world) = lab_and_world().await;
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), world.channel);
    let part = |name: &str| reqwest::multipart::Part::text("x").file_name(name.to_owned());
    let form =
        reqwest::multipart::Form::new().part("files[0]", part("a.txt")).part("files[1]", part("b.txt"));
    let request = lab.http.post(&url).header("authorization", format!("Bot {}", world.token)).multipart(form);
    let message: Value = request.send().await.unwrap().json().await.unwrap();
    let path = format!("/channels/{}/messages/{}", world.channel, text(&message["id"]));
    let keep = |id: &Value| json!({ "attachments": [{ "id": id }] });
    let (status, edited) =
        lab.rest(&world.token, "PATCH", &path, keep(&message["attachments"][1]["id"])).await;
    assert_eq!((status, edited["attachments"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(edited["attachments"][0]["filename"], "b.txt");
    let (status, error) = lab.rest(&world.token, "PATCH", &path, keep(&json!("5"))).await;
    assert_eq!((status, error["errors"]["attachments"]["0"].is_object()), (400, true));
}

#[tokio::test]
async fn a_reply_mentions_the_author_of_the_message_unless_it_is_told_not_to() {
    let (lab, world) = lab_and_world().await;
    let said = json!({ "channel_id": world.channel, "content": "hello" });
    let said = lab.sim("POST", &format!("/users/{}/message", world.user), said).await;
    let reply = |allowed: Value| {
        json!({
            "content": "hi", "message_reference": { "message_id": said["message_id"] }, "allowed_mentions": allowed,
        })
    };
    let (_, message) = lab.post(&world, reply(Value::Null)).await;
    assert_eq!((&message["type"], &message["mentions"][0]["id"]), (&json!(19), &json!(world.user)));
    let (_, message) = lab.post(&world, reply(json!({ "replied_user": false }))).await;
    assert_eq!(message["mentions"], json!([]));
    let missing = json!({ "content": "hi", "message_reference": { "message_id": "5" } });
    assert!(lab.post(&world, missing).await.1["errors"]["message_reference"].is_object());
}
