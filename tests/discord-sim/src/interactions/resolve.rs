//! The `resolved` part of interactions: the objects behind ids that a person chose.

use serde_json::{Map, Value, json};

use super::act::{Refusal, not_offered, unknown};
use crate::id::Id;
use crate::world::World;
use crate::world::base::Base;
use crate::world::channel::Channel;
use crate::world::guild::Guild;

/// Collects objects while values are checked.
pub struct Resolved<'a> {
    world: &'a World,
    channel: Option<&'a Channel>,
    guild: Option<&'a Guild>,
    object: Map<String, Value>,
}

impl<'a> Resolved<'a> {
    /// For values chosen in a channel.
    #[must_use]
    pub fn new(world: &'a World, channel: Id) -> Self {
        let channel = world.channels.get(&channel);
        let guild = channel.and_then(Channel::guild).and_then(|id| world.guilds.get(&id));
        Self { world, channel, guild, object: Map::new() }
    }

    /// What was collected.
    #[must_use]
    pub fn json(self) -> Value {
        Value::Object(self.object)
    }

    fn put(&mut self, list: &str, id: &str, value: Value) {
        if let Some(object) = self.object.entry(list).or_insert_with(|| json!({})).as_object_mut() {
            object.insert(id.to_owned(), value);
        }
    }

    /// A user, with its membership of the guild.
    pub fn user(&mut self, id: &str) -> Result<(), Refusal> {
        let found = id.parse().ok().and_then(|id: Id| self.world.users.get(&id));
        let user = found.ok_or_else(|| unknown(format!("there is no user {id}")))?;
        self.put("users", id, user.json());
        if let Some(member) = self.guild.and_then(|guild| guild.members.get(&user.id)) {
            let granted = self.channel.map_or(0, |channel| self.world.permissions(channel, user.id));
            let mut member = member.partial_json();
            member["permissions"] = json!(granted.to_string());
            self.put("members", id, member);
        }
        Ok(())
    }

    /// A role of the guild.
    pub fn role(&mut self, id: &str) -> Result<(), Refusal> {
        let found = id.parse().ok().and_then(|id: Id| self.guild?.roles.get(&id));
        let role = found.ok_or_else(|| unknown(format!("there is no role {id}")))?.json();
        self.put("roles", id, role);
        Ok(())
    }

    /// A channel of the guild.
    pub fn channel(&mut self, id: &str) -> Result<(), Refusal> {
        let guild = self.guild.map(|guild| guild.id);
        let found = id.parse().ok().and_then(|id: Id| self.world.channels.get(&id));
        let found = found.filter(|channel| channel.guild() == guild);
        let channel = found.ok_or_else(|| unknown(format!("there is no channel {id}")))?;
        let mut object = channel.json(None);
        object["permissions"] = json!(crate::world::permissions::EVERYONE.to_string());
        self.put("channels", id, object);
        Ok(())
    }

    /// A user or a role.
    pub fn mentionable(&mut self, id: &str) -> Result<(), Refusal> {
        self.user(id).or_else(|_| self.role(id)).map_err(|_| not_offered(format!("{id} is no user or role")))
    }

    /// A message of the channel.
    pub fn message(&mut self, id: &str) -> Result<(), Refusal> {
        let found = id.parse().ok().and_then(|id: Id| self.world.message(id));
        let message = found.ok_or_else(|| unknown(format!("there is no message {id}")))?;
        let object = self.world.message_json(message, &Base::anywhere());
        self.put("messages", id, object);
        Ok(())
    }

    /// A file that was sent along.
    pub fn attachment(&mut self, id: &str, object: Value) {
        self.put("attachments", id, object);
    }
}
