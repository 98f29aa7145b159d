//! `/guilds/{id}` with its channels and roles.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::error::ApiError;
use super::extract::{Bot, In};
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::Form;
use crate::id::Id;
use crate::server::Shared;
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

/// The guild object.
pub async fn get(State(server): State<Shared>, Bot(bot): Bot, In(guild): In<Id>) -> Answer {
    let world = server.world();
    Ok(Json(member_of(&world, guild, bot)?.json()))
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
) -> Answer {
    let body = sent.object()?;
    let mut form = Form::new();
    let name = form.need_text(body, "name", 1..=100).map(str::to_owned);
    let topic = form.text(body, "topic", 0..=1024).map(str::to_owned);
    form.integer(body, "type", 0..=0);
    form.finish()?;
    let mut world = server.world();
    let found = allowed(&world, guild, bot, permissions::MANAGE_CHANNELS)?;
    if found.channels.len() >= CHANNELS {
        return Err(ApiError::bad_request(30_013, "Maximum number of guild channels reached (500)"));
    }
    let created = world.create_channel(guild, None, &name.unwrap_or_default(), topic, Vec::new());
    let channel = created.and_then(|id| world.channels.get(&id));
    channel.map(|channel| Json(channel.json(None))).ok_or_else(|| ApiError::unknown(10_004))
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
    let name = form.text(body, "name", 0..=100).unwrap_or("new role").to_owned();
    let color = form.integer(body, "color", 0..=0xFF_FFFF).unwrap_or(0);
    let granted = form.text(body, "permissions", 0..=20).and_then(|bits| bits.parse().ok()).unwrap_or(0);
    form.finish()?;
    let mut world = server.world();
    let found = allowed(&world, guild, bot, permissions::MANAGE_ROLES)?;
    if found.roles.len() >= ROLES {
        return Err(ApiError::bad_request(30_005, "Maximum number of guild roles reached (250)"));
    }
    let color = u32::try_from(color).unwrap_or_default();
    let created = world.create_role(guild, None, &name, granted, color);
    let role = created.and_then(|id| world.guilds.get(&guild)?.roles.get(&id));
    role.map(|role| Json(role.json())).ok_or_else(|| ApiError::unknown(10_004))
}
