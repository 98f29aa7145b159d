//! Which answers fit which interaction, and what they make: messages, updates, modals, suggestions.

use serde_json::{Value, json};

use crate::lab::text;
use crate::shop::Shop;

#[tokio::test]
async fn a_callback_with_response_tells_what_was_made() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let (id, token) = (interaction["id"].as_str().unwrap(), interaction["token"].as_str().unwrap());
    let path = format!("/interactions/{id}/{token}/callback?with_response=true");
    let body = json!({ "type": 4, "data": { "content": "hi", "flags": 64 } });
    let (status, answer) = shop.lab.rest("", "POST", &path, body).await;
    assert_eq!((status, &answer["resource"]["message"]["content"]), (200, &json!("hi")));
    assert_eq!(answer["interaction"]["response_message_ephemeral"], true);
    assert_eq!(answer["interaction"]["response_message_id"], answer["resource"]["message"]["id"]);
}

#[tokio::test]
async fn answers_must_fit_the_kind_of_interaction_and_form_errors_stand_under_data() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    for (body, path) in [
        (json!({ "type": 8, "data": { "choices": [] } }), "/type"),
        (json!({ "type": 1 }), "/type"),
        (json!({}), "/type"),
        (json!({ "type": 4 }), "/data"),
        (json!({ "type": 4, "data": { "content": "x".repeat(2001) } }), "/data/content"),
        (json!({ "type": 9, "data": { "custom_id": "m", "title": "t" } }), "/data/components"),
    ] {
        let (status, error) = shop.answer(&interaction, body.clone()).await;
        assert_eq!((status, &error["code"]), (400, &json!(50_035)), "{body}");
        assert!(error["errors"].pointer(path).is_some(), "{body}: {error}");
    }
    assert_eq!(shop.answer(&interaction, json!({ "type": 6 })).await.0, 204, "it is still unanswered");
}

/// Uses a command of the bot and returns what the bot receives.
async fn command(shop: &mut Shop, focused: bool) -> Value {
    let path = format!("/applications/{}/commands", shop.world.application);
    let option = json!({ "type": 4, "name": "count", "description": "d", "autocomplete": true });
    let body = json!({ "name": "go", "description": "d", "options": [option] });
    shop.lab.rest(&shop.world.token, "POST", &path, body).await;
    let call = json!({ "channel_id": shop.world.channel, "name": "go", "options": { "count": "1" } });
    let (status, answer) = shop.act(if focused { "autocomplete" } else { "command" }, call).await;
    assert_eq!(status, 200, "{answer}");
    shop.received().await
}

/// The types of answers that Discord refuses for an interaction, of all that there are.
async fn refused_types(shop: &Shop, interaction: &Value) -> Vec<i64> {
    let mut refused = Vec::new();
    for kind in 1..=12 {
        let (status, error) = shop.answer(interaction, json!({ "type": kind, "data": "no object" })).await;
        assert_eq!((status, &error["code"]), (400, &json!(50_035)), "{kind}: {error}");
        if error["errors"]["type"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES" {
            refused.push(kind);
        }
    }
    refused
}

#[tokio::test]
async fn a_command_is_answered_with_a_message_a_deferred_one_or_a_modal() {
    let mut shop = Shop::open().await;
    let interaction = command(&mut shop, false).await;
    assert_eq!(refused_types(&shop, &interaction).await, [1, 2, 3, 6, 7, 8, 10, 11, 12]);
}

#[tokio::test]
async fn a_click_may_also_be_answered_with_an_update() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    assert_eq!(refused_types(&shop, &interaction).await, [1, 2, 3, 8, 10, 11, 12]);
}

#[tokio::test]
async fn an_autocomplete_is_answered_with_suggestions_only() {
    let mut shop = Shop::open().await;
    let interaction = command(&mut shop, true).await;
    assert_eq!(refused_types(&shop, &interaction).await, [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]);
}

#[tokio::test]
async fn a_modal_is_not_answered_with_a_modal_and_updates_only_a_message_it_came_from() {
    let mut shop = Shop::open().await;
    let input = json!({ "type": 4, "custom_id": "a", "style": 1, "required": false });
    let modal = json!({ "custom_id": "m", "title": "t", "components": [{ "type": 18, "label": "l", "component": input }] });
    let click = shop.buy().await;
    let call = command(&mut shop, false).await;
    for (opened, refused) in
        [(click, vec![1, 2, 3, 8, 9, 10, 11, 12]), (call, vec![1, 2, 3, 6, 7, 8, 9, 10, 11, 12])]
    {
        assert_eq!(shop.answer(&opened, json!({ "type": 9, "data": modal })).await.0, 204);
        shop.act("submit", json!({ "interaction_id": opened["id"] })).await;
        let submitted = shop.received().await;
        assert_eq!(refused_types(&shop, &submitted).await, refused);
    }
}

#[tokio::test]
async fn suggestions_fit_the_type_of_the_option_being_typed() {
    let mut shop = Shop::open().await;
    let interaction = command(&mut shop, true).await;
    let suggest =
        |value: Value| json!({ "type": 8, "data": { "choices": [{ "name": "One", "value": value }] } });
    for wrong in [json!("1"), json!(1.5), Value::Null] {
        let (status, error) = shop.answer(&interaction, suggest(wrong.clone())).await;
        assert_eq!(
            (status, error["errors"]["data"]["choices"]["0"]["value"].is_object()),
            (400, true),
            "{wrong}"
        );
    }
    assert_eq!(shop.answer(&interaction, suggest(json!(1))).await.0, 204);
}

#[tokio::test]
async fn a_callback_with_response_has_a_resource_where_a_message_was_made_or_changed() {
    let mut shop = Shop::open().await;
    for (body, resource) in [
        (json!({ "type": 4, "data": { "content": "x" } }), true),
        (json!({ "type": 5 }), true),
        (json!({ "type": 6 }), false),
        (json!({ "type": 7, "data": { "content": "Shop" } }), true),
    ] {
        let interaction = shop.buy().await;
        let path = format!(
            "/interactions/{}/{}/callback?with_response=1",
            text(&interaction["id"]),
            text(&interaction["token"])
        );
        let (status, answer) = shop.lab.rest("", "POST", &path, body.clone()).await;
        assert_eq!((status, &answer["interaction"]["id"]), (200, &interaction["id"]), "{body}");
        assert_eq!(answer["interaction"]["type"], 3);
        assert_eq!(answer["interaction"]["response_message_loading"], body["type"] == 5, "{body}");
        assert_eq!(answer.get("resource").is_some(), resource, "{body}");
        if resource {
            assert_eq!(
                (&answer["resource"]["type"], answer["resource"]["message"].is_object()),
                (&body["type"], true)
            );
        }
    }
}

#[tokio::test]
async fn an_answer_and_a_follow_up_may_be_made_of_components_v2() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let v2 = |words: &str| json!({ "flags": 1 << 15 | 64, "components": [{ "type": 10, "content": words }] });
    assert_eq!(shop.answer(&interaction, json!({ "type": 4, "data": v2("one") })).await.0, 204);
    let (status, edited) =
        shop.hook(&interaction, "PATCH", "/messages/@original", json!({ "content": "old ways" })).await;
    assert_eq!(
        (status, edited["errors"]["content"].is_object()),
        (400, true),
        "the flag cannot be taken back"
    );
    let text = json!({ "flags": 0, "components": [{ "type": 10, "content": "two" }] });
    let (status, edited) = shop.hook(&interaction, "PATCH", "/messages/@original", text).await;
    assert_eq!((status, &edited["components"][0]["content"]), (200, &json!("two")));
    assert_eq!(edited["flags"], 1 << 15 | 64);
    let (status, follow) = shop.hook(&interaction, "POST", "", v2("three")).await;
    assert_eq!((status, &follow["flags"]), (200, &json!(1 << 15 | 64)));
}

#[tokio::test]
async fn a_deferred_answer_becomes_components_v2_when_it_is_filled_in() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    assert_eq!(shop.answer(&interaction, json!({ "type": 5, "data": { "flags": 64 } })).await.0, 204);
    let v2 = json!({ "flags": 1 << 15, "components": [{ "type": 10, "content": "done" }] });
    let (status, filled) = shop.hook(&interaction, "PATCH", "/messages/@original", v2).await;
    assert_eq!((status, &filled["flags"]), (200, &json!(1 << 15 | 64)));
}

#[tokio::test]
async fn answers_mention_people_only_unless_they_say_more() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let words = format!("<@{}> @everyone <@&{}>", shop.world.user, shop.world.guild);
    shop.answer(&interaction, json!({ "type": 4, "data": { "content": words } })).await;
    let response = shop.state(&interaction).await["response"].clone();
    assert_eq!((&response["mention_everyone"], &response["mention_roles"]), (&json!(false), &json!([])));
    assert_eq!(response["mentions"][0]["id"], shop.world.user);
    let (_, message) = shop.lab.post(&shop.world, json!({ "content": words })).await;
    assert_eq!(
        (&message["mention_everyone"], &message["mention_roles"][0]),
        (&json!(true), &json!(shop.world.guild))
    );
    let none = json!({ "content": words, "allowed_mentions": { "parse": [] } });
    let (_, message) = shop.lab.post(&shop.world, none).await;
    assert_eq!((&message["mentions"], &message["mention_everyone"]), (&json!([]), &json!(false)));
}
