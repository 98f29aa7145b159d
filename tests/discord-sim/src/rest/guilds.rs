//! `/guilds/{id}` with its channels and roles.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::channel_settings;
use super::error::ApiError;
use super::extract::{Asked, Bot, In, flag};
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::Form;
use crate::id::Id;
use crate::server::Shared;
use crate::world::channel::Settings;
use crate::world::guild::{Guild, Role};
use crate::world::{World, permissions};

/// Channels a guild may have.
const CHANNELS: usize = 500;
/// Roles a guild may have.
const ROLES: usize = 250;

/// The guild, if the bot is in it: 10004 if not.
pub fn member_of(world: &World, guild: Id, bot: Id) -> Result<&Guild, ApiError> {
    let found = world.guilds.get(&guild).ok_or_else(|| ApiError::unknown(10_004))?;
    if !found.applications.contains(&bot) {
        return Err(ApiError::unknown(10_004));
    }
    Ok(found)
}

/// The same, with these permissions.
pub fn allowed(world: &World, guild: Id, bot: Id, wanted: u64) -> Result<&Guild, ApiError> {
    let found = member_of(world, guild, bot)?;
    if permissions::in_guild(found, bot) & wanted != wanted {
        return Err(ApiError::no_permission());
    }
    Ok(found)
}

/// What is asked about a guild.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default, deserialize_with = "flag")]
    with_counts: bool,
}

/// The guild object.
pub async fn get(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(guild): In<Id>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let world = server.world();
    let found = member_of(&world, guild, bot)?;
    let mut object = found.json();
    if wanted.with_counts {
        found.add_counts(&mut object);
    }
    Ok(Json(object))
}

/// Its channels.
pub async fn channels(State(server): State<Shared>, Bot(bot): Bot, In(guild): In<Id>) -> Answer {
    let world = server.world();
    let found = member_of(&world, guild, bot)?;
    let channels = found.channels.iter().filter_map(|id| world.channels.get(id));
    Ok(Json(channels.map(|channel| channel.json(None)).collect::<Vec<_>>().into()))
}

/// Makes a text channel.
pub async fn create_channel(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(guild): In<Id>,
    Sent(sent): Sent,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let body = sent.object()?;
    let mut form = Form::new();
    form.need_text(body, "name", 1..=100);
    let mut settings = Settings::default();
    channel_settings::change(&mut form, body, &mut settings);
    form.finish()?;
    let mut world = server.world();
    let found = allowed(&world, guild, bot, permissions::MANAGE_CHANNELS)?;
    channel_settings::may_overwrite(found, bot, &settings.overwrites)?;
    if found.channels.len() >= CHANNELS {
        return Err(ApiError::bad_request(30_013, "Maximum number of guild channels reached (500)"));
    }
    let created = world.create_channel(guild, None, settings);
    let channel = created.and_then(|id| world.channels.get(&id)).ok_or_else(|| ApiError::unknown(10_004))?;
    Ok((StatusCode::CREATED, Json(channel.json(None))))
}

/// Its roles.
pub async fn roles(State(server): State<Shared>, Bot(bot): Bot, In(guild): In<Id>) -> Answer {
    let world = server.world();
    let roles: Vec<Value> = member_of(&world, guild, bot)?.roles.values().map(Role::json).collect();
    Ok(Json(roles.into()))
}

/// Makes a role.
pub async fn create_role(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(guild): In<Id>,
    Sent(sent): Sent,
) -> Answer {
    let body = sent.object()?;
    let mut form = Form::new();
    let colors = form.object(body, "colors").unwrap_or(body);
    let shade = if body.contains_key("colors") { "primary_color" } else { "color" };
    let role = Role {
        name: form.text(body, "name", 0..=100).unwrap_or("new role").to_owned(),
        color: form.integer(colors, shade, 0..=0xFF_FFFF).unwrap_or(0),
        permissions: form.bits(body, "permissions").unwrap_or(0),
        hoist: form.boolean(body, "hoist").unwrap_or(false),
        mentionable: form.boolean(body, "mentionable").unwrap_or(false),
        ..Role::default()
    };
    form.unmodelled(body, &["icon", "unicode_emoji"]);
    form.unmodelled(colors, &["secondary_color", "tertiary_color"]);
    form.finish()?;
    let mut world = server.world();
    let found = allowed(&world, guild, bot, permissions::MANAGE_ROLES)?;
    if found.roles.len() >= ROLES {
        return Err(ApiError::bad_request(30_005, "Maximum number of guild roles reached (250)"));
    }
    if role.permissions & !permissions::in_guild(found, bot) != 0 {
        return Err(ApiError::no_permission());
    }
    let created = world.create_role(guild, role);
    let role = created.and_then(|id| world.guilds.get(&guild)?.roles.get(&id));
    role.map(|role| Json(role.json())).ok_or_else(|| ApiError::unknown(10_004))
}
