//! `/_sim/users/{u}`: a person changes, and the commands it is offered.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, Asked, At, ControlError, Given};
use super::guilds::Dms;
use crate::id::Id;
use crate::interactions::act;
use crate::server::Shared;
use crate::world::Change as Changed;

/// What changes. What is missing stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    dms: Option<Dms>,
    locale: Option<String>,
    roles: Option<Vec<Id>>,
    /// The guild the roles are of; needed when the person is in several.
    guild_id: Option<Id>,
}

/// Changes a person.
pub async fn change(State(server): State<Shared>, At(user): At<Id>, Given(change): Given<Change>) -> Answer {
    let mut world = server.world();
    let found = world
        .users
        .get_mut(&user)
        .ok_or_else(|| ControlError::unknown(format!("there is no user {user}")))?;
    if let Some(dms) = change.dms {
        found.dms_open = dms == Dms::Open;
    }
    if let Some(locale) = change.locale {
        found.locale = locale;
    }
    let mut moved = Vec::new();
    if let Some(roles) = change.roles {
        for guild in world.guilds.values_mut() {
            let fits = change.guild_id.is_none_or(|id| id == guild.id);
            let known = roles.iter().all(|role| guild.roles.contains_key(role));
            if let Some(member) = guild.members.get_mut(&user).filter(|_| fits && known) {
                member.roles.clone_from(&roles);
                moved.push(guild.id);
            }
        }
        if moved.is_empty() {
            return Err(ControlError::bad("no guild of this person has all of these roles"));
        }
    }
    for guild in moved {
        world.announce_member(guild, user);
    }
    world.changed(Changed::Lists);
    Ok(Json(json!({ "user_id": user })))
}

/// Where commands are asked for.
#[derive(Debug, Deserialize)]
pub struct Where {
    channel_id: Id,
}

/// The commands a person is offered in a channel.
pub async fn commands(State(server): State<Shared>, At(user): At<Id>, Asked(place): Asked<Where>) -> Answer {
    let world = server.world();
    Ok(Json(act::offered(&world, user, place.channel_id)?.into()))
}
