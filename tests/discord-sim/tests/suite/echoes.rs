//! What comes back is what Discord would keep, in its types and with what it fills in, and no echo of what was sent.

use serde_json::{Value, json};

use crate::lab::{Lab, World, lab_and_world};
use crate::shop::Shop;

async fn components(lab: &Lab, world: &World, list: Value) -> Value {
    let (status, message) = lab.post(world, json!({ "content": "x", "components": list })).await;
    assert_eq!(status, 200, "{message}");
    message["components"].clone()
}

#[tokio::test]
async fn a_button_with_numbers_in_strings_can_be_pressed() {
    let mut shop = Shop::open().await;
    let button =
        json!({ "type": "2", "style": "1", "label": "Buy", "custom_id": "buy", "disabled": "false" });
    let row = json!([{ "type": "1", "components": [button] }]);
    let (_, message) = shop.lab.post(&shop.world, json!({ "content": "x", "components": row })).await;
    let expected = json!([{ "type": 1, "id": 1, "components": [
        { "type": 2, "id": 2, "style": 1, "label": "Buy", "custom_id": "buy", "disabled": false },
    ] }]);
    assert_eq!(message["components"], expected);
    let body = json!({ "message_id": message["id"], "custom_id": "buy" });
    shop.lab.sim("POST", &format!("/users/{}/click", shop.world.user), body).await;
    let clicked = shop.socket.event("INTERACTION_CREATE").await;
    assert_eq!(clicked["d"]["data"]["custom_id"], "buy");
}

#[tokio::test]
async fn numbers_that_are_none_are_refused_with_the_whole_message() {
    let (lab, world) = lab_and_world().await;
    let button = json!({ "type": "two", "style": 1, "label": "Buy", "custom_id": "buy" });
    let body = json!({ "content": "x", "components": [{ "type": 1, "components": [button] }] });
    let (status, answer) = lab.post(&world, body).await;
    assert_eq!((status, &answer["code"]), (400, &json!(50_035)));
}

#[tokio::test]
async fn a_select_tells_how_many_values_it_takes_and_an_emoji_its_id_as_text() {
    let (lab, world) = lab_and_world().await;
    let options = json!([{ "label": "A", "value": "a", "emoji": { "id": 12, "name": "e" }, "more": 1 }]);
    let select = json!({ "type": 3, "custom_id": "s", "options": options, "placeholder": null, "more": 1 });
    let kept = components(&lab, &world, json!([{ "type": 1, "components": [select] }])).await;
    let expected = json!({
        "type": 3, "id": 2, "custom_id": "s", "min_values": 1, "max_values": 1,
        "options": [{ "label": "A", "value": "a", "emoji": { "id": "12", "name": "e" } }],
    });
    assert_eq!(kept[0]["components"][0], expected);
}

#[tokio::test]
async fn media_have_a_proxy_and_files_a_name_and_a_size() {
    let (lab, world) = lab_and_world().await;
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), world.channel);
    let send = async |body: Value| {
        let part = reqwest::multipart::Part::text("12345").file_name("a.png");
        let form =
            reqwest::multipart::Form::new().text("payload_json", body.to_string()).part("files[0]", part);
        let request = lab.http.post(&url).header("authorization", format!("Bot {}", world.token));
        request.multipart(form).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let image = json!({ "url": "attachment://a.png" });
    let footer = json!({ "text": "f", "icon_url": "https://example.org/i.png" });
    let message = send(json!({ "embeds": [{ "title": "t", "image": image, "footer": footer }] })).await;
    let (embed, file) = (&message["embeds"][0], &message["attachments"][0]);
    assert_eq!((&embed["image"]["url"], &embed["image"]["proxy_url"]), (&file["url"], &file["proxy_url"]));
    assert_eq!(embed["footer"]["proxy_icon_url"], "https://example.org/i.png");
    let gallery = json!({ "type": 12, "items": [{ "media": image }, { "media": { "url": "https://example.org/b.png" } }] });
    let body =
        json!({ "flags": 1 << 15, "components": [{ "type": 13, "file": image }, gallery, { "type": 14 }] });
    let message = send(body).await;
    let [file, gallery, separator] = message["components"].as_array().unwrap().as_slice() else {
        panic!("{message}")
    };
    assert_eq!((&file["name"], &file["size"], &file["spoiler"]), (&json!("a.png"), &json!(5), &json!(false)));
    assert_eq!(file["file"]["attachment_id"], message["attachments"][0]["id"]);
    for item in gallery["items"].as_array().unwrap() {
        assert!(item["media"]["proxy_url"].is_string() && item["media"]["id"].is_string(), "{item}");
        assert_eq!(item["description"], Value::Null);
    }
    assert_eq!((&separator["divider"], &separator["spacing"]), (&json!(true), &json!(1)));
}

#[tokio::test]
async fn users_carry_their_flags_and_primary_guild() {
    let (lab, world) = lab_and_world().await;
    let (_, user) = lab.rest(&world.token, "GET", &format!("/users/{}", world.user), Value::Null).await;
    assert_eq!((&user["flags"], user.get("primary_guild")), (&json!(0), Some(&Value::Null)));
}

#[tokio::test]
async fn a_command_is_kept_in_its_types() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let body = json!({
        "name": "buy", "description": "d", "type": "1", "contexts": ["0"], "default_member_permissions": 0,
        "options": null, "integration_types": null, "more": 1,
    });
    let (status, command) = lab.rest(&world.token, "POST", &path, body).await;
    assert_eq!((status, &command["type"]), (201, &json!(1)), "{command}");
    assert_eq!((&command["contexts"], &command["default_member_permissions"]), (&json!([0]), &json!("0")));
    assert!(command.get("options").is_none() && command.get("more").is_none(), "{command}");
    let menu = json!({ "name": "Look at", "type": "2" });
    let (_, kept) = lab.rest(&world.token, "PUT", &path, json!([menu])).await;
    assert_eq!((kept[0]["type"].clone(), kept.as_array().unwrap().len()), (json!(2), 1));
    let bad = json!({ "name": "buy", "description": "d", "default_member_permissions": "many" });
    assert_eq!(lab.rest(&world.token, "POST", &path, bad).await.0, 400);
}

#[tokio::test]
async fn an_answer_to_a_context_menu_tells_its_kind_and_target() {
    let mut shop = Shop::open().await;
    let path = format!("/applications/{}/commands", shop.world.application);
    let both = json!([{ "name": "Look", "type": 2 }, { "name": "Keep", "type": 3 }]);
    shop.lab.rest(&shop.world.token, "PUT", &path, both).await;
    let user = shop.world.user.clone();
    let message = shop.message.clone();
    for (name, target) in [("Look", user.as_str()), ("Keep", message.as_str())] {
        let body = json!({ "channel_id": shop.world.channel, "name": name, "target_id": target });
        shop.lab.sim("POST", &format!("/users/{user}/command"), body).await;
        let interaction = shop.socket.event("INTERACTION_CREATE").await["d"].clone();
        shop.answer(&interaction, json!({ "type": 4, "data": { "content": "x" } })).await;
        let (_, answer) = shop.hook(&interaction, "GET", "/messages/@original", Value::Null).await;
        let about = &answer["interaction_metadata"];
        assert_eq!((&answer["type"], &about["name"]), (&json!(23), &json!(name)));
        let told = about["target_user"]["id"].as_str().or(about["target_message_id"].as_str());
        assert_eq!(told, Some(target), "{about}");
    }
}

#[tokio::test]
async fn an_answer_to_a_modal_tells_what_opened_it_and_a_follow_up_the_first_answer() {
    let mut shop = Shop::open().await;
    let clicked = shop.buy().await;
    let input = json!({ "type": 4, "custom_id": "n", "style": 1, "label": "How many?" });
    let modal =
        json!({ "title": "t", "custom_id": "m", "components": [{ "type": 1, "components": [input] }] });
    shop.answer(&clicked, json!({ "type": 9, "data": modal })).await;
    let body = json!({ "interaction_id": clicked["id"], "fields": { "n": "3" } });
    shop.lab.sim("POST", &format!("/users/{}/submit", shop.world.user), body).await;
    let sent = shop.socket.event("INTERACTION_CREATE").await["d"].clone();
    shop.answer(&sent, json!({ "type": 4, "data": { "content": "x" } })).await;
    let (_, answer) = shop.hook(&sent, "GET", "/messages/@original", Value::Null).await;
    let about = &answer["interaction_metadata"];
    assert_eq!((&about["type"], &about["id"]), (&json!(5), &sent["id"]));
    let trigger = &about["triggering_interaction_metadata"];
    assert_eq!((&trigger["type"], &trigger["id"]), (&json!(3), &clicked["id"]));
    assert_eq!(trigger["interacted_message_id"], shop.message);
    let (_, more) = shop.hook(&sent, "POST", "", json!({ "content": "more" })).await;
    assert_eq!(more["interaction_metadata"]["original_response_message_id"], answer["id"]);
}

#[tokio::test]
async fn a_file_has_the_type_of_its_name_and_the_words_of_its_sender() {
    let (lab, world) = lab_and_world().await;
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), world.channel);
    let part = reqwest::multipart::Part::text("a").file_name("a.txt").mime_str("image/png").unwrap();
    let body = json!({ "attachments": [{ "id": 0, "title": "Goods", "description": "A text" }] });
    let form = reqwest::multipart::Form::new().text("payload_json", body.to_string()).part("files[0]", part);
    let request = lab.http.post(&url).header("authorization", format!("Bot {}", world.token)).multipart(form);
    let message: Value = request.send().await.unwrap().json().await.unwrap();
    let file = &message["attachments"][0];
    assert_eq!(file["content_type"], "text/plain; charset=utf-8");
    assert_eq!((&file["title"], &file["description"]), (&json!("Goods"), &json!("A text")));
    let path = format!("/channels/{}/messages/{}", world.channel, message["id"].as_str().unwrap());
    let change = json!({ "attachments": [{ "id": file["id"], "description": "Another text" }] });
    let (_, edited) = lab.rest(&world.token, "PATCH", &path, change).await;
    let kept = &edited["attachments"][0];
    assert_eq!((&kept["title"], &kept["description"]), (&json!("Goods"), &json!("Another text")));
}
