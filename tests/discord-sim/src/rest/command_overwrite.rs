//! `PUT /applications/{id}/commands` and the same per guild: all commands at once, or none if one does not fit.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::commands::{daily_cap, duplicate, limit, own, put, too_many};
use super::error::ApiError;
use super::extract::{Bot, In};
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::Form;
use super::validate::{cast, command};
use crate::id::Id;
use crate::server::{Server, Shared};
use crate::world::Change;
use crate::world::application::Application;
use crate::world::command::Command;

/// Replaces all global commands.
pub async fn overwrite(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(application): In<Id>,
    sent: Sent,
) -> Answer {
    replace_all(&server, bot, application, None, &sent)
}

/// Replaces all commands of a guild.
pub async fn overwrite_in(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, guild)): In<(Id, Id)>,
    sent: Sent,
) -> Answer {
    replace_all(&server, bot, application, Some(guild), &sent)
}

fn replace_all(server: &Server, bot: Id, application: Id, guild: Option<Id>, sent: &Sent) -> Answer {
    if let Some(error) = &sent.0.broken {
        return Err(error.clone());
    }
    let list = sent.0.json.as_ref().and_then(Value::as_array).ok_or_else(ApiError::no_json)?;
    let list = cast::list(list);
    let list = list.as_slice();
    let mut form = Form::new();
    for (index, item) in list.iter().enumerate() {
        form.within(index, |form| match item.as_object() {
            Some(object) => command::check(form, object),
            None => form.fail("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType."),
        });
    }
    twice(&mut form, list);
    form.finish()?;
    let mut world = server.world();
    own(&world, bot, application, guild)?;
    let named = |command: &Command| {
        list.iter().any(|item| item["name"] == command.name && kind_of(item) == command.kind)
    };
    let app = world.applications.get_mut(&application).ok_or_else(|| ApiError::unknown(10_002))?;
    affordable(app, guild, list)?;
    let gone: Vec<Id> =
        app.commands.scope(guild).filter(|command| !named(command)).map(|command| command.id).collect();
    for id in gone {
        app.commands.remove(id);
    }
    let mut objects = Vec::new();
    for item in list.iter().filter_map(Value::as_object) {
        objects.push(put(&mut world, application, guild, item)?.0);
    }
    world.changed(Change::Lists);
    Ok(Json(objects.into()))
}

fn kind_of(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

/// An overwrite that would break a limit changes nothing at all.
fn affordable(app: &Application, guild: Option<Id>, list: &[Value]) -> Result<(), ApiError> {
    for kind in 1..=3 {
        if list.iter().filter(|item| kind_of(item) == kind).count() > limit(kind) {
            return Err(too_many(kind));
        }
    }
    let known = |item: &&Value| {
        app.commands.scope(guild).any(|old| item["name"] == old.name && kind_of(item) == old.kind)
    };
    let creates = list.len() - list.iter().filter(known).count();
    if app.commands.creates_left(guild) < creates { Err(daily_cap()) } else { Ok(()) }
}

/// A name may stand once per kind.
fn twice(form: &mut Form, list: &[Value]) {
    let mut seen = HashSet::new();
    for (index, item) in list.iter().enumerate() {
        let key = (item["name"].as_str(), kind_of(item));
        if key.0.is_some() && !seen.insert(key) {
            form.within(index, duplicate);
        }
    }
}
