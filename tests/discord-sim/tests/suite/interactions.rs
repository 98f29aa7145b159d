//! Interactions: their clocks, the kinds of answers, who sees what, what clients would not offer.

use serde_json::{Value, json};

use crate::shop::{Shop, row};

#[tokio::test]
async fn the_first_answer_must_come_within_three_seconds() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.age(&interaction, "3s").await;
    let (status, body) = shop.answer(&interaction, json!({ "type": 6 })).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_062)));
    assert_eq!(shop.state(&interaction).await["state"], "failed");
}

#[tokio::test]
async fn a_second_answer_gets_40060() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    assert_eq!(shop.answer(&interaction, json!({ "type": 6 })).await.0, 204);
    let (status, body) = shop.answer(&interaction, json!({ "type": 6 })).await;
    assert_eq!((status, &body["code"]), (400, &json!(40_060)));
    shop.age(&interaction, "1h").await;
    assert_eq!(shop.answer(&interaction, json!({ "type": 6 })).await.1["code"], 40_060);
}

#[tokio::test]
async fn the_token_lives_15_minutes_and_needs_no_bot_token() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let (status, body) = shop.hook(&interaction, "POST", "", json!({ "content": "too early" })).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_015)), "there is no webhook before the first answer");
    shop.answer(&interaction, json!({ "type": 5 })).await;
    shop.age(&interaction, "14m").await;
    let (status, _) =
        shop.hook(&interaction, "PATCH", "/messages/@original", json!({ "content": "Done" })).await;
    assert_eq!(status, 200);
    shop.age(&interaction, "1m").await;
    let (status, body) = shop.hook(&interaction, "POST", "", json!({ "content": "late" })).await;
    assert_eq!((status, &body["code"]), (401, &json!(50_027)));
}

#[tokio::test]
async fn the_payload_carries_both_locales_and_the_member() {
    let mut shop = Shop::open().await;
    let got = shop.buy().await;
    assert_eq!(
        (&got["locale"], &got["guild_locale"], &got["context"]),
        (&json!("de"), &json!("en-US"), &json!(0))
    );
    assert_eq!((&got["type"], &got["version"]), (&json!(3), &json!(1)));
    assert_eq!(got["member"]["user"]["id"], shop.world.user);
    assert!(got["member"]["permissions"].as_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(got["message"]["id"], shop.message);
    assert_eq!(got["data"]["custom_id"], "buy");
    assert!(got.get("user").is_none(), "in a guild the user is inside the member");
}

#[tokio::test]
async fn an_ephemeral_answer_is_seen_by_its_person_only() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let data = json!({ "content": "secret", "flags": 64, "components": row(&json!([
        { "type": 2, "style": 3, "label": "Confirm", "custom_id": "confirm" },
    ])) });
    shop.answer(&interaction, json!({ "type": 4, "data": data })).await;
    let secret = shop.state(&interaction).await["response"]["id"].as_str().unwrap().to_owned();
    let other = shop.other_person().await;
    assert_eq!(shop.seen_by(&shop.world.user.clone()).await.len(), 2);
    assert_eq!(shop.seen_by(&other).await.len(), 1);
    let path = format!("/channels/{}/messages/{secret}", shop.world.channel);
    let (status, body) = shop.lab.rest(&shop.world.token, "GET", &path, Value::Null).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_008)), "not even the bot finds it in the channel");
    let body = json!({ "message_id": secret, "custom_id": "confirm" });
    let (status, _) = shop.lab.try_sim("POST", &format!("/users/{other}/click"), body).await;
    assert_eq!(status, 409);
    let confirmed = shop.click(&secret, "confirm").await;
    assert_eq!(confirmed["message"]["flags"], 64);
    shop.answer(&confirmed, json!({ "type": 7, "data": { "content": "bought", "components": [] } })).await;
    let seen = shop.seen_by(&shop.world.user.clone()).await;
    assert_eq!((&seen[1]["content"], &seen[1]["ephemeral"]), (&json!("bought"), &json!(true)));
}

#[tokio::test]
async fn ephemeral_is_decided_by_the_first_answer_and_cannot_be_changed() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 5, "data": { "flags": 64 } })).await;
    assert_eq!(shop.state(&interaction).await["state"], "deferred");
    shop.hook(&interaction, "PATCH", "/messages/@original", json!({ "content": "x", "flags": 0 })).await;
    let state = shop.state(&interaction).await;
    assert_eq!((&state["state"], &state["response"]["flags"]), (&json!("answered"), &json!(64)));
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 5 })).await;
    let body = json!({ "content": "follow", "flags": 64 });
    let (_, message) = shop.hook(&interaction, "POST", "", body).await;
    assert_eq!(message["flags"], 0, "the first follow-up takes the place of the deferred answer");
    assert_eq!(message["id"], shop.state(&interaction).await["response"]["id"]);
}

#[tokio::test]
async fn an_update_changes_the_message_of_the_component() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 7, "data": { "content": "Sold out" } })).await;
    let seen = shop.seen_by(&shop.world.user.clone()).await;
    assert_eq!((seen.len(), &seen[0]["content"]), (1, &json!("Sold out")));
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 6 })).await;
    let (_, edited) =
        shop.hook(&interaction, "PATCH", "/messages/@original", json!({ "content": "Back" })).await;
    assert_eq!(edited["id"], shop.message);
}

#[tokio::test]
async fn follow_ups_are_read_edited_and_deleted() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 4, "data": { "content": "one" } })).await;
    let (_, follow) = shop.hook(&interaction, "POST", "", json!({ "content": "two", "flags": 64 })).await;
    assert_eq!(follow["flags"], 64);
    let path = format!("/messages/{}", follow["id"].as_str().unwrap());
    let (_, edited) = shop.hook(&interaction, "PATCH", &path, json!({ "content": "three" })).await;
    assert_eq!(edited["content"], "three");
    assert_eq!(shop.state(&interaction).await["followups"][0]["content"], "three");
    assert_eq!(shop.hook(&interaction, "DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(shop.hook(&interaction, "GET", &path, Value::Null).await.1["code"], 10_008);
    let (status, original) = shop.hook(&interaction, "GET", "/messages/@original", Value::Null).await;
    assert_eq!((status, &original["content"]), (200, &json!("one")));
}

#[tokio::test]
async fn selects_take_offered_values_only() {
    let mut shop = Shop::open().await;
    let select = |values: Value| json!({ "message_id": shop.message, "custom_id": "pick", "values": values });
    for (values, status) in [(json!(["x"]), 409), (json!([]), 409), (json!(["a", "b", "c"]), 409)] {
        assert_eq!(shop.act("select", select(values.clone())).await.0, status, "{values}");
    }
    assert_eq!(shop.act("select", select(json!(["a", "c"]))).await.0, 200);
    assert_eq!(shop.received().await["data"]["values"], json!(["a", "c"]));
    let who = json!({ "message_id": shop.message, "custom_id": "who", "values": [shop.world.user] });
    assert_eq!(shop.act("select", who).await.0, 200);
    let got = shop.received().await;
    let user = shop.world.user.as_str();
    assert_eq!(got["data"]["resolved"]["users"][user]["id"], user);
    assert!(got["data"]["resolved"]["members"][user]["roles"].is_array());
}

#[tokio::test]
async fn what_a_client_does_not_offer_cannot_be_done() {
    let shop = Shop::open().await;
    let click = |id: &str| json!({ "message_id": shop.message, "custom_id": id });
    assert_eq!(shop.act("click", click("off")).await.0, 409, "a disabled button");
    assert_eq!(shop.act("click", click("none")).await.0, 404, "a button that is not there");
    assert_eq!(shop.act("click", click("pick")).await.0, 409, "a select is not clicked");
    assert_eq!(shop.act("click", json!({ "message_id": "5", "custom_id": "buy" })).await.0, 404);
    let path = format!("/users/{}/click", shop.world.application);
    assert_eq!(shop.lab.try_sim("POST", &path, click("buy")).await.0, 409, "bots do not click");
}

#[tokio::test]
async fn waiting_ends_with_the_final_answer() {
    let mut shop = Shop::open().await;
    let path = format!("/users/{}/click?wait=5s", shop.world.user);
    let body = json!({ "message_id": shop.message, "custom_id": "buy" });
    let url = format!("{}/_sim{path}", shop.lab.sim.url());
    let call = tokio::spawn(shop.lab.http.post(url).json(&body).send());
    let interaction = shop.received().await;
    shop.answer(&interaction, json!({ "type": 5 })).await;
    assert!(!call.is_finished(), "a deferred answer is not final");
    shop.hook(&interaction, "PATCH", "/messages/@original", json!({ "content": "Done" })).await;
    let state: Value = call.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!((&state["state"], &state["response"]["content"]), (&json!("answered"), &json!("Done")));
    assert_eq!(state["interaction_id"], interaction["id"]);
    assert!(state["acknowledged_ms"].as_u64().unwrap() < 3000);
}

#[tokio::test]
async fn an_interaction_can_be_delivered_again() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let path = format!("/interactions/{}/replay", interaction["id"].as_str().unwrap());
    shop.lab.sim("POST", &path, json!({ "times": 2 })).await;
    for _ in 0..2 {
        assert_eq!(shop.received().await, interaction);
    }
    let session = shop.state(&interaction).await["delivered_to"][0].clone();
    let told = shop.lab.sim("POST", &path, json!({ "sessions": [session] })).await;
    assert_eq!(told["delivered"], 1);
    assert_eq!(shop.received().await["token"], interaction["token"]);
}

#[tokio::test]
async fn an_ephemeral_follow_up_is_seen_by_its_person_only() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.answer(&interaction, json!({ "type": 6 })).await;
    let (status, secret) =
        shop.hook(&interaction, "POST", "", json!({ "content": "psst", "flags": 64 })).await;
    assert_eq!((status, &secret["flags"]), (200, &json!(64)));
    shop.hook(&interaction, "POST", "", json!({ "content": "for all" })).await;
    let (person, other) = (shop.world.user.clone(), shop.other_person().await);
    let words = |seen: &[Value]| seen.iter().map(|message| message["content"].clone()).collect::<Vec<_>>();
    assert_eq!(words(&shop.seen_by(&person).await), ["Shop", "psst", "for all"]);
    assert_eq!(words(&shop.seen_by(&other).await), ["Shop", "for all"]);
}

#[tokio::test]
async fn a_late_interaction_is_unknown_and_its_webhook_too() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    shop.age(&interaction, "3s").await;
    let (status, body) = shop.answer(&interaction, json!({ "type": 5 })).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_062)));
    let (status, body) = shop.hook(&interaction, "POST", "", json!({ "content": "x" })).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_015)), "the token is worth nothing");
}
