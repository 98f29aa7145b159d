//! Limits of the REST API: buckets, the global limit, the ban of addresses, old messages.

use discord_sim::Options;
use futures_util::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};

use crate::lab::{Lab, World, header, lab_and_world, text};
use crate::shop::Shop;

#[tokio::test]
async fn buckets_are_announced_in_headers_and_kept() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/channels/{}/messages", world.channel);
    for remaining in (0..5).rev() {
        let answer = lab.raw(&world.token, "POST", &path, json!({ "content": "x" })).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "x-ratelimit-limit"), "5");
        assert_eq!(header(&answer, "x-ratelimit-remaining"), remaining.to_string());
        assert!(header(&answer, "x-ratelimit-reset-after").parse::<f64>().unwrap() <= 5.0);
        assert!(!header(&answer, "x-ratelimit-bucket").is_empty());
    }
    let answer = lab.raw(&world.token, "POST", &path, json!({ "content": "x" })).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(header(&answer, "x-ratelimit-scope"), "user");
    assert!(header(&answer, "retry-after").parse::<u64>().unwrap() >= 1);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["global"], false);
    assert!(body["retry_after"].as_f64().unwrap() > 0.0, "{body}");
}

/// Asks by sixties at once until it is told that this is too much, which a busy machine may not see at the first time.
async fn over_the_global_limit(lab: &Lab, world: &World) -> Response {
    let path = format!("/users/{}", world.user);
    loop {
        let sixty = (0..60).map(|_| lab.raw(&world.token, "GET", &path, Value::Null));
        let limited = join_all(sixty).await.into_iter().find(|answer| answer.status() == 429);
        if let Some(answer) = limited {
            return answer;
        }
    }
}

#[tokio::test]
async fn fifty_requests_a_second_are_the_global_limit_but_not_for_interactions() {
    let (lab, world) = lab_and_world().await;
    let answer = over_the_global_limit(&lab, &world).await;
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
    let answer = lab.raw(&world.token, "GET", "/users/@me", Value::Null).await;
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
async fn editing_messages_older_than_an_hour_gets_30046_after_three_in_six_seconds() {
    let (lab, world) = lab_and_world().await;
    let (_, message) = lab.post(&world, json!({ "content": "old" })).await;
    let id = text(&message["id"]).to_owned();
    lab.sim("POST", &format!("/messages/{id}/age"), json!({ "by": "2h" })).await;
    let path = format!("/channels/{}/messages/{id}", world.channel);
    for number in 0..3 {
        let answer = lab.raw(&world.token, "PATCH", &path, json!({ "content": number.to_string() })).await;
        assert_eq!(answer.status(), 200);
    }
    let answer = lab.raw(&world.token, "PATCH", &path, json!({ "content": "more" })).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(header(&answer, "x-ratelimit-remaining"), "1", "the headers do not announce it");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], 30_046);
    assert!(body["retry_after"].as_f64().unwrap() > 5.0);
}

#[tokio::test]
async fn a_429_says_when_to_come_back_and_whose_limit_it_is() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/channels/{}/messages", world.channel);
    for _ in 0..5 {
        lab.post(&world, json!({ "content": "x" })).await;
    }
    let answer = lab.raw(&world.token, "POST", &path, json!({ "content": "x" })).await;
    let (retry_after, scope) = (header(&answer, "retry-after"), header(&answer, "x-ratelimit-scope"));
    assert_eq!((answer.status().as_u16(), scope.as_str()), (429, "user"));
    let body: Value = answer.json().await.unwrap();
    let wait = body["retry_after"].as_f64().unwrap();
    assert_eq!(retry_after, format!("{}", wait.ceil()), "whole seconds in the header");
    assert_eq!((&body["message"], &body["global"]), (&json!("You are being rate limited."), &json!(false)));
}

#[tokio::test]
async fn a_bucket_belongs_to_its_channel() {
    let (lab, world) = lab_and_world().await;
    for _ in 0..6 {
        lab.post(&world, json!({ "content": "x" })).await;
    }
    let other = lab.sim("POST", &format!("/guilds/{}/channels", world.guild), json!({ "name": "b" })).await;
    let path = format!("/channels/{}/messages", text(&other["id"]));
    let answer = lab.raw(&world.token, "POST", &path, json!({ "content": "x" })).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "x-ratelimit-remaining").as_str()), (200, "4"));
}

#[tokio::test]
async fn callbacks_and_follow_ups_are_outside_the_global_limit() {
    let mut shop = Shop::open().await;
    let user = format!("/users/{}", shop.world.user);
    // Again if the second was over too early to tell.
    loop {
        let interaction = shop.buy().await;
        over_the_global_limit(&shop.lab, &shop.world).await;
        assert_eq!(shop.answer(&interaction, json!({ "type": 5 })).await.0, 204);
        let done = json!({ "content": "Done" });
        assert_eq!(shop.hook(&interaction, "PATCH", "/messages/@original", done.clone()).await.0, 200);
        assert_eq!(shop.hook(&interaction, "POST", "", done).await.0, 200);
        if shop.lab.rest(&shop.world.token, "GET", &user, Value::Null).await.0 == 429 {
            return;
        }
    }
}

#[tokio::test]
async fn a_401_a_403_and_a_429_count_as_invalid_requests_but_not_a_shared_429() {
    let lab = Lab::with(Options { invalid_request_limit: 3, ..Options::default() }).await;
    let world = lab.world(json!({})).await;
    let fault = |code: u16, global: bool| {
        let effect = json!({ "status": code, "global": global });
        json!({ "match": { "path": "/users/@me" }, "effect": effect, "times": 1 })
    };
    let ask = async || lab.rest(&world.token, "GET", "/users/@me", Value::Null).await.0;
    // Shared and wrong in other ways: none of these counts.
    for code in [429, 400, 404, 500] {
        lab.sim("POST", "/faults", fault(code, false)).await;
        assert_eq!(ask().await, code);
    }
    for code in [401, 403] {
        lab.sim("POST", "/faults", fault(code, false)).await;
        assert_eq!(ask().await, code);
    }
    assert_eq!(ask().await, 200, "two of three");
    lab.sim("POST", "/faults", fault(429, true)).await;
    assert_eq!((ask().await, ask().await), (429, 429), "the third, and then the ban");
}

#[tokio::test]
async fn the_ban_of_an_address_is_one_for_every_bot_behind_it() {
    assert_eq!(Options::default().invalid_request_limit, 10_000);
    let lab = Lab::with(Options { invalid_request_limit: 1, ..Options::default() }).await;
    let (guilty, innocent) = (lab.world(json!({})).await, lab.world(json!({ "name": "Other" })).await);
    assert_eq!(lab.rest("dead", "GET", "/users/@me", Value::Null).await.0, 401);
    for token in [&guilty.token, &innocent.token] {
        assert_eq!(lab.rest(token, "GET", "/users/@me", Value::Null).await.0, 429);
    }
}
