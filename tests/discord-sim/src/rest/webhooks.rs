//! Channel webhooks: making, reading and deleting them, and writing through them without a bot token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::channels::allowed;
use super::compose::{self, Origin};
use super::error::ApiError;
use super::extract::{Bot, In};
use super::payload::{Payload, Sent};
use super::pipeline::Answer;
use super::validate::form::{Form, present};
use super::validate::message::{self, Draft, Kind};
use crate::id::Id;
use crate::server::Shared;
use crate::world::base::Base;
use crate::world::message::{Author, Message};
use crate::world::{Webhook, World, permissions};

impl Webhook {
    /// The webhook object.
    #[must_use]
    pub fn json(&self, world: &World, base: &Base) -> Value {
        json!({
            "id": self.id,
            "type": 1,
            "guild_id": world.channels.get(&self.channel).and_then(crate::world::channel::Channel::guild),
            "channel_id": self.channel,
            "name": self.name,
            "avatar": null,
            "token": self.token,
            "application_id": self.application,
            "url": base.http(&format!("/api/v10/webhooks/{}/{}", self.id, self.token)),
        })
    }
}

/// The webhooks of a channel.
pub async fn of_channel(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
    base: Base,
) -> Answer {
    let world = server.world();
    allowed(&world, channel, bot, permissions::MANAGE_WEBHOOKS)?;
    let list: Vec<Value> = world
        .webhooks
        .values()
        .filter(|webhook| webhook.channel == channel)
        .map(|webhook| webhook.json(&world, &base))
        .collect();
    Ok(Json(list.into()))
}

/// Makes a webhook; a channel has at most 15.
pub async fn create(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
    base: Base,
    Sent(sent): Sent,
) -> Answer {
    let name = named(&sent, true)?.unwrap_or_default();
    let mut world = server.world();
    allowed(&world, channel, bot, permissions::MANAGE_WEBHOOKS)?;
    if world.webhooks.values().filter(|webhook| webhook.channel == channel).count() >= 15 {
        return Err(ApiError::bad_request(30_007, "Maximum number of webhooks reached (15)"));
    }
    let id = world.create_webhook(channel, &name, Some(bot));
    shown(&world, id, &base)
}

/// The name a body gives a webhook.
fn named(sent: &Payload, needed: bool) -> Result<Option<String>, ApiError> {
    let body = sent.object()?;
    let mut form = Form::new();
    let name = if needed { form.need_text(body, "name", 1..=80) } else { form.text(body, "name", 1..=80) };
    if let Some(name) = name {
        message::webhook_name(&mut form, "name", name);
    }
    form.finish()?;
    Ok(name.map(str::to_owned))
}

fn shown(world: &World, id: Id, base: &Base) -> Answer {
    let webhook = world.webhooks.get(&id).ok_or_else(|| ApiError::unknown(10_015))?;
    Ok(Json(webhook.json(world, base)))
}

/// The webhook, if the bot may manage it: 10015, 50001 or 50013 if not.
fn managed(world: &World, id: Id, bot: Id) -> Result<(), ApiError> {
    let channel = world.webhooks.get(&id).ok_or_else(|| ApiError::unknown(10_015))?.channel;
    allowed(world, channel, bot, permissions::MANAGE_WEBHOOKS).map(drop)
}

fn rename(world: &mut World, id: Id, sent: &Payload, base: &Base) -> Answer {
    if let Some(name) = named(sent, false)?
        && let Some(webhook) = world.webhooks.get_mut(&id)
    {
        webhook.name = name;
    }
    shown(world, id, base)
}

/// Reads a webhook as a bot.
pub async fn read(State(server): State<Shared>, Bot(bot): Bot, In(id): In<Id>, base: Base) -> Answer {
    let world = server.world();
    managed(&world, id, bot)?;
    shown(&world, id, &base)
}

/// Renames a webhook as a bot.
pub async fn edit(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(id): In<Id>,
    base: Base,
    Sent(sent): Sent,
) -> Answer {
    let mut world = server.world();
    managed(&world, id, bot)?;
    rename(&mut world, id, &sent, &base)
}

/// Deletes a webhook as a bot.
pub async fn delete(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(id): In<Id>,
) -> Result<StatusCode, ApiError> {
    let mut world = server.world();
    managed(&world, id, bot)?;
    world.webhooks.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// The webhook with this id, if the token is its own: 10015 or 50027 if not.
pub fn by_token(world: &World, id: Id, token: &str) -> Result<Webhook, ApiError> {
    let webhook = world.webhooks.get(&id).ok_or_else(|| ApiError::unknown(10_015))?;
    if webhook.token == token { Ok(webhook.clone()) } else { Err(ApiError::bad_webhook_token()) }
}

/// The webhook itself.
pub async fn get(State(server): State<Shared>, In((id, token)): In<(Id, String)>, base: Base) -> Answer {
    let world = server.world();
    Ok(Json(by_token(&world, id, &token)?.json(&world, &base)))
}

/// Renames a webhook by its token.
pub async fn edit_by_token(
    State(server): State<Shared>,
    In((id, token)): In<(Id, String)>,
    base: Base,
    Sent(sent): Sent,
) -> Answer {
    let mut world = server.world();
    by_token(&world, id, &token)?;
    rename(&mut world, id, &sent, &base)
}

/// Deletes a webhook by its token.
pub async fn delete_by_token(
    State(server): State<Shared>,
    In((id, token)): In<(Id, String)>,
) -> Result<StatusCode, ApiError> {
    let mut world = server.world();
    by_token(&world, id, &token)?;
    world.webhooks.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Components of a webhook that no application made are passed over unless the query asks for them, and never
/// can be used.
pub fn allow_components(webhook: &Webhook, draft: &mut Draft, asked: bool) -> Result<(), ApiError> {
    if webhook.application.is_some() {
        return Ok(());
    }
    if !asked {
        draft.components = None;
    }
    let components = draft.components.as_deref().unwrap_or_default();
    if compose::flat(components).iter().all(|part| part["custom_id"].is_null()) {
        return Ok(());
    }
    let mut form = Form::new();
    let message = "Webhooks that belong to no application cannot send interactive components";
    form.fail_at("components", "WEBHOOK_COMPONENTS_NOT_ALLOWED", message);
    form.finish()
}

/// Writes a message through a webhook.
pub fn execute(
    world: &mut World,
    webhook: &Webhook,
    sent: &Payload,
    with_components: bool,
) -> Result<Message, ApiError> {
    let body = sent.object()?;
    if present(body, "thread_name").is_some() {
        let words = "Webhooks can only create threads in forum channels";
        return Err(ApiError::bad_request(220_003, words));
    }
    let mut draft = message::check(body, &sent.files, Kind::Webhook)?;
    allow_components(webhook, &mut draft, with_components)?;
    if draft.is_empty() && sent.files.is_empty() {
        return Err(ApiError::empty_message());
    }
    let name = draft.username.clone().unwrap_or_else(|| webhook.name.clone());
    let author = Author::Webhook { id: webhook.id, name };
    let origin = Origin {
        channel: webhook.channel,
        author,
        application: webhook.application,
        kind: 0,
        person: None,
        interaction: None,
    };
    let made = compose::message(world, origin, &draft, &sent.files);
    world.post(&made);
    Ok(made)
}

/// The webhook's own message with this id: 10008 if there is none.
pub fn own_message(world: &World, webhook: &Webhook, id: Id) -> Result<Message, ApiError> {
    let found = world.message(id).filter(|message| message.author_id() == webhook.id);
    found.cloned().ok_or_else(|| ApiError::unknown(10_008))
}
