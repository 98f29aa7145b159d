//! Webhooks of channels: making, renaming and deleting them, and what is written by their token alone.

use serde_json::{Value, json};

use crate::lab::{Lab, World, lab_and_world, text};

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

/// A webhook that a bot made: its path under the API.
async fn own(lab: &Lab, world: &World) -> String {
    let path = format!("/channels/{}/webhooks", world.channel);
    let (status, made) = lab.rest(&world.token, "POST", &path, json!({ "name": "Till" })).await;
    assert_eq!(status, 200, "{made}");
    format!("/webhooks/{}/{}", text(&made["id"]), text(&made["token"]))
}

/// A webhook that no application made.
async fn foreign(lab: &Lab, world: &World) -> String {
    let body = json!({ "name": "orders", "webhook": "Till" });
    let made = lab.sim("POST", &format!("/guilds/{}/channels", world.guild), body).await;
    text(&made["webhook_url"]).split("/api/v10").nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_webhook_answers_with_the_message_only_when_it_is_waited_for() {
    let (lab, world) = lab_and_world().await;
    let path = own(&lab, &world).await;
    let body = json!({ "content": "paid", "username": "Cashier" });
    assert_eq!(lab.rest("", "POST", &path, body.clone()).await, (204, Value::Null));
    let (status, message) = lab.rest("", "POST", &format!("{path}?wait=true"), body).await;
    assert_eq!((status, &message["author"]["username"]), (200, &json!("Cashier")));
}

#[tokio::test]
async fn a_webhook_refuses_threads_which_do_not_exist_here() {
    let (lab, world) = lab_and_world().await;
    let path = own(&lab, &world).await;
    let (status, body) =
        lab.rest("", "POST", &format!("{path}?thread_id=5"), json!({ "content": "x" })).await;
    assert_eq!((status, body), (404, json!({ "message": "Unknown Channel", "code": 10_003 })));
    let (status, body) = lab.rest("", "POST", &path, json!({ "content": "x", "thread_name": "t" })).await;
    assert_eq!((status, &body["code"]), (400, &json!(220_003)));
    let (_, message) = lab.rest("", "POST", &format!("{path}?wait=true"), json!({ "content": "x" })).await;
    let one = format!("{path}/messages/{}?thread_id=5", text(&message["id"]));
    for method in ["GET", "PATCH", "DELETE"] {
        let (status, body) = lab.rest("", method, &one, json!({ "content": "y" })).await;
        assert_eq!((status, &body["code"]), (404, &json!(10_003)), "{method}");
    }
}

#[tokio::test]
async fn a_webhook_is_renamed_and_deleted_by_its_bot_and_by_its_token() {
    let (lab, world) = lab_and_world().await;
    let by_token = own(&lab, &world).await;
    let by_bot = by_token.rsplit_once('/').unwrap().0;
    let (status, renamed) = lab.rest(&world.token, "PATCH", by_bot, json!({ "name": "Counter" })).await;
    assert_eq!((status, &renamed["name"]), (200, &json!("Counter")));
    assert_eq!(
        lab.rest("", "PATCH", by_bot, json!({ "name": "Thief" })).await.0,
        401,
        "a bot token is needed"
    );
    let (status, renamed) = lab.rest("", "PATCH", &by_token, json!({ "name": "Till" })).await;
    assert_eq!((status, &renamed["name"]), (200, &json!("Till")));
    let (status, body) = lab.rest("", "PATCH", &by_token, json!({ "name": "Clyde" })).await;
    assert_eq!((status, body["errors"]["name"].is_object()), (400, true));
    assert_eq!(lab.rest(&world.token, "GET", by_bot, Value::Null).await.1["name"], "Till");
    assert_eq!(lab.rest("", "DELETE", &by_token, Value::Null).await.0, 204);
    assert_eq!(lab.rest(&world.token, "DELETE", by_bot, Value::Null).await.1["code"], 10_015);
}

#[tokio::test]
async fn a_webhook_of_no_application_shows_components_only_when_asked_and_none_to_click() {
    let (lab, world) = lab_and_world().await;
    let path = foreign(&lab, &world).await;
    let row = |button: Value| json!([{ "type": 1, "components": [button] }]);
    let link = row(json!({ "type": 2, "style": 5, "label": "Site", "url": "https://example.org" }));
    let buy = row(json!({ "type": 2, "style": 1, "label": "Buy", "custom_id": "buy" }));
    let send = async |query: &str, components: &Value| {
        let body = json!({ "content": "x", "components": components });
        lab.rest("", "POST", &format!("{path}?wait=true{query}"), body).await
    };
    assert_eq!(send("", &link).await.1["components"], json!([]), "passed over");
    let (status, message) = send("&with_components=true", &link).await;
    assert_eq!((status, &message["components"][0]["components"][0]["label"]), (200, &json!("Site")));
    let (status, body) = send("&with_components=true", &buy).await;
    assert_eq!((status, body["errors"]["components"].is_object()), (400, true));
    let own = own(&lab, &world).await;
    let body = json!({ "content": "x", "components": buy });
    let (status, message) = lab.rest("", "POST", &format!("{own}?wait=true"), body).await;
    assert_eq!(
        (status, message["components"].as_array().map(Vec::len)),
        (200, Some(1)),
        "a bot's webhook may"
    );
}
