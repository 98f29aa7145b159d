//! `/applications/{id}/commands` and the same per guild: reading one, making, changing, deleting.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::error::{ApiError, Retry};
use super::extract::{Bot, In};
use super::guilds::member_of;
use super::kept;
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::Form;
use super::validate::{cast, command};
use crate::id::Id;
use crate::server::{Server, Shared};
use crate::world::command::Command;
use crate::world::{Change, World};

/// Commands of each kind in one scope: 100 slash commands, 15 for people and 15 for messages.
pub(super) fn limit(kind: u64) -> usize {
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
pub(super) fn put(
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
    let command = Command { id, guild, kind, name, definition: Value::Object(kept::command(body)), version };
    let object = command.json(application);
    app.commands.put(command);
    world.changed(Change::Lists);
    Ok((object, same.is_none()))
}

/// 30034: too many creations today.
pub(super) fn daily_cap() -> ApiError {
    let after = std::time::Duration::from_hours(24);
    let mut error = ApiError::rate_limited(Retry { after, global: false, scope: "user" });
    error.code = 30_034;
    error.message = "Max number of daily application command creates has been reached (200)".into();
    error
}

/// 30032: too many commands of this kind.
pub(super) fn too_many(kind: u64) -> ApiError {
    let words = format!("Maximum number of application commands reached ({}).", limit(kind));
    ApiError::bad_request(30_032, &words)
}

/// A name stands twice.
pub(super) fn duplicate(form: &mut Form) {
    form.fail("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
}

fn make(
    server: &Server,
    bot: Id,
    application: Id,
    guild: Option<Id>,
    sent: &Sent,
) -> Result<Response, ApiError> {
    let body = cast::object(sent.0.object()?);
    let mut form = Form::new();
    command::check(&mut form, &body);
    form.finish()?;
    let mut world = server.world();
    own(&world, bot, application, guild)?;
    let (object, new) = put(&mut world, application, guild, &body)?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(object)).into_response())
}

fn change(server: &Server, bot: Id, ids: (Id, Option<Id>, Id), sent: &Sent) -> Answer {
    let (application, guild, id) = ids;
    let body = cast::object(sent.0.object()?);
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
        definition.insert("type".into(), command.kind.into());
        command::check(&mut form, definition);
        *definition = kept::command(definition);
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
