//! `/webhooks/{id}/{token}` and its messages: follow-ups and `@original` of interactions when the id is an
//! application's, a channel webhook's messages when it is a webhook's. No bot token is needed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::compose;
use super::error::ApiError;
use super::extract::{Asked, In};
use super::messages::still_something;
use super::payload::{Payload, Sent};
use super::pipeline::Answer;
use super::validate::message::{self, Kind};
use super::webhooks;
use crate::id::Id;
use crate::interactions::answer;
use crate::server::{Server, Shared};
use crate::world::base::Base;
use crate::world::interaction::{Interaction, Progress};
use crate::world::message::Message;
use crate::world::{Change, World};

/// What a `/webhooks/{id}/{token}` address stands for.
enum Target {
    Interaction(Id),
    Webhook(crate::world::Webhook),
}

fn target(server: &Server, world: &World, id: Id, token: &str) -> Result<Target, ApiError> {
    if world.webhooks.contains_key(&id) {
        return webhooks::by_token(world, id, token).map(Target::Webhook);
    }
    if !world.applications.contains_key(&id) {
        return Err(ApiError::unknown(10_015));
    }
    let interaction = world.interaction_by_token(id, token).ok_or_else(ApiError::bad_webhook_token)?;
    if interaction.age() > server.options.token_life {
        return Err(ApiError::bad_webhook_token());
    }
    if matches!(interaction.progress, Progress::Waiting | Progress::Failed) {
        return Err(ApiError::unknown(10_015));
    }
    Ok(Target::Interaction(interaction.id))
}

/// What a query asks for.
#[derive(Deserialize)]
pub struct Query {
    /// The message is wanted in the answer.
    #[serde(default, deserialize_with = "super::extract::flag")]
    wait: bool,
    /// A webhook of no application may show components.
    #[serde(default, deserialize_with = "super::extract::flag")]
    with_components: bool,
    thread_id: Option<Id>,
}

impl Query {
    /// There are no threads, so that every id is of one that does not exist.
    fn no_thread(&self) -> Result<(), ApiError> {
        if self.thread_id.is_some() { Err(ApiError::unknown(10_003)) } else { Ok(()) }
    }
}

/// Writes a follow-up, or a message through a webhook.
pub async fn create(
    State(server): State<Shared>,
    In((id, token)): In<(Id, String)>,
    Asked(query): Asked<Query>,
    base: Base,
    Sent(sent): Sent,
) -> Result<Response, ApiError> {
    let mut world = server.world();
    let target = target(&server, &world, id, &token)?;
    query.no_thread()?;
    match target {
        Target::Webhook(webhook) => {
            let made = webhooks::execute(&mut world, &webhook, &sent, query.with_components)?;
            if !query.wait {
                return Ok(StatusCode::NO_CONTENT.into_response());
            }
            Ok(Json(world.message_json(&made, &base)).into_response())
        }
        Target::Interaction(interaction) => {
            let made = follow_up(&mut world, interaction, &sent)?;
            server.log.add(
                "interaction",
                &json!({ "id": interaction, "event": "followup", "message_id": made.id }),
            );
            Ok(Json(world.message_json(&made, &base)).into_response())
        }
    }
}

/// Writes a follow-up. The first one after "thinking" takes its place.
fn follow_up(world: &mut World, id: Id, sent: &Payload) -> Result<Message, ApiError> {
    let draft = message::check(sent.object()?, &sent.files, Kind::Answer)?;
    let interaction = world.interactions.get(&id).ok_or_else(|| ApiError::unknown(10_015))?;
    let (progress, original) = (interaction.progress, interaction.original);
    let thinking =
        original.filter(|_| progress == Progress::Deferred).and_then(|id| world.message(id)).cloned();
    let mut origin = answer::origin(world, id).ok_or_else(|| ApiError::unknown(10_015))?;
    let made = if let Some(mut message) = thinking.filter(answer::is_thinking) {
        compose::edit(world, &mut message, &draft, &sent.files);
        world.replace(&message);
        message
    } else {
        if let Some(cause) = &mut origin.interaction {
            cause.first = original;
        }
        let made = compose::message(world, origin, &draft, &sent.files);
        world.post(&made);
        made
    };
    if let Some(interaction) = world.interactions.get_mut(&id) {
        if interaction.original != Some(made.id) {
            interaction.followups.push(made.id);
        }
        answered(interaction);
    }
    world.changed(Change::Interaction(id));
    Ok(made)
}

fn answered(interaction: &mut Interaction) {
    if interaction.progress == Progress::Deferred {
        interaction.progress = Progress::Answered;
    }
    interaction.changed.notify_waiters();
}

/// The message a path means: `@original`, a follow-up or a webhook's message.
fn find(world: &World, target: &Target, message: &str) -> Result<Message, ApiError> {
    let unknown = || ApiError::unknown(10_008);
    let id = match target {
        Target::Webhook(webhook) => {
            return webhooks::own_message(world, webhook, message.parse().map_err(|_| unknown())?);
        }
        Target::Interaction(id) => id,
    };
    let interaction = world.interactions.get(id).ok_or_else(unknown)?;
    let wanted = if message == "@original" {
        interaction.original.ok_or_else(unknown)?
    } else {
        let id: Id = message.parse().map_err(|_| unknown())?;
        let known = interaction.followups.contains(&id) || interaction.original == Some(id);
        if known { id } else { return Err(unknown()) }
    };
    world.message(wanted).cloned().ok_or_else(unknown)
}

/// Reads a message.
pub async fn get(
    State(server): State<Shared>,
    In((id, token, message)): In<(Id, String, String)>,
    Asked(query): Asked<Query>,
    base: Base,
) -> Answer {
    let world = server.world();
    let target = target(&server, &world, id, &token)?;
    query.no_thread()?;
    Ok(Json(world.message_json(&find(&world, &target, &message)?, &base)))
}

/// Edits a message; filling in "thinking" is an edit of `@original`.
pub async fn edit(
    State(server): State<Shared>,
    In((id, token, message)): In<(Id, String, String)>,
    Asked(query): Asked<Query>,
    base: Base,
    Sent(sent): Sent,
) -> Answer {
    let body = sent.object()?;
    let mut world = server.world();
    let target = target(&server, &world, id, &token)?;
    query.no_thread()?;
    let mut edited = find(&world, &target, &message)?;
    let mut draft = message::check(body, &sent.files, Kind::from(&edited))?;
    if let Target::Webhook(webhook) = &target {
        webhooks::allow_components(webhook, &mut draft, query.with_components)?;
    }
    compose::edit(&mut world, &mut edited, &draft, &sent.files);
    still_something(&edited)?;
    world.replace(&edited);
    if let Target::Interaction(id) = target {
        note_edit(&mut world, id, &edited, sent.json.as_ref().unwrap_or(&Value::Null));
        server.log.add("interaction", &json!({ "id": id, "event": "edit", "message_id": edited.id }));
    }
    Ok(Json(world.message_json(&edited, &base)))
}

fn note_edit(world: &mut World, id: Id, edited: &Message, body: &Value) {
    if let Some(interaction) = world.interactions.get_mut(&id) {
        let original = interaction.original == Some(edited.id);
        answered(interaction);
        if original {
            world.note(id, |said| said.edit(body.to_string().into()));
        }
    }
    world.changed(Change::Interaction(id));
}

/// Deletes a message.
pub async fn delete(
    State(server): State<Shared>,
    In((id, token, message)): In<(Id, String, String)>,
    Asked(query): Asked<Query>,
) -> Result<StatusCode, ApiError> {
    let mut world = server.world();
    let target = target(&server, &world, id, &token)?;
    query.no_thread()?;
    let found = find(&world, &target, &message)?;
    world.delete_message(found.id);
    if let Target::Interaction(id) = target {
        if let Some(interaction) = world.interactions.get_mut(&id) {
            answered(interaction);
        }
        server.log.add("interaction", &json!({ "id": id, "event": "delete", "message_id": found.id }));
    }
    Ok(StatusCode::NO_CONTENT)
}
