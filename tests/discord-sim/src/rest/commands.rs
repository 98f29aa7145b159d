//! `/applications/{id}/commands` and the same per guild: reading one, making, changing, overwriting, deleting.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::error::{ApiError, Retry};
use super::extract::{Bot, In};
use super::guilds::member_of;
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::command;
use super::validate::form::Form;
use crate::id::Id;
use crate::server::{Server, Shared};
use crate::world::application::Application;
use crate::world::command::Command;
use crate::world::{Change, World};

/// Commands of each kind in one scope: 100 slash commands, 15 for people and 15 for messages.
fn limit(kind: u64) -> usize {
    if kind == 1 { 100 } else { 15 }
}

/// A bot touches only its own commands, in guilds it is in.
pub(super) fn own(world: &World, bot: Id, application: Id, guild: Option<Id>) -> Result<(), ApiError> {
    if bot != application {
        return Err(ApiError::bad_request(
            20_012,
            "You are not authorized to perform this action on this application",
        ));
    }
    match guild {
        Some(guild) => member_of(world, guild, bot).map(drop).map_err(|_| ApiError::no_access()),
        None => Ok(()),
    }
}

fn one(server: &Server, bot: Id, ids: (Id, Option<Id>, Id)) -> Answer {
    let (application, guild, command) = ids;
    let world = server.world();
    own(&world, bot, application, guild)?;
    let found = world.applications.get(&application).and_then(|app| app.commands.get(command));
    let found = found.filter(|command| command.guild == guild).ok_or_else(|| ApiError::unknown(10_063))?;
    Ok(Json(found.json(application)))
}

/// Puts one command in, in the place of the one of its name if there is one. True if it is new.
fn put(
    world: &mut World,
    application: Id,
    guild: Option<Id>,
    body: &Map<String, Value>,
) -> Result<(Value, bool), ApiError> {
    let kind = body.get("type").and_then(Value::as_u64).unwrap_or(1);
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (fresh, version) = (world.ids.make(), world.ids.make());
    let app = world.applications.get_mut(&application).ok_or_else(|| ApiError::unknown(10_002))?;
    let same = app.commands.scope(guild).find(|old| old.kind == kind && old.name == name).map(|old| old.id);
    if same.is_none() {
        if app.commands.scope(guild).filter(|old| old.kind == kind).count() >= limit(kind) {
            return Err(too_many(kind));
        }
        if app.commands.creates_left(guild) == 0 {
            return Err(daily_cap());
        }
        app.commands.count_create(guild);
    }
    let id = same.unwrap_or(fresh);
    let command = Command { id, guild, kind, name, definition: Value::Object(body.clone()), version };
    let object = command.json(application);
    app.commands.put(command);
    world.changed(Change::Lists);
    Ok((object, same.is_none()))
}

/// 30034: too many creations today.
fn daily_cap() -> ApiError {
    let after = std::time::Duration::from_hours(24);
    let mut error = ApiError::rate_limited(Retry { after, global: false, scope: "user" });
    error.code = 30_034;
    error.message = "Max number of daily application command creates has been reached (200)".into();
    error
}

fn make(
    server: &Server,
    bot: Id,
    application: Id,
    guild: Option<Id>,
    sent: &Sent,
) -> Result<Response, ApiError> {
    let body = sent.0.object()?;
    let mut form = Form::new();
    command::check(&mut form, body);
    form.finish()?;
    let mut world = server.world();
    own(&world, bot, application, guild)?;
    let (object, new) = put(&mut world, application, guild, body)?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(object)).into_response())
}

fn change(server: &Server, bot: Id, ids: (Id, Option<Id>, Id), sent: &Sent) -> Answer {
    let (application, guild, id) = ids;
    let body = sent.0.object()?;
    let mut world = server.world();
    own(&world, bot, application, guild)?;
    let version = world.ids.make();
    let app = world.applications.get_mut(&application).ok_or_else(|| ApiError::unknown(10_002))?;
    let found = app.commands.get(id).filter(|command| command.guild == guild);
    let mut command = found.ok_or_else(|| ApiError::unknown(10_063))?.clone();
    let mut form = Form::new();
    if let Some(definition) = command.definition.as_object_mut() {
        // The kind of a command cannot be changed.
        definition.extend(body.iter().filter(|(key, _)| *key != "type").map(|(k, v)| (k.clone(), v.clone())));
        command::check(&mut form, definition);
    }
    if let Some(name) = body.get("name").and_then(Value::as_str) {
        name.clone_into(&mut command.name);
    }
    let twin = |old: &&Command| old.id != id && old.kind == command.kind && old.name == command.name;
    if app.commands.scope(guild).any(|old| twin(&old)) {
        duplicate(&mut form);
    }
    form.finish()?;
    command.version = version;
    let object = command.json(application);
    app.commands.put(command);
    world.changed(Change::Lists);
    Ok(Json(object))
}

fn replace_all(server: &Server, bot: Id, application: Id, guild: Option<Id>, sent: &Sent) -> Answer {
    if let Some(error) = &sent.0.broken {
        return Err(error.clone());
    }
    let list = sent.0.json.as_ref().and_then(Value::as_array).ok_or_else(ApiError::no_json)?;
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

/// 30032: too many commands of this kind.
fn too_many(kind: u64) -> ApiError {
    let words = format!("Maximum number of application commands reached ({}).", limit(kind));
    ApiError::bad_request(30_032, &words)
}

/// A name may stand once per kind.
fn twice(form: &mut Form, list: &[Value]) {
    let mut seen = std::collections::HashSet::new();
    for (index, item) in list.iter().enumerate() {
        let key = (item["name"].as_str(), kind_of(item));
        if key.0.is_some() && !seen.insert(key) {
            form.within(index, duplicate);
        }
    }
}

fn duplicate(form: &mut Form) {
    form.fail("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
}

fn take(server: &Server, bot: Id, ids: (Id, Option<Id>, Id)) -> Result<StatusCode, ApiError> {
    let (application, guild, id) = ids;
    let mut world = server.world();
    own(&world, bot, application, guild)?;
    let app = world.applications.get_mut(&application).ok_or_else(|| ApiError::unknown(10_002))?;
    app.commands.get(id).filter(|command| command.guild == guild).ok_or_else(|| ApiError::unknown(10_063))?;
    app.commands.remove(id);
    world.changed(Change::Lists);
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a global command.
pub async fn get(State(server): State<Shared>, Bot(bot): Bot, In((application, id)): In<(Id, Id)>) -> Answer {
    one(&server, bot, (application, None, id))
}

/// Reads a guild's command.
pub async fn get_in(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, guild, id)): In<(Id, Id, Id)>,
) -> Answer {
    one(&server, bot, (application, Some(guild), id))
}

/// Makes or replaces a global command.
pub async fn create(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(application): In<Id>,
    sent: Sent,
) -> Result<Response, ApiError> {
    make(&server, bot, application, None, &sent)
}

/// Makes or replaces a guild's command.
pub async fn create_in(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, guild)): In<(Id, Id)>,
    sent: Sent,
) -> Result<Response, ApiError> {
    make(&server, bot, application, Some(guild), &sent)
}

/// Changes a global command.
pub async fn edit(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, id)): In<(Id, Id)>,
    sent: Sent,
) -> Answer {
    change(&server, bot, (application, None, id), &sent)
}

/// Changes a guild's command.
pub async fn edit_in(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, guild, id)): In<(Id, Id, Id)>,
    sent: Sent,
) -> Answer {
    change(&server, bot, (application, Some(guild), id), &sent)
}

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

/// Deletes a global command.
pub async fn delete(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, id)): In<(Id, Id)>,
) -> Result<StatusCode, ApiError> {
    take(&server, bot, (application, None, id))
}

/// Deletes a guild's command.
pub async fn delete_in(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, guild, id)): In<(Id, Id, Id)>,
) -> Result<StatusCode, ApiError> {
    take(&server, bot, (application, Some(guild), id))
}
