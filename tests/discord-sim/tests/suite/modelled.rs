//! What managers decide about channels, roles and members is kept and takes effect, or is refused.

use serde_json::{Value, json};

use crate::lab::{Lab, World, lab_and_world, text};

/// The guild again, with a bot that may do everything.
async fn administered() -> (Lab, World) {
    let (lab, world) = lab_and_world().await;
    lab.sim("DELETE", &format!("/guilds/{}/applications/{}", world.guild, world.application), Value::Null)
        .await;
    let body = json!({ "application_id": world.application, "permissions": "8" });
    lab.sim("POST", &format!("/guilds/{}/applications", world.guild), body).await;
    (lab, world)
}

async fn create(lab: &Lab, world: &World, body: Value) -> Value {
    let path = format!("/guilds/{}/channels", world.guild);
    let (status, channel) = lab.rest(&world.token, "POST", &path, body).await;
    assert_eq!(status, 201, "{channel}");
    channel
}

async fn write(lab: &Lab, user: &str, channel: &Value) -> u16 {
    let body = json!({ "channel_id": channel["id"], "content": "x" });
    lab.try_sim("POST", &format!("/users/{user}/message"), body).await.0
}

#[tokio::test]
async fn a_channel_made_private_is_private() {
    let (lab, world) = administered().await;
    let hidden = json!({ "id": world.guild, "type": 0, "deny": 1 << 10 });
    let ada = json!({ "id": world.user, "type": "1", "allow": "1024" });
    let body = json!({ "name": "staff", "nsfw": true, "permission_overwrites": [hidden, ada] });
    let channel = create(&lab, &world, body).await;
    assert_eq!(channel["nsfw"], true);
    let expected = json!([
        { "id": world.guild, "type": 0, "allow": "0", "deny": "1024" },
        { "id": world.user, "type": 1, "allow": "1024", "deny": "0" },
    ]);
    assert_eq!(channel["permission_overwrites"], expected);
    let member = lab.sim("POST", &format!("/guilds/{}/members", world.guild), json!({ "name": "Bo" })).await;
    assert_eq!(write(&lab, text(&member["user_id"]), &channel).await, 409, "hidden from everyone");
    assert_eq!(write(&lab, &world.user, &channel).await, 200, "but not from Ada");
    let path = format!("/channels/{}/permissions/{}", text(&channel["id"]), world.user);
    assert_eq!(lab.rest(&world.token, "DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(write(&lab, &world.user, &channel).await, 409);
    let allow = json!({ "type": 1, "allow": "1024" });
    assert_eq!(lab.rest(&world.token, "PUT", &path, allow).await.0, 204);
    assert_eq!(write(&lab, &world.user, &channel).await, 200);
    let (_, body) = lab.rest(&world.token, "DELETE", &path.replace(&world.user, "5"), Value::Null).await;
    assert_eq!(body["code"], 10_009);
}

#[tokio::test]
async fn a_bot_gives_in_a_channel_only_what_it_may_do_itself() {
    let (lab, world) = lab_and_world().await;
    let path = format!("/guilds/{}/applications", world.guild);
    lab.sim("DELETE", &format!("{path}/{}", world.application), Value::Null).await;
    let body =
        json!({ "application_id": world.application, "permissions": (1u64 << 4 | 1 << 10).to_string() });
    lab.sim("POST", &path, body).await;
    let path = format!("/guilds/{}/channels", world.guild);
    let body = |bits: u64| json!({ "name": "x", "permission_overwrites": [{ "id": world.guild, "type": 0, "deny": bits.to_string() }] });
    let (status, made) = lab.rest(&world.token, "POST", &path, body(1 << 11)).await;
    assert_eq!(status, 201, "{made}");
    let (status, refused) = lab.rest(&world.token, "POST", &path, body(1 << 5)).await;
    assert_eq!((status, &refused["code"]), (403, &json!(50_013)));
    let path = format!("/channels/{}", text(&made["id"]));
    assert_eq!(lab.rest(&world.token, "PATCH", &path, json!({ "name": "y" })).await.0, 200);
    let (_, refused) = lab.rest(&world.token, "PATCH", &path, body(1 << 11)).await;
    assert_eq!(refused["code"], 50_013, "changing them needs MANAGE_ROLES");
}

#[tokio::test]
async fn slow_mode_slows_people_and_no_managers() {
    let (lab, world) = administered().await;
    let channel = create(&lab, &world, json!({ "name": "slow", "rate_limit_per_user": 60 })).await;
    assert_eq!(channel["rate_limit_per_user"], 60);
    assert_eq!(write(&lab, &world.user, &channel).await, 200);
    assert_eq!(write(&lab, &world.user, &channel).await, 409, "within the minute");
    let staff = json!({ "name": "Staff", "permissions": (1u64 << 13).to_string() });
    let staff = lab.sim("POST", &format!("/guilds/{}/roles", world.guild), staff).await;
    let body = json!({ "name": "Bo", "roles": [staff["id"]] });
    let member = lab.sim("POST", &format!("/guilds/{}/members", world.guild), body).await;
    let manager = text(&member["user_id"]);
    assert_eq!((write(&lab, manager, &channel).await, write(&lab, manager, &channel).await), (200, 200));
    let path = format!("/channels/{}", text(&channel["id"]));
    let (status, changed) = lab.rest(&world.token, "PATCH", &path, json!({ "rate_limit_per_user": 0 })).await;
    assert_eq!((status, &changed["rate_limit_per_user"]), (200, &json!(0)));
    assert_eq!(write(&lab, &world.user, &channel).await, 200);
}

#[tokio::test]
async fn what_a_channel_or_a_role_cannot_have_here_is_refused() {
    let (lab, world) = administered().await;
    let channels = format!("/guilds/{}/channels", world.guild);
    let roles = format!("/guilds/{}/roles", world.guild);
    for (path, body, field) in [
        (&channels, json!({ "name": "x", "parent_id": "5" }), "parent_id"),
        (&channels, json!({ "name": "x", "type": 2 }), "type"),
        (&channels, json!({ "name": "x", "rate_limit_per_user": 21_601 }), "rate_limit_per_user"),
        (&roles, json!({ "name": "x", "unicode_emoji": "🔥" }), "unicode_emoji"),
        (&roles, json!({ "name": "x", "permissions": "all" }), "permissions"),
    ] {
        let (status, body) = lab.rest(&world.token, "POST", path, body).await;
        assert_eq!((status, body["errors"][field].is_object()), (400, true), "{body}");
    }
    let quiet = json!({ "name": "x", "parent_id": null, "nsfw": false });
    create(&lab, &world, quiet).await;
    let (status, body) = lab.rest(&world.token, "PATCH", "/applications/@me", json!({ "tags": ["a"] })).await;
    assert_eq!((status, body["errors"]["tags"].is_object()), (400, true));
}

#[tokio::test]
async fn a_role_keeps_what_it_was_made_with() {
    let (lab, world) = administered().await;
    let path = format!("/guilds/{}/roles", world.guild);
    for bits in [json!(8192), json!("8192")] {
        let body =
            json!({ "name": "r", "permissions": bits, "hoist": true, "mentionable": true, "color": 255 });
        let (status, role) = lab.rest(&world.token, "POST", &path, body).await;
        assert_eq!((status, &role["permissions"]), (200, &json!("8192")), "{bits}");
        assert_eq!(
            (&role["hoist"], &role["mentionable"], &role["color"]),
            (&json!(true), &json!(true), &json!(255))
        );
        let (_, listed) = lab.rest(&world.token, "GET", &path, Value::Null).await;
        assert!(listed.as_array().unwrap().contains(&role));
    }
    let colors = json!({ "colors": { "primary_color": 7 } });
    assert_eq!(lab.rest(&world.token, "POST", &path, colors).await.1["color"], 7);
}

#[tokio::test]
async fn a_member_in_a_time_out_only_reads() {
    let (lab, world) = administered().await;
    let member = format!("/guilds/{}/members/{}", world.guild, world.user);
    let channel = json!({ "id": world.channel });
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let body = json!({ "communication_disabled_until": until.to_string() });
    let (status, muted) = lab.rest(&world.token, "PATCH", &member, body).await;
    assert_eq!((status, muted["communication_disabled_until"].is_string()), (200, true), "{muted}");
    assert_eq!(write(&lab, &world.user, &channel).await, 409);
    let seen = format!("/channels/{}/messages?as={}", world.channel, world.user);
    assert_eq!(lab.try_sim("GET", &seen, Value::Null).await.0, 200);
    let body = json!({ "communication_disabled_until": null });
    assert_eq!(lab.rest(&world.token, "PATCH", &member, body).await.0, 200);
    assert_eq!(write(&lab, &world.user, &channel).await, 200);
    let far = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(29 * 24);
    for body in [json!({ "communication_disabled_until": far.to_string() }), json!({ "mute": true })] {
        assert_eq!(lab.rest(&world.token, "PATCH", &member, body).await.0, 400);
    }
}

#[tokio::test]
async fn each_change_of_a_member_needs_its_own_permission() {
    let (lab, world) = lab_and_world().await;
    let member = format!("/guilds/{}/members/{}", world.guild, world.user);
    let change = async |body: Value| lab.rest(&world.token, "PATCH", &member, body).await.0;
    // The bot manages roles, and nothing else of members.
    assert_eq!(change(json!({ "nick": "A" })).await, 403);
    assert_eq!(change(json!({ "communication_disabled_until": null })).await, 403);
    assert_eq!(change(json!({ "roles": [] })).await, 200);
    let own = format!("/guilds/{}/members/@me", world.guild);
    let (status, me) = lab.rest(&world.token, "PATCH", &own, json!({ "nick": "Till" })).await;
    assert_eq!((status, &me["nick"]), (200, &json!("Till")));
    let (lab, world) = administered().await;
    let member = format!("/guilds/{}/members/{}", world.guild, world.user);
    let (status, changed) = lab.rest(&world.token, "PATCH", &member, json!({ "nick": "A" })).await;
    assert_eq!((status, &changed["nick"]), (200, &json!("A")));
}
