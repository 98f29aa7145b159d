//! Takes the first answer to an interaction, whichever way it came, and applies it to the world.

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::rest::compose::{self, Origin};
use crate::rest::error::ApiError;
use crate::rest::kept;
use crate::rest::payload::Upload;
use crate::rest::validate::form::{Form, present};
use crate::rest::validate::message::{self, Kind};
use crate::rest::validate::{cast, modal, option};
use crate::server::Server;
use crate::world::base::Base;
use crate::world::interaction::{AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, MODAL, Progress, Said};
use crate::world::message::{Author, Cause, EPHEMERAL, LOADING, Message, Used};
use crate::world::{Change, World};

/// PONG, which only HTTP interactions give.
pub const PONG: i64 = 1;
const MESSAGE: i64 = 4;
const DEFERRED_MESSAGE: i64 = 5;
const DEFERRED_UPDATE: i64 = 6;
const UPDATE: i64 = 7;
const SUGGESTIONS: i64 = 8;
const OPEN_MODAL: i64 = 9;

/// 40060: there was an answer before.
#[must_use]
pub fn acknowledged() -> ApiError {
    ApiError::bad_request(40_060, "Interaction has already been acknowledged.")
}

/// Refuses what comes too late (10062) or a second time (40060).
pub fn in_time(server: &Server, interaction: &Interaction) -> Result<(), ApiError> {
    match interaction.progress {
        Progress::Waiting if interaction.age() > server.options.answer_within => {
            Err(ApiError::unknown(10_062))
        }
        Progress::Waiting => Ok(()),
        Progress::Failed => Err(ApiError::unknown(10_062)),
        _ => Err(acknowledged()),
    }
}

/// Checks an answer and applies it.
pub fn take(
    server: &Server,
    world: &mut World,
    id: Id,
    body: &Map<String, Value>,
    files: &[Upload],
) -> Result<(), ApiError> {
    let interaction = world.interactions.get(&id).ok_or_else(|| ApiError::unknown(10_062))?;
    let kind = kind_of(body, interaction)?;
    let source = interaction.source;
    let empty = Map::new();
    let data = present(body, "data").and_then(Value::as_object);
    let given = data.unwrap_or(&empty);
    let (progress, original) = match kind {
        MESSAGE => (Progress::Answered, Some(post(world, id, given, files)?)),
        DEFERRED_MESSAGE => (Progress::Deferred, Some(think(world, id, given)?)),
        DEFERRED_UPDATE => (Progress::Deferred, source),
        UPDATE => (Progress::Answered, Some(update(world, source, given, files)?)),
        SUGGESTIONS => (Progress::Answered, suggestions(interaction.said.as_ref(), given)?),
        _ => (Progress::Modal, open_modal(world, id, given)?),
    };
    let Some(interaction) = world.interactions.get_mut(&id) else { return Ok(()) };
    let took = interaction.age();
    interaction.progress = progress;
    interaction.original = original;
    interaction.acknowledged = Some(took);
    interaction.callback = Some(kind);
    interaction.changed.notify_waiters();
    world.note(id, |said| said.callback = Some(json!({ "type": kind, "data": data }).to_string().into()));
    let entry = json!({ "id": id, "event": "callback", "type": kind, "ms": crate::time::millis(took) });
    server.log.add("interaction", &entry);
    world.changed(Change::Interaction(id));
    Ok(())
}

fn kind_of(body: &Map<String, Value>, interaction: &Interaction) -> Result<i64, ApiError> {
    let mut form = Form::new();
    form.need(body, "type");
    let allowed: &[i64] = match (interaction.kind, interaction.source) {
        (COMMAND, _) => &[MESSAGE, DEFERRED_MESSAGE, OPEN_MODAL],
        (COMPONENT, _) => &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, OPEN_MODAL],
        (AUTOCOMPLETE, _) => &[SUGGESTIONS],
        (MODAL, Some(_)) => &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE],
        _ => &[MESSAGE, DEFERRED_MESSAGE],
    };
    let kind = form.choice(body, "type", allowed).unwrap_or(0);
    if matches!(kind, MESSAGE | SUGGESTIONS | OPEN_MODAL) {
        form.need_object(body, "data");
    } else {
        form.object(body, "data");
    }
    form.finish()?;
    Ok(kind)
}

fn post(world: &mut World, id: Id, data: &Map<String, Value>, files: &[Upload]) -> Result<Id, ApiError> {
    let draft = message::check(data, files, Kind::Answer).map_err(|error| error.under("data"))?;
    let origin = origin(world, id).ok_or_else(|| ApiError::unknown(10_062))?;
    let made = compose::message(world, origin, &draft, files);
    let message = made.id;
    world.post(&made);
    Ok(message)
}

fn think(world: &mut World, id: Id, data: &Map<String, Value>) -> Result<Id, ApiError> {
    let mut form = Form::new();
    let flags = form.within("data", |form| form.integer(data, "flags", 0..=i64::from(u32::MAX))).unwrap_or(0);
    form.finish()?;
    let origin = origin(world, id).ok_or_else(|| ApiError::unknown(10_062))?;
    let ephemeral = u64::try_from(flags).unwrap_or_default() & EPHEMERAL != 0;
    let made = compose::thinking(world, origin, ephemeral);
    let message = made.id;
    world.post(&made);
    Ok(message)
}

fn update(
    world: &mut World,
    source: Option<Id>,
    data: &Map<String, Value>,
    files: &[Upload],
) -> Result<Id, ApiError> {
    let found = source.and_then(|id| world.message(id)).cloned();
    let mut edited = found.ok_or_else(|| ApiError::unknown(10_008))?;
    let draft = message::check(data, files, Kind::from(&edited)).map_err(|error| error.under("data"))?;
    compose::edit(world, &mut edited, &draft, files);
    crate::rest::messages::still_something(&edited)?;
    let id = edited.id;
    world.replace(&edited);
    Ok(id)
}

/// Suggestions for the option being typed, in the type of that option.
fn suggestions(said: Option<&Said>, data: &Map<String, Value>) -> Result<Option<Id>, ApiError> {
    let asked = said.and_then(|said| serde_json::from_str::<Value>(&said.payload).ok()).unwrap_or_default();
    let kind = focused(&asked["data"]["options"]).and_then(|option| option["type"].as_i64());
    let mut form = Form::new();
    form.within("data", |form| {
        if let Some(list) = form.list(data, "choices", 0..=25) {
            option::choice_list(form, list, kind);
        }
    });
    form.finish().map(|()| None)
}

fn focused(options: &Value) -> Option<&Value> {
    options.as_array()?.iter().find_map(|option| {
        if option["focused"] == json!(true) { Some(option) } else { focused(&option["options"]) }
    })
}

fn open_modal(world: &mut World, id: Id, data: &Map<String, Value>) -> Result<Option<Id>, ApiError> {
    let data = cast::object(data);
    let mut form = Form::new();
    form.within("data", |form| modal::check(form, &data));
    form.finish()?;
    let components = data.get("components").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let components = compose::numbered(kept::components(components));
    let modal = json!({ "custom_id": data["custom_id"], "title": data["title"], "components": components });
    world.note(id, |said| said.modal = Some(modal.to_string().into()));
    Ok(None)
}

/// Where the messages of an interaction come from.
#[must_use]
pub fn origin(world: &World, id: Id) -> Option<Origin> {
    let interaction = world.interactions.get(&id)?;
    Some(Origin {
        channel: interaction.channel,
        author: Author::User(interaction.application),
        application: Some(interaction.application),
        kind: interaction.used.as_ref().map_or(0, Used::answer_kind),
        person: Some(interaction.user),
        interaction: Some(cause(interaction)),
    })
}

/// What a message that an interaction causes tells of it.
#[must_use]
pub fn cause(interaction: &Interaction) -> Cause {
    Cause {
        id: interaction.id,
        kind: interaction.kind,
        user: interaction.user,
        guild: interaction.guild,
        used: interaction.used.clone(),
        source: interaction.source.filter(|_| interaction.kind == COMPONENT),
        trigger: interaction.trigger.clone().map(Box::new),
        first: None,
    }
}

/// Whether a message is still "thinking".
#[must_use]
pub fn is_thinking(message: &Message) -> bool {
    message.flags & LOADING != 0
}

/// The answer to a callback `with_response`. There is a resource where a message was written or changed.
#[must_use]
pub fn callback_response(world: &World, id: Id, base: &Base) -> Value {
    let Some(interaction) = world.interactions.get(&id) else { return json!({}) };
    let kind = interaction.callback;
    let mut about = json!({ "id": id, "type": interaction.kind });
    let Some(message) = interaction.original.and_then(|id| world.message(id)) else {
        return json!({ "interaction": about });
    };
    about["response_message_id"] = json!(message.id);
    about["response_message_loading"] = json!(is_thinking(message));
    about["response_message_ephemeral"] = json!(message.ephemeral_to.is_some());
    if kind == Some(DEFERRED_UPDATE) {
        return json!({ "interaction": about });
    }
    json!({ "interaction": about, "resource": { "type": kind, "message": world.message_json(message, base) } })
}
