//! `/channels/{id}/messages`: writing, reading, editing and deleting.

use std::collections::HashSet;
use std::ops::{Bound, RangeBounds};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::channels::allowed;
use super::compose::{self, Origin};
use super::error::{ApiError, Retry};
use super::extract::{Asked, Bot, In, within};
use super::payload::{Payload, Sent};
use super::pipeline::Answer;
use super::validate::form::Form;
use super::validate::message::{self, Draft, Kind};
use crate::id::Id;
use crate::server::Shared;
use crate::world::World;
use crate::world::base::Base;
use crate::world::channel::{Channel, Place};
use crate::world::message::Message;
use crate::world::permissions as allow;

/// Age from which edits are limited, how many in what time (unofficial documentation; code 30046).
const LATE: (Duration, usize, Duration) = (Duration::from_hours(1), 3, Duration::from_secs(6));

/// The oldest messages that can be deleted many at a time.
const BULK_AGE: Duration = Duration::from_hours(14 * 24);

/// Writes a message.
pub async fn create(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
    base: Base,
    Sent(sent): Sent,
) -> Answer {
    let draft = message::check(sent.object()?, &sent.files, Kind::Create)?;
    let mut world = server.world();
    let found = allowed(&world, channel, bot, needed(&draft, &sent))?;
    reachable(&world, found, bot)?;
    check_reply(&world, channel, &draft)?;
    if let Some(first) = repeated(&world, bot, &draft) {
        return Ok(Json(world.message_json(&first, &base)));
    }
    let made = compose::message(&mut world, Origin::user(channel, bot, Some(bot)), &draft, &sent.files);
    world.post(&made);
    if let Some(nonce) = &made.nonce {
        world.nonces.remember(bot, nonce.to_string(), made.id, Instant::now());
    }
    Ok(Json(world.message_json(&made, &base)))
}

fn needed(draft: &Draft, sent: &Payload) -> u64 {
    let embeds = draft.embeds.as_ref().is_some_and(|list| !list.is_empty());
    allow::SEND_MESSAGES
        | if embeds { allow::EMBED_LINKS } else { 0 }
        | if sent.files.is_empty() { 0 } else { allow::ATTACH_FILES }
}

/// Direct messages need an open door and a guild in common: 50007 if not.
fn reachable(world: &World, channel: &Channel, bot: Id) -> Result<(), ApiError> {
    let Place::Direct { user, .. } = channel.place else { return Ok(()) };
    let open = world.users.get(&user).is_some_and(|user| user.dms_open);
    let common = world
        .guilds
        .values()
        .any(|guild| guild.members.contains_key(&user) && guild.applications.contains(&bot));
    if open && common { Ok(()) } else { Err(ApiError::closed_dms()) }
}

fn check_reply(world: &World, channel: Id, draft: &Draft) -> Result<(), ApiError> {
    let Some((id, true)) = draft.reply_to else { return Ok(()) };
    if world.message(id).is_some_and(|message| message.channel == channel && message.ephemeral_to.is_none()) {
        return Ok(());
    }
    let mut form = Form::new();
    form.fail_at("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
    form.finish()
}

/// The first message of this bot with the same nonce, when `enforce_nonce` asks for it.
fn repeated(world: &World, bot: Id, draft: &Draft) -> Option<Message> {
    let nonce = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)?.to_string();
    world.message(world.nonces.find(bot, &nonce, Instant::now())?).cloned()
}

/// What part of a channel's messages is wanted.
#[derive(Deserialize)]
pub struct Page {
    limit: Option<i64>,
    before: Option<Id>,
    after: Option<Id>,
    around: Option<Id>,
}

/// A page of messages, newest first.
pub async fn list(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
    base: Base,
    Asked(page): Asked<Page>,
) -> Answer {
    let world = server.world();
    let found = allowed(&world, channel, bot, 0)?;
    if world.permissions(found, bot) & allow::READ_MESSAGE_HISTORY == 0 {
        return Ok(Json(Value::Array(Vec::new())));
    }
    let limit = within(page.limit, 50, 100)?;
    let after = |id: Id| shown(found, (Bound::Excluded(id), Bound::Unbounded));
    let before = |id: Id| shown(found, ..id).rev();
    let mut messages: Vec<&Message> = match (page.around, page.after) {
        (Some(around), _) => {
            let half = limit / 2;
            let middle = shown(found, around..=around);
            before(around).take(half).chain(middle).chain(after(around).take(half)).collect()
        }
        (None, Some(id)) => after(id).take(limit).collect(),
        (None, None) => before(page.before.unwrap_or(Id(u64::MAX))).take(limit).collect(),
    };
    messages.sort_by_key(|message| std::cmp::Reverse(message.id));
    Ok(Json(
        messages.into_iter().map(|message| world.message_for(bot, message, &base)).collect::<Vec<_>>().into(),
    ))
}

/// The messages of a channel, of these ids, that everyone sees, oldest first.
fn shown(channel: &Channel, ids: impl RangeBounds<Id>) -> impl DoubleEndedIterator<Item = &Message> {
    let messages = channel.messages.range(ids).map(|(_, message)| message);
    messages.filter(|message| message.ephemeral_to.is_none())
}

/// The message with this id, if it is in this channel and everyone sees it: 10008 if not.
pub fn find(world: &World, channel: Id, message: Id) -> Result<&Message, ApiError> {
    let found =
        world.message(message).filter(|found| found.channel == channel && found.ephemeral_to.is_none());
    found.ok_or_else(|| ApiError::unknown(10_008))
}

/// One message.
pub async fn get(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((channel, message)): In<(Id, Id)>,
    base: Base,
) -> Answer {
    let world = server.world();
    allowed(&world, channel, bot, allow::READ_MESSAGE_HISTORY)?;
    Ok(Json(world.message_for(bot, find(&world, channel, message)?, &base)))
}

/// Edits one of the bot's own messages.
pub async fn edit(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((channel, id)): In<(Id, Id)>,
    base: Base,
    Sent(sent): Sent,
) -> Answer {
    let body = sent.object()?;
    let mut world = server.world();
    allowed(&world, channel, bot, 0)?;
    let mut edited = find(&world, channel, id)?.clone();
    let draft = message::check(body, &sent.files, Kind::from(&edited))?;
    if edited.author_id() != bot {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            50_005,
            "Cannot edit a message authored by another user",
        ));
    }
    late_edit(&mut world, &edited)?;
    compose::edit(&mut world, &mut edited, &draft, &sent.files);
    still_something(&edited)?;
    world.replace(&edited);
    Ok(Json(world.message_json(&edited, &base)))
}

/// An edit must leave something to see.
pub fn still_something(message: &Message) -> Result<(), ApiError> {
    let empty = message.content.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.attachments.is_empty();
    if empty { Err(ApiError::empty_message()) } else { Ok(()) }
}

/// Messages older than an hour take three edits in six seconds per channel; no header announces it.
fn late_edit(world: &mut World, message: &Message) -> Result<(), ApiError> {
    let (age, edits, window) = LATE;
    if !message.older_than(age) {
        return Ok(());
    }
    let Some(channel) = world.channels.get_mut(&message.channel) else { return Ok(()) };
    while channel.late_edits.front().is_some_and(|at| at.elapsed() >= window) {
        channel.late_edits.pop_front();
    }
    if channel.late_edits.len() < edits {
        channel.late_edits.push_back(Instant::now());
        return Ok(());
    }
    let after = channel.late_edits.front().map_or(window, |at| window.saturating_sub(at.elapsed()));
    let mut error = ApiError::rate_limited(Retry { after, global: false, scope: "user" });
    error.code = 30_046;
    error.message = "Maximum number of edits to messages older than 1 hour reached. Try again later.".into();
    Err(error)
}

impl World {
    /// Puts an edited message in the place of the old one and tells bots of it.
    pub fn replace(&mut self, message: &Message) {
        if let Some(place) = self.message_mut(message.id) {
            *place = message.clone();
            self.keep_message(message);
            self.announce_message("MESSAGE_UPDATE", message);
        }
    }
}

/// Deletes a message: the bot's own, or anyone's with `MANAGE_MESSAGES`.
pub async fn delete(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((channel, message)): In<(Id, Id)>,
) -> Result<StatusCode, ApiError> {
    let mut world = server.world();
    allowed(&world, channel, bot, 0)?;
    if find(&world, channel, message)?.author_id() != bot {
        allowed(&world, channel, bot, allow::MANAGE_MESSAGES)?;
    }
    world.delete_message(message);
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes 2 to 100 messages at once, none of them older than two weeks or named twice.
pub async fn bulk_delete(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
    Sent(sent): Sent,
) -> Result<StatusCode, ApiError> {
    let body = sent.object()?;
    let mut form = Form::new();
    form.need(body, "messages");
    let ids = form.snowflakes(body, "messages", 2..=100).unwrap_or_default();
    if ids.iter().collect::<HashSet<_>>().len() < ids.len() {
        form.fail_at("messages", "BASE_TYPE_BAD_SET", "Every message may be named once.");
    }
    form.finish()?;
    let mut world = server.world();
    allowed(&world, channel, bot, allow::MANAGE_MESSAGES)?;
    let known = |id: &Id| find(&world, channel, *id).ok();
    if ids.iter().any(|id| known(id).is_some_and(|message| message.older_than(BULK_AGE))) {
        let words = "You can only bulk delete messages that are under 14 days old.";
        return Err(ApiError::bad_request(50_034, words));
    }
    let ids: Vec<Id> = ids.into_iter().filter(|id| known(id).is_some()).collect();
    world.delete_messages(channel, &ids);
    Ok(StatusCode::NO_CONTENT)
}
