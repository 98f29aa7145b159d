//! Slash commands as people use them: sub-commands, options of every type, suggestions, permissions.

use serde_json::{Value, json};

use crate::shop::Shop;

async fn register(shop: &Shop, command: Value) {
    let path = format!("/applications/{}/commands", shop.world.application);
    let (status, body) = shop.lab.rest(&shop.world.token, "POST", &path, command).await;
    assert_eq!(status, 201, "{body}");
}

fn product() -> Value {
    json!({ "name": "product", "description": "Products", "options": [
        { "type": 1, "name": "add", "description": "Adds", "options": [
            { "type": 3, "name": "code", "description": "Code", "required": true, "max_length": 4, "autocomplete": true },
            { "type": 4, "name": "price", "description": "Price", "required": true, "min_value": 1, "max_value": 100 },
            { "type": 3, "name": "money", "description": "Money", "choices": [{ "name": "Coins", "value": "coin" }] },
            { "type": 6, "name": "seller", "description": "Seller" },
            { "type": 11, "name": "file", "description": "File" },
        ] },
    ] })
}

#[tokio::test]
async fn commands_with_sub_commands_are_filled_like_in_a_client() {
    let mut shop = Shop::open().await;
    register(&shop, product()).await;
    let (channel, user) = (shop.world.channel.clone(), shop.world.user.clone());
    let call =
        |name: &str, options: Value| json!({ "channel_id": channel, "name": name, "options": options });
    let values = json!({ "code": "X", "price": 5 });
    for call in [
        call("product add", values.clone()),
        call("product", json!({ "add": values })),
        call(
            "product",
            json!([{ "type": 1, "name": "add", "options": [
            { "name": "code", "value": "X" }, { "name": "price", "value": "5" },
        ] }]),
        ),
    ] {
        let (status, answer) = shop.act("command", call.clone()).await;
        assert_eq!(status, 200, "{call}: {answer}");
        let data = shop.received().await["data"].clone();
        assert_eq!(data["options"][0]["name"], "add", "{call}");
        let options = &data["options"][0]["options"];
        assert_eq!(options[1], json!({ "name": "price", "type": 4, "value": 5 }), "{call}");
    }
    let rich = json!({
        "code": "X", "price": 5, "money": "Coins", "seller": user,
        "file": { "filename": "s.txt", "content": "a\nb" },
    });
    assert_eq!(shop.act("command", call("product add", rich)).await.0, 200);
    let data = shop.received().await["data"].clone();
    let options = &data["options"][0]["options"];
    assert_eq!((&options[2]["value"], &options[3]["value"]), (&json!("coin"), &json!(user)));
    assert_eq!(data["resolved"]["users"][&user]["id"], user);
    let file = options[4]["value"].as_str().unwrap();
    assert_eq!(data["resolved"]["attachments"][file]["filename"], "s.txt");
}

#[tokio::test]
async fn a_client_checks_options_before_it_sends_them() {
    let shop = Shop::open().await;
    register(&shop, product()).await;
    for options in [
        json!({ "price": 5 }),
        json!({ "code": "TOOLONG", "price": 5 }),
        json!({ "code": "X", "price": 0 }),
        json!({ "code": "X", "price": 101 }),
        json!({ "code": "X", "price": "many" }),
        json!({ "code": "X", "price": 5, "money": "Gold" }),
        json!({ "code": "X", "price": 5, "color": "red" }),
        json!({ "code": "X", "price": 5, "file": "none" }),
    ] {
        let call = json!({ "channel_id": shop.world.channel, "name": "product add", "options": options });
        let (status, answer) = shop.act("command", call).await;
        assert_eq!(status, 409, "{options}: {answer}");
    }
    let call = json!({ "channel_id": shop.world.channel, "name": "nothing" });
    assert_eq!(shop.act("command", call).await.0, 404);
}

#[tokio::test]
async fn commands_for_administrators_are_offered_to_administrators() {
    let shop = Shop::open().await;
    register(&shop, json!({ "name": "admin", "description": "d", "default_member_permissions": "8" })).await;
    let call = json!({ "channel_id": shop.world.channel, "name": "admin" });
    assert_eq!(shop.act("command", call.clone()).await.0, 409);
    let path = format!("/guilds/{}/roles", shop.world.guild);
    let role = shop.lab.sim("POST", &path, json!({ "name": "Admin", "permissions": "8" })).await;
    shop.lab.sim("PUT", &format!("/users/{}", shop.world.user), json!({ "roles": [role["id"]] })).await;
    assert_eq!(shop.act("command", call).await.0, 200);
}

#[tokio::test]
async fn autocomplete_gets_up_to_25_suggestions() {
    let mut shop = Shop::open().await;
    register(&shop, product()).await;
    let options = json!({ "code": "Di" });
    let call = json!({ "channel_id": shop.world.channel, "name": "product add", "options": options, "focused": "code" });
    assert_eq!(shop.act("autocomplete", call).await.0, 200);
    let got = shop.received().await;
    assert_eq!(got["type"], 4);
    let option = &got["data"]["options"][0]["options"][0];
    assert_eq!((&option["value"], &option["focused"]), (&json!("Di"), &json!(true)));
    let choices =
        |count: u32| (0..count).map(|n| json!({ "name": n.to_string(), "value": "v" })).collect::<Vec<_>>();
    let suggest = |count| json!({ "type": 8, "data": { "choices": choices(count) } });
    let (status, error) = shop.answer(&got, suggest(26)).await;
    assert_eq!((status, error["errors"]["data"]["choices"].is_object()), (400, true));
    assert_eq!(shop.answer(&got, suggest(25)).await.0, 204);
    assert_eq!(shop.state(&got).await["choices"].as_array().unwrap().len(), 25);
}
