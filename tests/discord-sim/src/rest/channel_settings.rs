//! What the managers of a channel decide: its name, topic, place, age limit, slow mode, and who may do what in it; the
//! rest that Discord has is refused.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::channels::allowed;
use super::error::ApiError;
use super::extract::{Bot, In};
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::{Form, Object, present};
use crate::id::Id;
use crate::server::Shared;
use crate::world::channel::{Overwrite, Place, Settings};
use crate::world::guild::Guild;
use crate::world::{World, intents, permissions};

/// The longest slow mode in seconds (6 hours).
const SLOWEST: i64 = 21_600;
/// Overwrites of one channel.
const OVERWRITES: usize = 1000;
/// What channels of other kinds have, and groups of channels.
const UNMODELLED: [&str; 13] = [
    "parent_id",
    "bitrate",
    "user_limit",
    "rtc_region",
    "video_quality_mode",
    "default_auto_archive_duration",
    "default_reaction_emoji",
    "default_thread_rate_limit_per_user",
    "default_sort_order",
    "default_forum_layout",
    "default_tag_setting",
    "available_tags",
    "flags",
];

/// Checks what a body says and puts it into the settings; what it does not say stays.
pub fn change(form: &mut Form, body: &Object, settings: &mut Settings) {
    form.integer(body, "type", 0..=0);
    form.unmodelled(body, &UNMODELLED);
    if let Some(name) = form.text(body, "name", 1..=100) {
        name.clone_into(&mut settings.name);
    }
    if body.contains_key("topic") {
        settings.topic = form.text(body, "topic", 0..=1024).map(str::to_owned);
    }
    settings.position = form.integer(body, "position", 0..=i64::from(i32::MAX)).unwrap_or(settings.position);
    settings.nsfw = form.boolean(body, "nsfw").unwrap_or(settings.nsfw);
    settings.slow_mode = form.integer(body, "rate_limit_per_user", 0..=SLOWEST).unwrap_or(settings.slow_mode);
    let Some(list) = form.list(body, "permission_overwrites", 0..=OVERWRITES) else { return };
    settings.overwrites.clear();
    form.each("permission_overwrites", list, |form, given| {
        if let Some(id) = form.need_snowflake(given, "id") {
            settings.overwrites.push(overwrite(form, given, id));
        }
    });
}

fn overwrite(form: &mut Form, given: &Object, id: Id) -> Overwrite {
    // Discord takes the words as well.
    let member = match present(given, "type").and_then(Value::as_str) {
        Some("member") => true,
        Some("role") => false,
        _ => form.choice(given, "type", &[0, 1]).unwrap_or(0) == 1,
    };
    let mut bits = |key: &str| form.bits(given, key).unwrap_or(0);
    Overwrite { id, member, allow: bits("allow"), deny: bits("deny") }
}

/// A bot gives and takes only what it may do itself: 50013 if not.
pub fn may_overwrite(guild: &Guild, bot: Id, overwrites: &[Overwrite]) -> Result<(), ApiError> {
    let own = permissions::in_guild(guild, bot);
    let within = |overwrite: &Overwrite| (overwrite.allow | overwrite.deny) & !own == 0;
    if overwrites.iter().all(within) { Ok(()) } else { Err(ApiError::no_permission()) }
}

/// Changes a channel.
pub async fn edit(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(channel): In<Id>,
    Sent(sent): Sent,
) -> Answer {
    let body = sent.object()?;
    let mut world = server.world();
    let (guild, mut settings) = manage(&world, channel, bot, permissions::MANAGE_CHANNELS)?;
    let mut form = Form::new();
    change(&mut form, body, &mut settings);
    form.finish()?;
    if present(body, "permission_overwrites").is_some() {
        manage(&world, channel, bot, permissions::MANAGE_ROLES)?;
        let guild = world.guilds.get(&guild).ok_or_else(|| ApiError::unknown(10_004))?;
        may_overwrite(guild, bot, &settings.overwrites)?;
    }
    put(&mut world, channel, guild, settings).map(Json)
}

/// The guild and the settings of a channel, if the bot has this permission there.
fn manage(world: &World, channel: Id, bot: Id, wanted: u64) -> Result<(Id, Settings), ApiError> {
    match &allowed(world, channel, bot, wanted)?.place {
        Place::Guild { guild, settings } => Ok((*guild, settings.clone())),
        Place::Direct { .. } => {
            Err(ApiError::bad_request(50_024, "Cannot execute action on this channel type"))
        }
    }
}

fn put(world: &mut World, channel: Id, guild: Id, settings: Settings) -> Result<Value, ApiError> {
    let found = world.channels.get_mut(&channel).ok_or_else(|| ApiError::unknown(10_003))?;
    found.place = Place::Guild { guild, settings };
    let object = found.json(None);
    world.dispatch_guild(guild, intents::GUILDS, "CHANNEL_UPDATE", &object);
    Ok(object)
}

/// Puts an overwrite in the place of that of the same role or member.
pub async fn put_overwrite(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((channel, id)): In<(Id, Id)>,
    Sent(sent): Sent,
) -> Result<StatusCode, ApiError> {
    let body = sent.object()?;
    let mut form = Form::new();
    form.need(body, "type");
    let new = overwrite(&mut form, body, id);
    form.finish()?;
    let mut world = server.world();
    let (guild, mut settings) = manage(&world, channel, bot, permissions::MANAGE_ROLES)?;
    let found = world.guilds.get(&guild).ok_or_else(|| ApiError::unknown(10_004))?;
    may_overwrite(found, bot, std::slice::from_ref(&new))?;
    settings.overwrites.retain(|old| old.id != id);
    settings.overwrites.push(new);
    put(&mut world, channel, guild, settings).map(|_| StatusCode::NO_CONTENT)
}

/// Takes the overwrite of a role or member away: 10009 if there is none.
pub async fn delete_overwrite(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((channel, id)): In<(Id, Id)>,
) -> Result<StatusCode, ApiError> {
    let mut world = server.world();
    let (guild, mut settings) = manage(&world, channel, bot, permissions::MANAGE_ROLES)?;
    let before = settings.overwrites.len();
    settings.overwrites.retain(|old| old.id != id);
    if settings.overwrites.len() == before {
        return Err(ApiError::unknown(10_009));
    }
    put(&mut world, channel, guild, settings).map(|_| StatusCode::NO_CONTENT)
}
