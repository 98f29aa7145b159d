//! What people see, what exists, what happened; and deleting things.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, Asked, At, ControlError};
use crate::id::Id;
use crate::server::Shared;
use crate::world::World;
use crate::world::base::Base;
use crate::world::channel::{Channel, Place};
use crate::world::message::Message;

/// Largest text file whose content is shown with the message.
const SHOWN_BYTES: usize = 64 << 10;

/// Whose eyes.
#[derive(Debug, Deserialize)]
pub struct As {
    #[serde(rename = "as")]
    user: Option<Id>,
}

/// The messages of a channel as a person sees them, oldest first; without `as` all that are not ephemeral.
pub async fn messages(
    State(server): State<Shared>,
    At(id): At<Id>,
    Asked(eyes): Asked<As>,
    base: Base,
) -> Result<impl IntoResponse, ControlError> {
    let world = server.world();
    let channel =
        world.channels.get(&id).ok_or_else(|| ControlError::unknown(format!("there is no channel {id}")))?;
    if let Some(user) = eyes.user
        && !world.users.contains_key(&user)
    {
        return Err(ControlError::unknown(format!("there is no user {user}")));
    }
    let rendered = seen(&world, channel, eyes.user, &base).map(|message| message.to_string());
    // Rendered one by one: a channel may hold more than its tree of values should take in memory.
    let list = format!("[{}]", rendered.collect::<Vec<_>>().join(","));
    Ok(([(header::CONTENT_TYPE, "application/json")], list))
}

fn seen<'a>(
    world: &'a World,
    channel: &'a Channel,
    user: Option<Id>,
    base: &'a Base,
) -> impl Iterator<Item = Value> + 'a {
    let visible = move |message: &&Message| match user {
        Some(user) => world.sees(user, message),
        None => message.ephemeral_to.is_none(),
    };
    channel.messages.values().filter(visible).map(|message| with_extras(world, message, base))
}

/// A message object with what a person sees beyond it: whether it is ephemeral, the text of small files.
fn with_extras(world: &World, message: &Message, base: &Base) -> Value {
    let mut object = world.message_json(message, base);
    object["ephemeral"] = json!(message.ephemeral_to.is_some());
    for (index, file) in message.attachments.iter().enumerate() {
        if file.size <= SHOWN_BYTES
            && let Some((_, data)) = world.files.get(file.id)
            && let Ok(text) = std::str::from_utf8(data)
        {
            object["attachments"][index]["content"] = json!(text);
        }
    }
    object
}

/// A person's direct messages, per bot.
pub async fn dms(State(server): State<Shared>, At(user): At<Id>, base: Base) -> Answer {
    let world = server.world();
    if !world.users.contains_key(&user) {
        return Err(ControlError::unknown(format!("there is no user {user}")));
    }
    let mine = world.direct.iter().filter(|((_, person), _)| *person == user);
    let mut list: Vec<Value> = mine
        .filter_map(|((bot, _), id)| {
            let channel = world.channels.get(id)?;
            Some(json!({
                "channel_id": id,
                "application_id": bot,
                "user": world.user_json(*bot),
                "messages": seen(&world, channel, Some(user), &base).collect::<Vec<_>>(),
            }))
        })
        .collect();
    list.sort_by_key(|entry| entry["channel_id"].as_str().map(str::to_owned));
    Ok(Json(list.into()))
}

/// What exists, for the page and for those who are lost: applications, guilds, channels, people, commands.
pub async fn world(State(server): State<Shared>) -> Json<Value> {
    let world = server.world();
    let users: Vec<Value> = world.users.values().map(|user| user_entry(&world, user)).collect();
    let guilds: Vec<Value> = world.guilds.values().map(|guild| guild_entry(&world, guild)).collect();
    let direct = world.channels.values().filter_map(|channel| match channel.place {
        Place::Direct { bot, user } => Some(json!({ "id": channel.id, "bot": bot, "user": user })),
        Place::Guild { .. } => None,
    });
    Json(json!({ "users": users, "guilds": guilds, "direct": direct.collect::<Vec<_>>() }))
}

fn user_entry(world: &World, user: &crate::world::user::User) -> Value {
    let guilds = world.guilds.values().filter(|guild| guild.members.contains_key(&user.id));
    json!({
        "id": user.id,
        "name": user.display_name(),
        "username": user.username,
        "bot": user.bot,
        "locale": user.locale,
        "dms": if user.dms_open { "open" } else { "closed" },
        "guilds": guilds.map(|guild| guild.id).collect::<Vec<_>>(),
    })
}

fn guild_entry(world: &World, guild: &crate::world::guild::Guild) -> Value {
    let channels = guild.channels.iter().filter_map(|id| world.channels.get(id));
    let commands: Vec<Value> = guild
        .applications
        .iter()
        .filter_map(|id| world.applications.get(id))
        .flat_map(|app| {
            let scopes = app.commands.scope(Some(guild.id)).chain(app.commands.scope(None));
            scopes.map(|command| command.json(app.id))
        })
        .collect();
    json!({
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner,
        "applications": guild.applications,
        "channels": channels.map(|channel| channel.json(None)).collect::<Vec<_>>(),
        "roles": guild.roles.values().map(crate::world::guild::Role::json).collect::<Vec<_>>(),
        "members": guild.members.values().map(|member| json!({ "user_id": member.user, "roles": member.roles })).collect::<Vec<_>>(),
        "commands": commands,
    })
}

/// From where on.
#[derive(Debug, Deserialize)]
pub struct Since {
    #[serde(default)]
    since: u64,
}

/// The log as ndjson: every entry numbered above `since`.
pub async fn log(State(server): State<Shared>, Asked(from): Asked<Since>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/x-ndjson")], server.log.since(from.since))
}

/// Every rule a client broke.
pub async fn violations(State(server): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], server.violations.json())
}

/// Deletes a message as a moderator would.
pub async fn delete_message(State(server): State<Shared>, At(id): At<Id>) -> Answer {
    let known = server.world().delete_message(id);
    if known { Ok(Json(json!({}))) } else { Err(ControlError::unknown(format!("there is no message {id}"))) }
}

/// Deletes a channel as an administrator would.
pub async fn delete_channel(State(server): State<Shared>, At(id): At<Id>) -> Answer {
    let known = server.world().delete_channel(id);
    if known { Ok(Json(json!({}))) } else { Err(ControlError::unknown(format!("there is no channel {id}"))) }
}

/// An empty world.
pub async fn reset(State(server): State<Shared>) -> Json<Value> {
    server.reset();
    Json(json!({}))
}
