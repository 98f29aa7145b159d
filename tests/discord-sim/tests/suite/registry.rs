//! The registry of commands: making, changing and overwriting them, their numbers and the cap of a day.

use serde_json::{Value, json};

use crate::lab::{lab_and_world, text};

#[tokio::test]
async fn commands_are_registered_changed_and_overwritten_by_name() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let command = |name: &str| json!({ "name": name, "description": "d" });
    let (status, first) = lab.rest(&world.token, "POST", &path, command("one")).await;
    assert_eq!(status, 201);
    let (status, again) = lab.rest(&world.token, "POST", &path, command("one")).await;
    assert_eq!((status, &again["id"]), (200, &first["id"]));
    let (_, list) = lab.rest(&world.token, "PUT", &path, json!([command("two"), command("one")])).await;
    assert_eq!((list.as_array().unwrap().len(), &list[1]["id"]), (2, &first["id"]));
    let bad = json!([command("ok"), command("Not Ok")]);
    let (status, body) = lab.rest(&world.token, "PUT", &path, bad).await;
    assert_eq!((status, body["errors"]["1"]["name"].is_object()), (400, true));
    let one = format!("{path}/{}", text(&first["id"]));
    assert_eq!(lab.rest(&world.token, "DELETE", &one, Value::Null).await.0, 204);
    let guild = format!("/applications/{}/guilds/{}/commands", world.application, world.guild);
    assert_eq!(lab.rest(&world.token, "PUT", &guild, json!([command("here")])).await.0, 200);
    assert_eq!(lab.rest(&world.token, "GET", &guild, Value::Null).await.1[0]["guild_id"], world.guild);
}

#[tokio::test]
async fn a_list_has_translations_only_if_asked_for() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/guilds/{}/commands", world.application, world.guild);
    let translated =
        |name: &str| json!({"name": name, "description": "d", "name_localizations": {"id": "lain"}});
    let mut command = translated("one");
    command["options"] = json!([{"type": 3}]);
    command["options"][0].as_object_mut().unwrap().extend(translated("two").as_object().unwrap().clone());
    assert_eq!(lab.rest(&world.token, "PUT", &path, json!([command])).await.0, 200);
    let translations = async |query: &str| {
        let list = lab.rest(&world.token, "GET", &format!("{path}{query}"), Value::Null).await.1;
        [&list[0], &list[0]["options"][0]].map(|node| node["name_localizations"]["id"].is_string())
    };
    assert_eq!(translations("").await, [false, false]);
    assert_eq!(translations("?with_localizations=true").await, [true, true]);
}

#[tokio::test]
async fn a_bot_that_is_kicked_loses_its_commands_and_is_told() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/guilds/{}/commands", world.application, world.guild);
    let command = json!([{"name": "one", "description": "d"}]);
    assert_eq!(lab.rest(&world.token, "PUT", &path, command).await.0, 200);
    let place = format!("/guilds/{}/applications", world.guild);
    lab.sim("DELETE", &format!("{place}/{}", world.application), Value::Null).await;
    assert_eq!(lab.rest(&world.token, "GET", &path, Value::Null).await.0, 403);
    assert_eq!(lab.rest(&world.token, "GET", &format!("/guilds/{}", world.guild), Value::Null).await.0, 404);
    assert_eq!(lab.try_sim("DELETE", &format!("{place}/{}", world.application), Value::Null).await.0, 404);
    lab.sim("POST", &place, json!({"application_id": world.application})).await;
    assert_eq!(lab.rest(&world.token, "GET", &path, Value::Null).await, (200, json!([])));
}

#[tokio::test]
async fn one_hundred_global_commands_and_two_hundred_creates_a_day() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let set = |from: usize, to: usize| {
        (from..to).map(|n| json!({ "name": format!("c{n}"), "description": "d" })).collect::<Vec<_>>().into()
    };
    assert_eq!(lab.rest(&world.token, "PUT", &path, set(0, 100)).await.0, 200);
    let (status, body) = lab.rest(&world.token, "PUT", &path, set(0, 101)).await;
    assert_eq!((status, &body["code"]), (400, &json!(30_032)));
    assert_eq!(lab.rest(&world.token, "PUT", &path, set(100, 200)).await.0, 200);
    let (status, body) = lab.rest(&world.token, "PUT", &path, set(200, 201)).await;
    assert_eq!((status, &body["code"]), (429, &json!(30_034)));
    assert_eq!(lab.rest(&world.token, "PUT", &path, set(150, 200)).await.0, 200, "no creation, no count");
}

#[tokio::test]
async fn fifteen_commands_for_people_and_fifteen_for_messages() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/guilds/{}/commands", world.application, world.guild);
    let set = |kind: u8, count: u8| {
        (0..count).map(|n| json!({ "name": format!("Do {n}"), "type": kind })).collect::<Vec<_>>()
    };
    let both = [set(2, 15), set(3, 15)].concat();
    assert_eq!(lab.rest(&world.token, "PUT", &path, both.into()).await.0, 200);
    let (status, body) = lab.rest(&world.token, "PUT", &path, set(3, 16).into()).await;
    assert_eq!((status, &body["code"]), (400, &json!(30_032)));
}

#[tokio::test]
async fn the_two_hundred_creates_a_day_are_counted_per_guild() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/guilds/{}/commands", world.application, world.guild);
    let set = |from: usize| {
        (from..from + 100).map(|n| json!({ "name": format!("c{n}"), "description": "d" })).collect::<Vec<_>>()
    };
    for from in [0, 100] {
        assert_eq!(lab.rest(&world.token, "PUT", &path, set(from).into()).await.0, 200);
    }
    let (status, body) =
        lab.rest(&world.token, "POST", &path, json!({ "name": "more", "description": "d" })).await;
    assert_eq!((status, &body["code"]), (400, &json!(30_032)), "the number comes first");
    let (status, body) = lab.rest(&world.token, "PUT", &path, set(200).into()).await;
    assert_eq!((status, &body["code"]), (429, &json!(30_034)));
    assert!(body["retry_after"].as_f64().unwrap() > 3600.0, "{body}");
    let global = format!("/applications/{}/commands", world.application);
    assert_eq!(lab.rest(&world.token, "PUT", &global, set(0).into()).await.0, 200, "another scope");
}

#[tokio::test]
async fn a_command_is_changed_in_part_and_checked_as_a_whole() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let (_, first) =
        lab.rest(&world.token, "POST", &path, json!({ "name": "one", "description": "d" })).await;
    let (_, person) =
        lab.rest(&world.token, "POST", &path, json!({ "name": "Show Orders", "type": 2 })).await;
    lab.rest(&world.token, "POST", &path, json!({ "name": "two", "description": "d" })).await;
    let one = |command: &Value| format!("{path}/{}", text(&command["id"]));
    let edit =
        async |command: &Value, body: Value| lab.rest(&world.token, "PATCH", &one(command), body).await;
    let (status, changed) = edit(&first, json!({ "description": "new" })).await;
    assert_eq!((status, &changed["description"], &changed["name"]), (200, &json!("new"), &json!("one")));
    assert_ne!(changed["version"], first["version"]);
    assert_eq!(
        edit(&person, json!({ "name": "Show All" })).await.0,
        200,
        "names with spaces where they may be"
    );
    assert_eq!(edit(&first, json!({ "name": "Not Ok" })).await.0, 400);
    let (status, body) = edit(&first, json!({ "name": "two" })).await;
    assert_eq!(
        (status, &body["errors"]["_errors"][0]["code"]),
        (400, &json!("APPLICATION_COMMANDS_DUPLICATE_NAME"))
    );
}

#[tokio::test]
async fn a_name_stands_once_per_kind_in_an_overwrite() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/applications/{}/commands", world.application);
    let command = json!({ "name": "one", "description": "d" });
    let (status, body) = lab.rest(&world.token, "PUT", &path, json!([command, command])).await;
    assert_eq!(
        (status, &body["errors"]["1"]["_errors"][0]["code"]),
        (400, &json!("APPLICATION_COMMANDS_DUPLICATE_NAME"))
    );
    let kinds = json!([command, { "name": "one", "type": 2 }]);
    assert_eq!(lab.rest(&world.token, "PUT", &path, kinds).await.0, 200);
}

#[tokio::test]
async fn a_bot_registers_its_own_commands_in_its_own_guilds() {
    let (lab, world) = lab_and_world().await;
    let other = lab.world(json!({ "name": "Other" })).await;
    let command = json!({ "name": "one", "description": "d" });
    let path = format!("/applications/{}/commands", other.application);
    let (status, body) = lab.rest(&world.token, "POST", &path, command.clone()).await;
    assert_eq!((status, &body["code"]), (400, &json!(20_012)));
    let path = format!("/applications/{}/guilds/{}/commands", world.application, other.guild);
    let (status, body) = lab.rest(&world.token, "POST", &path, command).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_001)));
}
