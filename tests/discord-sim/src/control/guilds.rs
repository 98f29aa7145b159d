//! `/_sim/guilds`: making guilds with channels, roles and members, and letting bots in.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, At, ControlError, Given};
use crate::id::Id;
use crate::server::Shared;
use crate::world::base::Base;
use crate::world::channel::{Overwrite, Settings};
use crate::world::{self, World, intents, permissions};

/// Permission bits as a number, or as one in a string.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Bits {
    /// A number.
    Number(u64),
    /// A number in a string.
    Text(String),
}

impl Bits {
    /// The bits.
    pub fn value(&self) -> Result<u64, String> {
        match self {
            Self::Number(bits) => Ok(*bits),
            Self::Text(text) => {
                text.parse().map_err(|_| format!("'{text}' are no permission bits: give a number"))
            }
        }
    }
}

/// A guild to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guild {
    name: String,
    id: Option<Id>,
    locale: Option<String>,
    /// An existing person; a new one if missing.
    owner: Option<Id>,
    #[serde(default)]
    applications: Vec<Id>,
}

fn no_guild(guild: Id) -> ControlError {
    ControlError::unknown(format!("there is no guild {guild}"))
}

/// Makes a guild with its owner and lets the applications in.
pub async fn create(State(server): State<Shared>, Given(wanted): Given<Guild>) -> Answer {
    let mut world = server.world();
    if let Some(missing) = wanted.applications.iter().find(|id| !world.applications.contains_key(id)) {
        return Err(ControlError::unknown(format!("there is no application {missing}")));
    }
    if wanted.id.is_some_and(|id| world.guilds.contains_key(&id)) {
        return Err(ControlError::bad("this id is taken"));
    }
    let locale = wanted.locale.as_deref().unwrap_or("en-US");
    let owner = match wanted.owner {
        Some(owner) if world.users.contains_key(&owner) => owner,
        Some(owner) => return Err(ControlError::unknown(format!("there is no user {owner}"))),
        None => world.create_user(None, &format!("{} Owner", wanted.name), locale, true),
    };
    let id = world.create_guild(wanted.id, &wanted.name, locale, owner);
    for application in wanted.applications {
        world.add_application(id, application, permissions::BOT);
    }
    Ok(Json(json!({ "id": id, "owner_id": owner })))
}

/// Deletes a guild; bots get `GUILD_DELETE`.
pub async fn delete(State(server): State<Shared>, At(guild): At<Id>) -> Answer {
    let mut world = server.world();
    let found = world.guilds.get(&guild).ok_or_else(|| no_guild(guild))?;
    for channel in found.channels.clone() {
        world.delete_channel(channel);
    }
    world.dispatch_guild(guild, intents::GUILDS, "GUILD_DELETE", &json!({ "id": guild }));
    world.guilds.remove(&guild);
    Ok(Json(json!({})))
}

/// An application to let in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    application_id: Id,
    permissions: Option<Bits>,
}

/// Lets an application into a guild.
pub async fn add_application(
    State(server): State<Shared>,
    At(guild): At<Id>,
    Given(wanted): Given<Invitation>,
) -> Answer {
    let mut world = server.world();
    let application = wanted.application_id;
    if !world.applications.contains_key(&application) {
        return Err(ControlError::unknown(format!("there is no application {application}")));
    }
    if !world.guilds.contains_key(&guild) {
        return Err(no_guild(guild));
    }
    let bits = wanted.permissions.map_or(Ok(permissions::BOT), |bits| bits.value());
    world.add_application(guild, application, bits.map_err(ControlError::bad)?);
    Ok(Json(json!({})))
}

/// Removes an application from a guild, as somebody who kicks its bot does; the bot gets `GUILD_DELETE`.
pub async fn remove_application(
    State(server): State<Shared>,
    At((guild, application)): At<(Id, Id)>,
) -> Answer {
    let removed = server.world().remove_application(guild, application);
    if removed {
        Ok(Json(json!({})))
    } else {
        Err(ControlError::unknown(format!("{application} is not in {guild}")))
    }
}

/// A channel to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    name: String,
    id: Option<Id>,
    topic: Option<String>,
    /// `true` or a name makes a webhook too.
    webhook: Option<Value>,
    #[serde(default)]
    overwrites: Vec<Exception>,
}

/// A permission overwrite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    id: Id,
    #[serde(default)]
    member: bool,
    allow: Option<Bits>,
    deny: Option<Bits>,
}

impl Exception {
    fn overwrite(&self) -> Result<Overwrite, String> {
        let bits = |bits: &Option<Bits>| bits.as_ref().map_or(Ok(0), Bits::value);
        Ok(Overwrite { id: self.id, member: self.member, allow: bits(&self.allow)?, deny: bits(&self.deny)? })
    }
}

/// Makes a channel, with a webhook if wanted.
pub async fn create_channel(
    State(server): State<Shared>,
    At(guild): At<Id>,
    base: Base,
    Given(wanted): Given<Channel>,
) -> Answer {
    let overwrites: Result<Vec<_>, _> = wanted.overwrites.iter().map(Exception::overwrite).collect();
    let overwrites = overwrites.map_err(ControlError::bad)?;
    let mut world = server.world();
    if wanted.id.is_some_and(|id| world.channels.contains_key(&id)) {
        return Err(ControlError::bad("this id is taken"));
    }
    let settings = Settings { name: wanted.name, topic: wanted.topic, overwrites, ..Settings::default() };
    let id = world.create_channel(guild, wanted.id, settings);
    let id = id.ok_or_else(|| no_guild(guild))?;
    let mut answer = json!({ "id": id });
    let name = match &wanted.webhook {
        None | Some(Value::Bool(false) | Value::Null) => return Ok(Json(answer)),
        Some(Value::String(name)) => name.clone(),
        Some(_) => "Webhook".to_owned(),
    };
    let webhook = world.create_webhook(id, &name, None);
    answer["webhook_id"] = json!(webhook);
    answer["webhook_url"] = json!(webhook_url(&world, webhook, &base));
    Ok(Json(answer))
}

/// The address of a webhook with its token.
#[must_use]
pub fn webhook_url(world: &World, id: Id, base: &Base) -> Option<String> {
    let webhook = world.webhooks.get(&id)?;
    Some(base.http(&format!("/api/v10/webhooks/{id}/{}", webhook.token)))
}

/// A role to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    name: String,
    id: Option<Id>,
    permissions: Option<Bits>,
    #[serde(default)]
    color: u32,
    /// Above all roles, the bots' included, so that no bot can give it.
    #[serde(default)]
    top: bool,
}

/// Makes a role.
pub async fn create_role(
    State(server): State<Shared>,
    At(guild): At<Id>,
    Given(wanted): Given<Role>,
) -> Answer {
    let bits = wanted.permissions.map_or(Ok(0), |bits| bits.value()).map_err(ControlError::bad)?;
    let mut world = server.world();
    let role = world::guild::Role {
        id: wanted.id.unwrap_or_default(),
        name: wanted.name,
        permissions: bits,
        color: i64::from(wanted.color),
        ..world::guild::Role::default()
    };
    let id = world.create_role(guild, role).ok_or_else(|| no_guild(guild))?;
    if wanted.top
        && let Some(found) = world.guilds.get_mut(&guild)
    {
        let top = found.roles.values().map(|role| role.position).max().unwrap_or(0) + 1;
        if let Some(role) = found.roles.get_mut(&id) {
            role.position = top;
        }
    }
    Ok(Json(json!({ "id": id })))
}

/// A member to make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    name: Option<String>,
    id: Option<Id>,
    /// A person who exists already, to join this guild too.
    user_id: Option<Id>,
    locale: Option<String>,
    #[serde(default)]
    roles: Vec<Id>,
    dms: Option<Dms>,
}

/// Whether a person takes messages of bots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dms {
    /// Yes.
    Open,
    /// No: 50007.
    Closed,
}

/// Makes a person a member.
pub async fn create_member(
    State(server): State<Shared>,
    At(guild): At<Id>,
    Given(wanted): Given<Member>,
) -> Answer {
    let mut world = server.world();
    let found = world.guilds.get(&guild).ok_or_else(|| no_guild(guild))?;
    if let Some(missing) = wanted.roles.iter().find(|role| !found.roles.contains_key(role)) {
        return Err(ControlError::unknown(format!("guild {guild} has no role {missing}")));
    }
    let user = match (wanted.user_id, &wanted.name) {
        (Some(user), _) if world.users.contains_key(&user) => user,
        (Some(user), _) => return Err(ControlError::unknown(format!("there is no user {user}"))),
        (None, Some(name)) => {
            let locale = wanted.locale.as_deref().unwrap_or("en-US");
            world.create_user(wanted.id, name, locale, wanted.dms != Some(Dms::Closed))
        }
        (None, None) => return Err(ControlError::bad("give a name, or the user_id of an existing person")),
    };
    world.join(guild, user, wanted.roles);
    Ok(Json(json!({ "user_id": user })))
}
