//! `/channels/{id}`: reading and deleting a channel, and who may see it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::error::ApiError;
use super::extract::{Bot, In};
use super::pipeline::Answer;
use crate::id::Id;
use crate::server::Shared;
use crate::world::channel::Channel;
use crate::world::{World, permissions};

/// The channel, if it exists and the bot has all of these permissions in it: 10003, 50001 or 50013 if not.
pub fn allowed(world: &World, channel: Id, bot: Id, wanted: u64) -> Result<&Channel, ApiError> {
    let found = world.channels.get(&channel).ok_or_else(|| ApiError::unknown(10_003))?;
    let granted = world.permissions(found, bot);
    if granted & permissions::VIEW_CHANNEL == 0 {
        return Err(ApiError::no_access());
    }
    if granted & wanted != wanted {
        return Err(ApiError::no_permission());
    }
    Ok(found)
}

/// The channel object.
pub async fn get(State(server): State<Shared>, Bot(bot): Bot, In(channel): In<Id>) -> Answer {
    let world = server.world();
    let found = allowed(&world, channel, bot, 0)?;
    Ok(Json(world.channel_json(found)))
}

/// Deletes a channel of a guild; closes direct messages.
pub async fn delete(State(server): State<Shared>, Bot(bot): Bot, In(channel): In<Id>) -> Answer {
    let mut world = server.world();
    let found = allowed(&world, channel, bot, 0)?;
    if found.guild().is_some() {
        allowed(&world, channel, bot, permissions::MANAGE_CHANNELS)?;
    }
    let object = world.channels.get(&channel).map_or(json!(null), |found| world.channel_json(found));
    if world.channels.get(&channel).is_some_and(|found| found.guild().is_some()) {
        world.delete_channel(channel);
    }
    Ok(Json(object))
}

/// "Is typing", which nobody keeps.
pub async fn typing(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
) -> Result<StatusCode, ApiError> {
    allowed(&server.world(), channel, bot, permissions::SEND_MESSAGES)?;
    Ok(StatusCode::NO_CONTENT)
}
