//! Modals: what people fill in, what a client checks before it is sent, what the bot receives.

use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn modals_are_filled_in_rows_and_in_labels() {
    let mut shop = Shop::open().await;
    let interaction = shop.buy().await;
    let modal = json!({ "custom_id": "m", "title": "Order", "components": [
        { "type": 1, "components": [
            { "type": 4, "custom_id": "count", "label": "Count", "style": 1, "min_length": 2, "max_length": 3 },
        ] },
        { "type": 18, "label": "Note", "component": { "type": 4, "custom_id": "note", "style": 2, "required": false } },
        { "type": 18, "label": "Kind", "component": { "type": 3, "custom_id": "kind", "options": [
            { "label": "A", "value": "a" }, { "label": "B", "value": "b" },
        ] } },
        { "type": 18, "label": "File", "component": { "type": 19, "custom_id": "file", "required": false } },
    ] });
    assert_eq!(shop.answer(&interaction, json!({ "type": 9, "data": modal })).await.0, 204);
    assert_eq!(shop.state(&interaction).await["modal"]["title"], "Order");
    let submit = |fields: Value| json!({ "interaction_id": interaction["id"], "fields": fields });
    for (fields, status) in [
        (json!({ "count": "1", "kind": ["a"] }), 409),
        (json!({ "count": "1234", "kind": ["a"] }), 409),
        (json!({ "count": "12", "kind": ["z"] }), 409),
        (json!({ "count": "12" }), 409),
        (json!({ "count": "12", "kind": ["a"], "what": "x" }), 404),
    ] {
        assert_eq!(shop.act("submit", submit(fields.clone())).await.0, status, "{fields}");
    }
    let file = json!([{ "filename": "a.txt", "content": "hello" }]);
    let fields = json!({ "count": "12", "kind": ["b"], "note": "quick", "file": file });
    assert_eq!(shop.act("submit", submit(fields)).await.0, 200);
    let got = shop.received().await;
    let parts = &got["data"]["components"];
    assert_eq!((&got["type"], &got["data"]["custom_id"]), (&json!(5), &json!("m")));
    assert_eq!(parts[0]["components"][0]["value"], "12");
    assert_eq!((&parts[1]["type"], &parts[1]["component"]["value"]), (&json!(18), &json!("quick")));
    assert_eq!(parts[2]["component"]["values"], json!(["b"]));
    let id = parts[3]["component"]["values"][0].as_str().unwrap();
    let url = got["data"]["resolved"]["attachments"][id]["url"].as_str().unwrap();
    assert_eq!(shop.lab.http.get(url).send().await.unwrap().text().await.unwrap(), "hello");
    assert_eq!(got["message"]["id"], shop.message);
    assert_eq!(shop.answer(&got, json!({ "type": 9, "data": modal })).await.0, 400, "no modal after a modal");
    assert_eq!(shop.answer(&got, json!({ "type": 7, "data": { "content": "ok" } })).await.0, 204);
}

/// Opens a modal with these fields in labels; returns the click it answers.
async fn open(shop: &mut Shop, fields: &[Value]) -> Value {
    let click = shop.buy().await;
    let labels: Vec<Value> =
        fields.iter().map(|field| json!({ "type": 18, "label": "l", "component": field })).collect();
    let modal = json!({ "custom_id": "m", "title": "t", "components": labels });
    let (status, error) = shop.answer(&click, json!({ "type": 9, "data": modal })).await;
    assert_eq!(status, 204, "{error}");
    click
}

/// What the bot receives of the first field when these values are sent off, or why they cannot be.
async fn sent(shop: &mut Shop, click: &Value, fields: Value) -> Result<Value, String> {
    let (status, answer) =
        shop.act("submit", json!({ "interaction_id": click["id"], "fields": fields })).await;
    if status != 200 {
        return Err(answer["error"].as_str().unwrap().to_owned());
    }
    Ok(shop.received().await["data"]["components"][0]["component"].clone())
}

fn group(kind: u8, rest: &Value) -> Value {
    let mut field = json!({ "type": kind, "custom_id": "g", "options": [
        { "label": "Ant", "value": "ant" }, { "label": "Bee", "value": "bee", "default": true }, { "label": "Cat", "value": "cat" },
    ] });
    field.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    field
}

#[tokio::test]
async fn a_radio_group_sends_one_value_or_null() {
    let mut shop = Shop::open().await;
    let click = open(&mut shop, &[group(21, &json!({ "required": false }))]).await;
    let field = sent(&mut shop, &click, json!({ "g": "cat" })).await.unwrap();
    assert_eq!((&field["type"], &field["value"]), (&json!(21), &json!("cat")));
    assert!(field.get("values").is_none(), "{field}");
    assert_eq!(sent(&mut shop, &click, json!({})).await.unwrap()["value"], "bee", "chosen from the start");
    assert_eq!(sent(&mut shop, &click, json!({ "g": [] })).await.unwrap()["value"], Value::Null);
    assert!(sent(&mut shop, &click, json!({ "g": ["ant", "bee"] })).await.is_err(), "only one");
    assert!(sent(&mut shop, &click, json!({ "g": "dog" })).await.is_err(), "not offered");
    let click = open(&mut shop, &[group(21, &json!({}))]).await;
    assert!(sent(&mut shop, &click, json!({ "g": [] })).await.is_err(), "required if it says nothing");
}

#[tokio::test]
async fn a_checkbox_group_sends_a_list_within_its_range() {
    let mut shop = Shop::open().await;
    let click = open(&mut shop, &[group(22, &json!({ "min_values": 2 }))]).await;
    let field = sent(&mut shop, &click, json!({ "g": ["ant", "cat"] })).await.unwrap();
    assert_eq!((&field["type"], &field["values"]), (&json!(22), &json!(["ant", "cat"])));
    assert_eq!(
        sent(&mut shop, &click, json!({ "g": ["ant", "bee", "cat"] })).await.unwrap()["values"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert!(sent(&mut shop, &click, json!({ "g": ["ant"] })).await.is_err(), "too few");
    assert!(sent(&mut shop, &click, json!({ "g": ["ant", "dog"] })).await.is_err(), "not offered");
    let click = open(&mut shop, &[group(22, &json!({ "required": false, "max_values": 1 }))]).await;
    assert_eq!(sent(&mut shop, &click, json!({ "g": [] })).await.unwrap()["values"], json!([]));
    assert!(sent(&mut shop, &click, json!({ "g": ["ant", "bee"] })).await.is_err(), "too many");
}

#[tokio::test]
async fn a_checkbox_sends_true_or_false() {
    let mut shop = Shop::open().await;
    let click = open(&mut shop, &[json!({ "type": 23, "custom_id": "c" })]).await;
    assert_eq!(sent(&mut shop, &click, json!({ "c": true })).await.unwrap()["value"], true);
    assert_eq!(sent(&mut shop, &click, json!({})).await.unwrap()["value"], false);
    assert!(sent(&mut shop, &click, json!({ "c": "yes" })).await.is_err());
    let click = open(&mut shop, &[json!({ "type": 23, "custom_id": "c", "default": true })]).await;
    assert_eq!(sent(&mut shop, &click, json!({})).await.unwrap()["value"], true);
}

#[tokio::test]
async fn an_upload_takes_as_many_files_as_it_says() {
    let mut shop = Shop::open().await;
    let file = |name: &str| json!({ "filename": name, "content": "x" });
    let click =
        open(&mut shop, &[json!({ "type": 19, "custom_id": "f", "min_values": 2, "max_values": 2 })]).await;
    assert!(sent(&mut shop, &click, json!({ "f": [file("a")] })).await.is_err(), "too few");
    assert!(
        sent(&mut shop, &click, json!({ "f": [file("a"), file("b"), file("c")] })).await.is_err(),
        "too many"
    );
    let field = sent(&mut shop, &click, json!({ "f": [file("a"), file("b")] })).await.unwrap();
    assert_eq!(field["values"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_select_of_a_modal_resolves_what_was_chosen() {
    let mut shop = Shop::open().await;
    let user = shop.world.user.clone();
    let click = open(
        &mut shop,
        &[json!({ "type": 5, "custom_id": "who" }), json!({ "type": 8, "custom_id": "where" })],
    )
    .await;
    let fields = json!({ "who": [user], "where": [shop.world.channel] });
    let (status, _) = shop.act("submit", json!({ "interaction_id": click["id"], "fields": fields })).await;
    assert_eq!(status, 200);
    let data = shop.received().await["data"].clone();
    assert_eq!(data["components"][0]["component"]["values"], json!([user]));
    assert_eq!(data["resolved"]["users"][&user]["id"], user);
    assert_eq!(data["resolved"]["channels"][&shop.world.channel]["name"], "general");
}

#[tokio::test]
async fn a_text_between_the_fields_comes_back_without_its_words() {
    let mut shop = Shop::open().await;
    let click = shop.buy().await;
    let modal = json!({ "custom_id": "m", "title": "t", "components": [
        { "type": 10, "content": "Read me" },
        { "type": 18, "label": "l", "component": { "type": 4, "custom_id": "a", "style": 1 } },
    ] });
    shop.answer(&click, json!({ "type": 9, "data": modal })).await;
    let body = json!({ "interaction_id": click["id"], "fields": { "a": "x" } });
    assert_eq!(shop.act("submit", body).await.0, 200);
    let parts = shop.received().await["data"]["components"].clone();
    assert_eq!(parts[0], json!({ "type": 10, "id": 1 }));
    assert_eq!(parts[1]["component"]["value"], "x");
}
