//! What stands in front of the API, and which requests it lets through: marks, agents, versions, forms.

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::lab::{Lab, USER_AGENT, World, header, lab_and_world, text};
use crate::socket::{GUILDS, Socket};

async fn fault(lab: &Lab, effect: Value) {
    let matches = json!({ "path": "/users/@me" });
    lab.sim("POST", "/faults", json!({ "match": matches, "effect": effect, "times": 1 })).await;
}

async fn me(lab: &Lab, world: &World) -> Response {
    lab.raw(&world.token, "GET", "/users/@me", Value::Null).await
}

async fn rules(lab: &Lab) -> Vec<String> {
    let list = lab.sim("GET", "/violations", Value::Null).await;
    list.as_array().unwrap().iter().map(|entry| text(&entry["rule"]).to_owned()).collect()
}

#[tokio::test]
async fn every_answer_of_discord_itself_carries_via_and_one_of_cloudflare_does_not() {
    let (lab, world) = lab_and_world().await;
    assert_eq!(header(&me(&lab, &world).await, "via"), "1.1 google");
    fault(&lab, json!({ "status": 429, "retry_after": 2 })).await;
    let limited = me(&lab, &world).await;
    assert_eq!((limited.status().as_u16(), header(&limited, "via")), (429, "1.1 google".into()));
    assert_eq!(header(&limited, "content-type"), "application/json");
    fault(&lab, json!({ "status": 429, "retry_after": 2, "cloudflare": true })).await;
    let shut_out = me(&lab, &world).await;
    assert_eq!((shut_out.status().as_u16(), header(&shut_out, "via")), (429, String::new()));
    assert_eq!(header(&shut_out, "retry-after"), "2");
    assert!(header(&shut_out, "content-type").starts_with("text/html"));
    assert!(shut_out.text().await.unwrap().contains("1015"));
}

#[tokio::test]
async fn a_true_429_carries_via_too() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/channels/{}/messages", world.channel);
    loop {
        let answer = lab.raw(&world.token, "POST", &path, json!({ "content": "x" })).await;
        assert_eq!(header(&answer, "via"), "1.1 google");
        if answer.status() == 429 {
            return;
        }
    }
}

#[tokio::test]
async fn an_injected_refusal_is_no_violation_of_the_client() {
    let (lab, world) = lab_and_world().await;
    for status in [429, 400, 401, 404] {
        fault(&lab, json!({ "status": status })).await;
        assert_eq!(me(&lab, &world).await.status(), status);
    }
    assert_eq!(rules(&lab).await, Vec::<String>::new());
}

async fn status_of(lab: &Lab, agent: &str, token: &str, path: &str) -> u16 {
    let client = Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(format!("{}/api/v10{path}", lab.sim.url()));
    if !agent.is_empty() {
        request = request.header("user-agent", agent);
    }
    if !token.is_empty() {
        request = request.header("authorization", format!("Bot {token}"));
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn few_agents_are_shut_out_and_bots_without_the_documented_form_are_noted() {
    let (lab, world) = lab_and_world().await;
    let bot = async |agent: &str| status_of(&lab, agent, &world.token, "/users/@me").await;
    for agent in [USER_AGENT, "DiscordBot (https://example.org 1.0) Python/3.11 aiohttp/3.9"] {
        assert_eq!(bot(agent).await, 200, "{agent}");
    }
    assert_eq!(rules(&lab).await, Vec::<String>::new());
    for agent in ["", "curl/8.0", "DiscordBot", "DiscordBot (https://example.org)"] {
        assert_eq!(bot(agent).await, 200, "'{agent}' is let through");
    }
    assert_eq!(rules(&lab).await, ["rest.user_agent"; 4]);
    for agent in ["Python-urllib/3.8", "Java/1.8.0_202", "Mozilla/5.0 (X11; Linux x86_64)"] {
        assert_eq!(bot(agent).await, 403, "{agent}");
    }
    assert_eq!(status_of(&lab, "Mozilla/5.0 (X11)", "", "/gateway").await, 200, "a person's browser");
}

#[tokio::test]
async fn a_webhook_is_used_without_a_user_agent() {
    let (lab, world) = lab_and_world().await;
    let body = json!({ "name": "paid", "webhook": true });
    let channel = lab.sim("POST", &format!("/guilds/{}/channels", world.guild), body).await;
    let client = Client::builder().no_proxy().build().unwrap();
    let request = client.post(text(&channel["webhook_url"])).json(&json!({ "content": "paid" }));
    assert_eq!(request.send().await.unwrap().status(), 204);
    assert_eq!(rules(&lab).await, Vec::<String>::new());
}

#[tokio::test]
async fn v9_is_served_like_v10_and_other_versions_are_named_as_unknown() {
    let (lab, world) = lab_and_world().await;
    let get = async |prefix: &str| {
        let request = lab.http.get(format!("{}{prefix}/users/@me", lab.sim.url()));
        let answer = request.header("authorization", format!("Bot {}", world.token)).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(get("/api/v9").await, get("/api/v10").await);
    for prefix in ["/api/v8", "/api/v11", "/api"] {
        let (status, body) = get(prefix).await;
        assert_eq!((status, &body["code"]), (400, &json!(50_041)), "{prefix}");
        assert!(text(&body["message"]).contains("v10 and v9"), "{body}");
    }
    // Limits, faults and buckets are those of the same route.
    fault(&lab, json!({ "status": 503 })).await;
    assert_eq!(get("/api/v9").await.0, 503);
}

#[tokio::test]
async fn the_gateway_speaks_v9_too() {
    let (lab, world) = lab_and_world().await;
    let mut socket = Socket::dial(&format!("{}/?v=9&encoding=json", lab.gateway())).await;
    let ready = socket.identify(&world.token, GUILDS).await;
    assert_eq!(ready["d"]["v"], 9);
}

#[tokio::test]
async fn an_encoded_form_is_taken_where_the_description_lists_it() {
    let (lab, world) = lab_and_world().await;
    let send = async |path: &str, form: &[(&str, &str)]| {
        let request = lab.http.post(format!("{}/api/v10{path}", lab.sim.url())).form(form);
        let answer = request.header("authorization", format!("Bot {}", world.token)).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let messages = format!("/channels/{}/messages", world.channel);
    let (status, message) = send(&messages, &[("content", "a & b"), ("tts", "true")]).await;
    assert_eq!((status, &message["content"], &message["tts"]), (200, &json!("a & b"), &json!(true)));
    let (status, message) = send(&messages, &[("payload_json", r#"{"content":"json"}"#)]).await;
    assert_eq!((status, &message["content"]), (200, &json!("json")));
    let (status, body) = send(&messages, &[("payload_json", "{")]).await;
    assert_eq!((status, &body["code"]), (400, &json!(50_109)));
    let (status, body) = send("/users/@me/channels", &[("recipient_id", &world.user)]).await;
    assert_eq!((status, &body["code"]), (400, &json!(50_035)), "not listed there");
}
