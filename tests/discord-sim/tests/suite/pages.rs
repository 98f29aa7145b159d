//! Lists by pages, and many things at once.

use serde_json::{Value, json};

use crate::lab::{Lab, World, lab_and_world, text};
use crate::socket::{GUILD_MESSAGES, GUILDS, Socket};

async fn guilds(lab: &Lab, world: &World, query: &str) -> Vec<String> {
    let path = format!("/users/@me/guilds{query}");
    let (status, list) = lab.rest(&world.token, "GET", &path, Value::Null).await;
    assert_eq!(status, 200, "{list}");
    list.as_array().unwrap().iter().map(|guild| text(&guild["id"]).to_owned()).collect()
}

#[tokio::test]
async fn the_guilds_of_a_bot_come_by_pages() {
    let (lab, world) = lab_and_world().await;
    for name in ["B", "C"] {
        let body = json!({ "name": name, "applications": [world.application] });
        lab.sim("POST", "/guilds", body).await;
    }
    let all = guilds(&lab, &world, "").await;
    assert_eq!(all.len(), 3);
    assert_eq!(guilds(&lab, &world, "?after=0").await, all, "clients begin with 0");
    assert_eq!(guilds(&lab, &world, "?limit=2").await, all[..2]);
    assert_eq!(guilds(&lab, &world, &format!("?limit=2&after={}", all[0])).await, all[1..]);
    assert_eq!(guilds(&lab, &world, &format!("?after={}", all[2])).await, Vec::<String>::new());
    assert_eq!(
        guilds(&lab, &world, &format!("?limit=1&before={}", all[2])).await,
        all[1..2],
        "the last before"
    );
    for limit in ["0", "201", "x"] {
        let path = format!("/users/@me/guilds?limit={limit}");
        assert_eq!(lab.rest(&world.token, "GET", &path, Value::Null).await.0, 400, "{limit}");
    }
}

#[tokio::test]
async fn counts_come_when_they_are_asked_for() {
    let (lab, world) = lab_and_world().await;
    let get = async |path: String| lab.rest(&world.token, "GET", &path, Value::Null).await.1;
    assert!(get("/users/@me/guilds".into()).await[0].get("approximate_member_count").is_none());
    // The owner, the bot and Ada.
    assert_eq!(get("/users/@me/guilds?with_counts=true".into()).await[0]["approximate_member_count"], 3);
    assert_eq!(get(format!("/guilds/{}?with_counts=1", world.guild)).await["approximate_member_count"], 3);
}

async fn post(lab: &Lab, world: &World, content: &str) -> String {
    text(&lab.post(world, json!({ "content": content })).await.1["id"]).to_owned()
}

#[tokio::test]
async fn many_messages_are_deleted_in_one_event() {
    let (lab, world) = lab_and_world().await;
    let mut socket = Socket::open(&lab.gateway()).await;
    socket.identify(&world.token, GUILDS | GUILD_MESSAGES).await;
    let ids = [post(&lab, &world, "a").await, post(&lab, &world, "b").await];
    let path = format!("/channels/{}/messages/bulk-delete", world.channel);
    let delete = async |ids: Value| lab.rest(&world.token, "POST", &path, json!({ "messages": ids })).await;
    assert_eq!(delete(json!([ids[0], ids[1], "5"])).await.0, 204, "unknown ones are passed over");
    let told = socket.event("MESSAGE_DELETE_BULK").await;
    assert_eq!(told["d"], json!({ "ids": ids, "channel_id": world.channel, "guild_id": world.guild }));
    let left = post(&lab, &world, "c").await;
    let next = loop {
        let frame = socket.next().await.unwrap();
        if frame["op"] == 0 {
            break frame;
        }
    };
    assert_eq!((&next["t"], &next["d"]["id"]), (&json!("MESSAGE_CREATE"), &json!(left)), "and nothing else");
}

#[tokio::test]
async fn messages_older_than_two_weeks_are_not_deleted_many_at_a_time() {
    let (lab, world) = lab_and_world().await;
    let ids = [post(&lab, &world, "a").await, post(&lab, &world, "b").await];
    let path = format!("/channels/{}/messages/bulk-delete", world.channel);
    let delete = async |ids: Value| lab.rest(&world.token, "POST", &path, json!({ "messages": ids })).await;
    assert_eq!(delete(json!([ids[0], ids[0]])).await.1["code"], 50_035, "named twice");
    lab.sim("POST", &format!("/messages/{}/age", ids[0]), json!({ "by": "337h" })).await;
    let (status, body) = delete(json!(ids)).await;
    assert_eq!((status, &body["code"]), (400, &json!(50_034)));
    for id in &ids {
        let path = format!("/channels/{}/messages/{id}", world.channel);
        assert_eq!(lab.rest(&world.token, "GET", &path, Value::Null).await.0, 200, "nothing is deleted");
    }
}
