//! What people can do in a Discord client: click, choose, fill in, use commands. Refuses what a client
//! would not offer: hidden messages, disabled buttons, values that are not in the list.

use serde_json::{Value, json};

use super::deliver::deliver;
use super::payload::New;
use super::resolve::Resolved;
use super::{answer, fields, options, submit};
use crate::id::Id;
use crate::rest::compose;
use crate::server::Shared;
use crate::world::World;
use crate::world::channel::Place;
use crate::world::command::Command;
use crate::world::interaction::{AUTOCOMPLETE, COMMAND, COMPONENT, MODAL};
use crate::world::message::{Message, Used};
use crate::world::permissions;

/// Why a person cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing.
    #[error("{0}")]
    Unknown(String),
    /// The client would not offer it.
    #[error("{0}")]
    NotOffered(String),
}

/// There is no such thing.
pub fn unknown(what: impl Into<String>) -> Refusal {
    Refusal::Unknown(what.into())
}

/// The client would not offer it.
pub fn not_offered(why: impl Into<String>) -> Refusal {
    Refusal::NotOffered(why.into())
}

/// Only people act.
pub(super) fn person(world: &World, user: Id) -> Result<(), Refusal> {
    let found = world.users.get(&user).ok_or_else(|| unknown(format!("there is no user {user}")))?;
    if found.bot { Err(not_offered(format!("{user} is a bot; only people act"))) } else { Ok(()) }
}

/// The component of a visible message with this custom id, with the application it belongs to.
fn component(world: &World, user: Id, message: Id, custom_id: &str) -> Result<(Message, Value, Id), Refusal> {
    person(world, user)?;
    let found = world.message(message).ok_or_else(|| unknown(format!("there is no message {message}")))?;
    if !world.sees(user, found) {
        return Err(not_offered(format!("user {user} does not see message {message}")));
    }
    let parts = compose::flat(&found.components);
    let part = parts.into_iter().find(|part| part["custom_id"] == custom_id).ok_or_else(|| {
        let ids: Vec<_> = compose::flat(&found.components)
            .into_iter()
            .filter_map(|part| part["custom_id"].as_str())
            .collect();
        unknown(format!("message {message} has no component '{custom_id}'; it has {ids:?}"))
    })?;
    if part["disabled"] == json!(true) {
        return Err(not_offered(format!("component '{custom_id}' is disabled")));
    }
    let application =
        found.application.ok_or_else(|| not_offered("the message belongs to no application"))?;
    Ok((found.clone(), part.clone(), application))
}

/// Clicks a button.
pub fn click(server: &Shared, user: Id, message: Id, custom_id: &str) -> Result<Id, Refusal> {
    let mut world = server.world();
    let (message, part, application) = component(&world, user, message, custom_id)?;
    world.kept_messages.touch(message.id);
    if part["type"] != 2 {
        return Err(not_offered(format!("component '{custom_id}' is no button: use select")));
    }
    let data = json!({ "id": part["id"], "custom_id": custom_id, "component_type": 2 });
    Ok(send_component(server, &mut world, user, &message, application, data))
}

fn send_component(
    server: &Shared,
    world: &mut World,
    user: Id,
    message: &Message,
    application: Id,
    data: Value,
) -> Id {
    let new = New {
        application,
        kind: COMPONENT,
        user,
        channel: message.channel,
        source: Some(message.id),
        used: None,
        trigger: None,
        data,
    };
    deliver(server, world, &new)
}

/// Chooses values of a select.
pub fn select(
    server: &Shared,
    user: Id,
    message: Id,
    custom_id: &str,
    values: &[String],
) -> Result<Id, Refusal> {
    let mut world = server.world();
    let (message, part, application) = component(&world, user, message, custom_id)?;
    world.kept_messages.touch(message.id);
    let kind = part["type"].as_u64().unwrap_or(0);
    if !matches!(kind, 3 | 5..=8) {
        return Err(not_offered(format!("component '{custom_id}' is no select: use click")));
    }
    let mut resolved = Resolved::new(&world, message.channel);
    fields::choose(&part, values, &mut resolved)?;
    let resolved = resolved.json();
    let mut data =
        json!({ "id": part["id"], "custom_id": custom_id, "component_type": kind, "values": values });
    if kind != 3 {
        data["resolved"] = resolved;
    }
    Ok(send_component(server, &mut world, user, &message, application, data))
}

/// Sends off a modal that answered an interaction of this person.
pub fn submit(
    server: &Shared,
    user: Id,
    interaction: Id,
    given: &serde_json::Map<String, Value>,
) -> Result<Id, Refusal> {
    let mut world = server.world();
    person(&world, user)?;
    let opened = world.interactions.get(&interaction);
    let opened = opened.ok_or_else(|| unknown(format!("there is no interaction {interaction}")))?;
    if opened.user != user {
        return Err(not_offered(format!("the modal was opened for user {}", opened.user)));
    }
    let said =
        opened.said.as_ref().ok_or_else(|| unknown("what was said in the interaction is forgotten"))?;
    let modal = said.modal.as_ref().and_then(|modal| serde_json::from_str::<Value>(modal).ok());
    let modal = modal.ok_or_else(|| not_offered("the interaction was not answered with a modal"))?;
    let (application, channel, source) = (opened.application, opened.channel, opened.source);
    let trigger = Some(answer::cause(opened));
    let (components, resolved) = submit::fill(&mut world, channel, &modal, given)?;
    let mut data = json!({ "custom_id": modal["custom_id"], "components": components });
    if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
        data["resolved"] = resolved;
    }
    let new = New { application, kind: MODAL, user, channel, source, used: None, trigger, data };
    Ok(deliver(server, &mut world, &new))
}

/// A command as a person starts it.
#[derive(Debug)]
pub struct Invocation {
    /// The application, where several have a command of this name.
    pub application: Option<Id>,
    /// Where.
    pub channel: Id,
    /// The name, with sub-commands after spaces if one likes.
    pub name: String,
    /// Options as a list of Discord's option objects or as a map of names to values.
    pub options: Value,
    /// The user or message a context menu command is used on.
    pub target: Option<Id>,
    /// The option being typed, for autocomplete.
    pub focused: Option<String>,
}

/// Uses a command.
pub fn command(server: &Shared, user: Id, call: &Invocation) -> Result<Id, Refusal> {
    let mut world = server.world();
    person(&world, user)?;
    let (application, command, guild) = find_command(&world, user, call)?;
    let mut data = json!({ "id": command.id, "name": command.name, "type": command.kind });
    if let Some(guild) = command.guild.or(guild).filter(|_| command.guild.is_some()) {
        data["guild_id"] = json!(guild);
    }
    let filled = if command.kind == 1 {
        options::fill(&mut world, call.channel, &command, call)?
    } else {
        options::target(&world, call.channel, &command, call.target)?
    };
    if let (Some(object), Value::Object(filled)) = (data.as_object_mut(), filled) {
        object.extend(filled);
    }
    let kind = if call.focused.is_some() { AUTOCOMPLETE } else { COMMAND };
    let new = New {
        application,
        kind,
        user,
        channel: call.channel,
        source: None,
        used: Some(Used { name: command.name, kind: command.kind, target: call.target }),
        trigger: None,
        data,
    };
    Ok(deliver(server, &mut world, &new))
}

/// The channel's guild, the applications whose commands can be used there, and what the person may do there.
fn reach(world: &World, user: Id, channel: Id) -> Result<(Option<Id>, Vec<Id>, u64), Refusal> {
    let found =
        world.channels.get(&channel).ok_or_else(|| unknown(format!("there is no channel {channel}")))?;
    let granted = world.permissions(found, user);
    if granted & permissions::USE_APPLICATION_COMMANDS == 0 {
        return Err(not_offered(format!("user {user} may not use commands in channel {channel}")));
    }
    Ok(match found.place {
        Place::Guild { guild, .. } => {
            let applications = world.guilds.get(&guild).map(|guild| guild.applications.clone());
            (Some(guild), applications.unwrap_or_default(), granted)
        }
        Place::Direct { bot, .. } => (None, vec![bot], granted),
    })
}

fn find_command(world: &World, user: Id, call: &Invocation) -> Result<(Id, Command, Option<Id>), Refusal> {
    let (guild, applications, granted) = reach(world, user, call.channel)?;
    let wanted = |id: &Id| call.application.is_none_or(|application| application == *id);
    let name = call.name.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
    for id in applications.into_iter().filter(wanted) {
        let Some(application) = world.applications.get(&id) else { continue };
        let kinds: &[u64] = if call.target.is_some() { &[2, 3] } else { &[1] };
        let found = kinds.iter().find_map(|kind| {
            // Names of context menu commands have spaces.
            let name = if *kind == 1 { name } else { call.name.as_str() };
            application.commands.find(guild, *kind, name)
        });
        let Some(command) = found else { continue };
        if guild.is_none() && !command.allows_dms() {
            return Err(not_offered(format!("/{name} cannot be used in direct messages")));
        }
        if !may_use(command, granted) {
            return Err(not_offered(format!("user {user} lacks the permissions /{name} needs")));
        }
        return Ok((id, command.clone(), guild));
    }
    Err(unknown(format!("no application here has a command /{name}")))
}

/// The commands a person is offered in a channel.
pub fn offered(world: &World, user: Id, channel: Id) -> Result<Vec<Value>, Refusal> {
    let (guild, applications, granted) = reach(world, user, channel)?;
    let mut list = Vec::new();
    for application in applications.iter().filter_map(|id| world.applications.get(id)) {
        let own = guild.into_iter().flat_map(|guild| application.commands.scope(Some(guild)));
        let global = application.commands.scope(None).filter(|command| {
            // A guild's own command hides the global one of its name.
            application
                .commands
                .find(guild, command.kind, &command.name)
                .is_some_and(|shown| shown.id == command.id)
        });
        let usable =
            |command: &&Command| may_use(command, granted) && (guild.is_some() || command.allows_dms());
        list.extend(own.chain(global).filter(usable).map(|command| command.json(application.id)));
    }
    Ok(list)
}

/// Whether a member with these permissions is offered a command.
#[must_use]
pub fn may_use(command: &Command, granted: u64) -> bool {
    match command.needs() {
        None => true,
        Some(_) if granted & permissions::ADMINISTRATOR != 0 => true,
        Some(0) => false,
        Some(bits) => granted & bits == bits,
    }
}
