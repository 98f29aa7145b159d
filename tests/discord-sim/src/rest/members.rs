//! `/guilds/{id}/members`: reading members, giving and taking roles below the bot's own.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::{Asked, Bot, In, within};
use super::guilds::{allowed, member_of};
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::{Form, Object};
use crate::id::Id;
use crate::server::Shared;
use crate::world::guild::{Guild, Member};
use crate::world::{World, intents, permissions};

/// Pages of the member list.
#[derive(Deserialize)]
pub struct Page {
    limit: Option<i64>,
    after: Option<Id>,
}

/// A page of members; needs the `GUILD_MEMBERS` intent to be switched on.
pub async fn list(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(guild): In<Id>,
    Asked(page): Asked<Page>,
) -> Answer {
    let world = server.world();
    let found = member_of(&world, guild, bot)?;
    let privileged = world.applications.get(&bot).map_or(0, |app| app.privileged_intents);
    if privileged & intents::GUILD_MEMBERS == 0 {
        return Err(ApiError::no_access());
    }
    let after = page.after.unwrap_or_default();
    let members = found.members.values().filter(|member| member.user > after);
    let limit = within(page.limit, 1, 1000)?;
    Ok(Json(members.take(limit).map(|member| world.member_json(member)).collect::<Vec<_>>().into()))
}

/// One member.
pub async fn get(State(server): State<Shared>, Bot(bot): Bot, In((guild, user)): In<(Id, Id)>) -> Answer {
    let world = server.world();
    let found = member_of(&world, guild, bot)?;
    let member = found.members.get(&user).ok_or_else(|| unknown_member(&world, user))?;
    Ok(Json(world.member_json(member)))
}

fn unknown_member(world: &World, user: Id) -> ApiError {
    ApiError::unknown(if world.users.contains_key(&user) { 10_007 } else { 10_013 })
}

/// The longest time-out.
const TIMEOUT: Duration = Duration::from_hours(28 * 24);

/// What a body says of something that there may be.
enum Said<T> {
    Nothing,
    Be(Option<T>),
}

impl<T> Said<T> {
    fn of(body: &Object, key: &str, value: Option<T>) -> Self {
        if body.contains_key(key) { Self::Be(value) } else { Self::Nothing }
    }

    fn is_something(&self) -> bool {
        matches!(self, Self::Be(_))
    }

    fn put(self, place: &mut Option<T>) {
        if let Self::Be(value) = self {
            *place = value;
        }
    }
}

/// What a body changes of a member; what it does not say stays.
struct Change {
    nick: Said<String>,
    roles: Option<Vec<Id>>,
    timeout: Said<Timestamp>,
}

/// The nickname a body gives, none to take it away.
fn nickname(form: &mut Form, body: &Object) -> Said<String> {
    let nick = form.text(body, "nick", 0..=32).filter(|nick| !nick.is_empty()).map(str::to_owned);
    Said::of(body, "nick", nick)
}

impl Change {
    fn read(body: &Object) -> Result<Self, ApiError> {
        const KEY: &str = "communication_disabled_until";
        let mut form = Form::new();
        let nick = nickname(&mut form, body);
        let roles = form.snowflakes(body, "roles", 0..=250);
        let until = form.time(body, KEY);
        if until.is_some_and(|until| until > Timestamp::now() + TIMEOUT) {
            form.fail_at(KEY, "GUILD_MEMBER_TIMEOUT_TOO_LONG", "A time-out lasts at most 28 days");
        }
        form.unmodelled(body, &["mute", "deaf", "channel_id", "flags"]);
        form.finish()?;
        Ok(Self { nick, roles, timeout: Said::of(body, KEY, until) })
    }

    /// Each change needs a permission of its own.
    fn permit(&self, world: &World, guild: Id, bot: Id, user: Id) -> Result<(), ApiError> {
        let found = member_of(world, guild, bot)?;
        let member = found.members.get(&user).ok_or_else(|| unknown_member(world, user))?;
        if self.nick.is_something() {
            may_change(found, bot, user, permissions::MANAGE_NICKNAMES)?;
        }
        if self.timeout.is_something() {
            may_change(found, bot, user, permissions::MODERATE_MEMBERS)?;
            if permissions::in_guild(found, user) & permissions::ADMINISTRATOR != 0 {
                return Err(ApiError::no_permission());
            }
        }
        let Some(roles) = &self.roles else { return Ok(()) };
        allowed(world, guild, bot, permissions::MANAGE_ROLES)?;
        let given = roles.iter().filter(|id| !member.roles.contains(id));
        let mut moved = given.chain(member.roles.iter().filter(|id| !roles.contains(id)));
        moved.try_for_each(|role| may_move(world, guild, bot, *role))
    }

    fn apply(self, member: &mut Member) {
        self.nick.put(&mut member.nick);
        self.timeout.put(&mut member.timeout);
        if let Some(roles) = self.roles {
            member.roles = roles;
        }
    }
}

/// Changes a member: its nickname, its roles, its time-out.
pub async fn edit(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((guild, user)): In<(Id, Id)>,
    Sent(sent): Sent,
) -> Answer {
    let change = Change::read(sent.object()?)?;
    let mut world = server.world();
    change.permit(&world, guild, bot, user)?;
    put(&mut world, guild, user, change)
}

/// Changes the bot's own nickname.
pub async fn edit_own(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(guild): In<Id>,
    Sent(sent): Sent,
) -> Answer {
    let body = sent.object()?;
    let mut form = Form::new();
    let nick = nickname(&mut form, body);
    form.unmodelled(body, &["avatar", "banner", "bio"]);
    form.finish()?;
    let mut world = server.world();
    allowed(&world, guild, bot, permissions::CHANGE_NICKNAME)?;
    put(&mut world, guild, bot, Change { nick, roles: None, timeout: Said::Nothing })
}

fn put(world: &mut World, guild: Id, user: Id, change: Change) -> Answer {
    let member = world.guilds.get_mut(&guild).and_then(|guild| guild.members.get_mut(&user));
    change.apply(member.ok_or_else(|| ApiError::unknown(10_007))?);
    Ok(Json(world.announce_member(guild, user)))
}

/// A bot changes members who stand below it: 50013 if not.
fn may_change(guild: &Guild, bot: Id, user: Id, wanted: u64) -> Result<(), ApiError> {
    let below = permissions::highest_role(guild, user) < permissions::highest_role(guild, bot);
    let may = permissions::in_guild(guild, bot) & wanted != 0 && (below || user == bot);
    if may { Ok(()) } else { Err(ApiError::no_permission()) }
}

/// Gives a role.
pub async fn give_role(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((guild, user, role)): In<(Id, Id, Id)>,
) -> Result<StatusCode, ApiError> {
    move_role(&mut server.world(), bot, (guild, user, role), true)
}

/// Takes a role.
pub async fn take_role(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((guild, user, role)): In<(Id, Id, Id)>,
) -> Result<StatusCode, ApiError> {
    move_role(&mut server.world(), bot, (guild, user, role), false)
}

fn move_role(world: &mut World, bot: Id, ids: (Id, Id, Id), give: bool) -> Result<StatusCode, ApiError> {
    let (guild, user, role) = ids;
    allowed(world, guild, bot, permissions::MANAGE_ROLES)?;
    may_move(world, guild, bot, role)?;
    let unknown = unknown_member(world, user);
    let member =
        world.guilds.get_mut(&guild).and_then(|guild| guild.members.get_mut(&user)).ok_or(unknown)?;
    if member.roles.contains(&role) == give {
        return Ok(StatusCode::NO_CONTENT);
    }
    if give {
        member.roles.push(role);
    } else {
        member.roles.retain(|other| *other != role);
    }
    world.announce_member(guild, user);
    Ok(StatusCode::NO_CONTENT)
}

/// A bot moves roles below its own highest one that belong to no other bot.
fn may_move(world: &World, guild: Id, bot: Id, role: Id) -> Result<(), ApiError> {
    let found = member_of(world, guild, bot)?;
    let role = found.roles.get(&role).ok_or_else(|| ApiError::unknown(10_011))?;
    let below = role.position < permissions::highest_role(found, bot);
    if role.id == guild || role.bot.is_some() || !below {
        return Err(ApiError::no_permission());
    }
    Ok(())
}

impl World {
    /// Tells bots that a member changed; returns the member object.
    pub fn announce_member(&mut self, guild: Id, user: Id) -> Value {
        let member = self.guilds.get(&guild).and_then(|guild| guild.members.get(&user));
        let object = member.map_or(Value::Null, |member| self.member_json(member));
        if object.is_null() {
            return object;
        }
        let mut event = object.clone();
        event["guild_id"] = json!(guild);
        self.dispatch_guild(guild, intents::GUILD_MEMBERS, "GUILD_MEMBER_UPDATE", &event);
        object
    }
}
