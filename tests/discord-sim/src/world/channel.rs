//! Channels of guilds and direct messages, with the messages in them.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use serde_json::{Value, json};

use super::message::Message;
use crate::id::Id;

/// A place people and bots write in.
#[derive(Debug)]
pub struct Channel {
    /// Its id.
    pub id: Id,
    /// In a guild or between two.
    pub place: Place,
    /// Messages, ephemeral ones included, by id and so by time.
    pub messages: BTreeMap<Id, Message>,
    /// The newest message everyone saw, which may be gone.
    pub last_message: Option<Id>,
    /// When messages older than an hour were edited of late (30046).
    pub late_edits: VecDeque<Instant>,
}

/// Where a channel is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A text channel of a guild.
    Guild {
        /// Which guild.
        guild: Id,
        /// What its managers decide.
        settings: Settings,
    },
    /// The direct messages between a bot and a person.
    Direct {
        /// The bot user, which is the application's id.
        bot: Id,
        /// The person.
        user: Id,
    },
}

/// What the managers of a text channel decide.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Its name, without `#`.
    pub name: String,
    /// The line under the name.
    pub topic: Option<String>,
    /// Its place in the list.
    pub position: i64,
    /// For adults only.
    pub nsfw: bool,
    /// Seconds people wait between two messages.
    pub slow_mode: i64,
    /// Exceptions from the roles' permissions.
    pub overwrites: Vec<Overwrite>,
}

/// An exception from permissions for a role or a member.
#[derive(Clone, Debug)]
pub struct Overwrite {
    /// The role or user.
    pub id: Id,
    /// Whether `id` is a member and not a role.
    pub member: bool,
    /// Bits given.
    pub allow: u64,
    /// Bits taken.
    pub deny: u64,
}

impl Channel {
    /// A new, empty channel.
    #[must_use]
    pub fn new(id: Id, place: Place) -> Self {
        Self { id, place, messages: BTreeMap::new(), last_message: None, late_edits: VecDeque::new() }
    }

    /// The guild it is in.
    #[must_use]
    pub fn guild(&self) -> Option<Id> {
        match self.place {
            Place::Guild { guild, .. } => Some(guild),
            Place::Direct { .. } => None,
        }
    }

    /// The channel object; `recipient` is the other side's user object in direct messages.
    #[must_use]
    pub fn json(&self, recipient: Option<Value>) -> Value {
        match &self.place {
            Place::Guild { guild, settings } => json!({
                "id": self.id,
                "type": 0,
                "guild_id": guild,
                "name": settings.name,
                "topic": settings.topic,
                "position": settings.position,
                "nsfw": settings.nsfw,
                "parent_id": null,
                "flags": 0,
                "last_message_id": self.last_message,
                "last_pin_timestamp": null,
                "rate_limit_per_user": settings.slow_mode,
                "permission_overwrites": settings.overwrites.iter().map(Overwrite::json).collect::<Vec<_>>(),
            }),
            Place::Direct { .. } => json!({
                "id": self.id,
                "type": 1,
                "flags": 0,
                "last_message_id": self.last_message,
                "recipients": recipient.into_iter().collect::<Vec<_>>(),
            }),
        }
    }
}

impl Overwrite {
    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "type": u8::from(self.member),
            "allow": self.allow.to_string(),
            "deny": self.deny.to_string(),
        })
    }
}
