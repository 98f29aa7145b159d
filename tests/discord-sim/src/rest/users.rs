//! `/users`: the bot itself, others, its guilds, opening direct messages.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::error::ApiError;
use super::extract::{Asked, Bot, In, within};
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::{Form, present};
use crate::id::Id;
use crate::server::Shared;
use crate::world::guild::Guild;
use crate::world::permissions;

/// The bot's own user.
pub async fn me(State(server): State<Shared>, Bot(id): Bot) -> Answer {
    let world = server.world();
    world.users.get(&id).map(|user| Json(user.own_json())).ok_or_else(|| ApiError::unknown(10_013))
}

/// Any user.
pub async fn user(State(server): State<Shared>, _: Bot, In(user): In<Id>) -> Answer {
    let world = server.world();
    world.users.get(&user).map(|user| Json(user.json())).ok_or_else(|| ApiError::unknown(10_013))
}

/// Which part of the guilds is wanted.
#[derive(Deserialize)]
pub struct Page {
    before: Option<Id>,
    after: Option<Id>,
    limit: Option<i64>,
    #[serde(default, deserialize_with = "super::extract::flag")]
    with_counts: bool,
}

/// A page of the guilds the bot is in, by their ids: the first ones after an id, or the last ones before one.
pub async fn guilds(State(server): State<Shared>, Bot(id): Bot, Asked(page): Asked<Page>) -> Answer {
    let limit = within(page.limit, 200, 200)?;
    let world = server.world();
    let (after, before) = (page.after.unwrap_or_default(), page.before.unwrap_or(Id(u64::MAX)));
    let between = |guild: &&Guild| guild.id > after && guild.id < before;
    let mine = world.guilds.values().filter(|guild| guild.applications.contains(&id)).filter(between);
    let mut found: Vec<&Guild> = mine.collect();
    if page.before.is_some() && page.after.is_none() {
        found.drain(..found.len().saturating_sub(limit));
    }
    found.truncate(limit);
    let list = found.into_iter().map(|guild| {
        let mut object = json!({
            "id": guild.id, "name": guild.name, "icon": null, "banner": null, "owner": false,
            "permissions": permissions::in_guild(guild, id).to_string(), "features": [],
        });
        if page.with_counts {
            guild.add_counts(&mut object);
        }
        object
    });
    Ok(Json(list.collect()))
}

/// Opens the direct messages with a person, or finds those that are open.
pub async fn open_direct(State(server): State<Shared>, Bot(id): Bot, Sent(sent): Sent) -> Answer {
    let body = sent.object()?;
    let mut form = Form::new();
    let recipient = form.snowflake(body, "recipient_id");
    if recipient.is_none() && present(body, "recipient_id").is_none() {
        form.missing("recipient_id");
    }
    form.finish()?;
    let mut world = server.world();
    let known = recipient.and_then(|recipient| world.users.get(&recipient));
    let user = known.ok_or_else(|| ApiError::bad_request(50_033, "Invalid Recipient(s)"))?;
    if user.bot {
        return Err(ApiError::closed_dms());
    }
    let user = user.id;
    let channel = world.direct_channel(id, user);
    let channel = world.channels.get(&channel).ok_or_else(|| ApiError::unknown(10_003))?;
    Ok(Json(world.channel_json(channel)))
}
