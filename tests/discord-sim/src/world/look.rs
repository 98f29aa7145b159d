//! Looking things up and rendering them for clients.

use serde_json::{Value, json};

use super::World;
use super::base::Base;
use super::channel::{Channel, Place};
use super::guild::{Guild, Member};
use super::message::{Author, Cause, Message};
use super::permissions;
use crate::id::Id;
use crate::time::iso;

impl World {
    /// A message by id alone.
    #[must_use]
    pub fn message(&self, id: Id) -> Option<&Message> {
        self.channels.get(self.places.get(&id)?)?.messages.get(&id)
    }

    /// The same, to change it.
    pub fn message_mut(&mut self, id: Id) -> Option<&mut Message> {
        self.channels.get_mut(self.places.get(&id)?)?.messages.get_mut(&id)
    }

    /// The user object with this id; something harmless for one that is gone.
    #[must_use]
    pub fn user_json(&self, id: Id) -> Value {
        self.users.get(&id).map_or_else(
            || json!({
                "id": id, "username": "deleted_user", "discriminator": "0", "global_name": null, "avatar": null,
                "public_flags": 0, "flags": 0, "primary_guild": null,
            }),
            super::user::User::json,
        )
    }

    /// The author object of a message.
    #[must_use]
    pub fn author_json(&self, author: &Author) -> Value {
        match author {
            Author::User(id) => self.user_json(*id),
            Author::Webhook { id, name } => json!({
                "id": id, "username": name, "discriminator": "0000", "global_name": null, "avatar": null,
                "bot": true, "public_flags": 0, "flags": 0, "primary_guild": null,
            }),
        }
    }

    /// A message object, with the message it replies to.
    #[must_use]
    pub fn message_json(&self, message: &Message, base: &Base) -> Value {
        let mut object = self.message_alone(message, base);
        if let Some(id) = message.reply_to {
            let replied = self.message(id).map(|other| self.message_alone(other, base));
            object["referenced_message"] = replied.unwrap_or(Value::Null);
        }
        object
    }

    fn message_alone(&self, message: &Message, base: &Base) -> Value {
        let mentions: Vec<Value> = message.mentions.iter().map(|id| self.user_json(*id)).collect();
        let mut object = message.json(&self.author_json(&message.author), &mentions, base);
        if let Some(cause) = &message.interaction {
            object["interaction_metadata"] = self.cause_json(cause);
        }
        object
    }

    fn cause_json(&self, cause: &Cause) -> Value {
        let owner = cause.guild.map_or_else(|| "0".to_owned(), |guild| guild.to_string());
        let mut object = json!({
            "id": cause.id,
            "type": cause.kind,
            "user": self.user_json(cause.user),
            "authorizing_integration_owners": { "0": owner },
        });
        if let Some(used) = &cause.used {
            object["name"] = json!(used.name);
            object["command_type"] = json!(used.kind);
            match (used.kind, used.target) {
                (2, Some(person)) => object["target_user"] = self.user_json(person),
                (3, Some(message)) => object["target_message_id"] = json!(message),
                _ => {}
            }
        }
        if let Some(source) = cause.source {
            object["interacted_message_id"] = json!(source);
        }
        if let Some(trigger) = &cause.trigger {
            object["triggering_interaction_metadata"] = self.cause_json(trigger);
        }
        if let Some(first) = cause.first {
            object["original_response_message_id"] = json!(first);
        }
        object
    }

    /// A message object as a bot gets it by REST: without content that it may not read.
    #[must_use]
    pub fn message_for(&self, application: Id, message: &Message, base: &Base) -> Value {
        let object = self.message_json(message, base);
        let guild = self.channels.get(&message.channel).and_then(Channel::guild);
        let privileged = self.applications.get(&application).map_or(0, |app| app.privileged_intents);
        let readable = privileged & super::intents::MESSAGE_CONTENT != 0;
        if readable || super::events::may_read(application, message, guild) {
            object
        } else {
            super::events::without_content(object)
        }
    }

    /// A channel object as the bot sees it.
    #[must_use]
    pub fn channel_json(&self, channel: &Channel) -> Value {
        match channel.place {
            Place::Guild { .. } => channel.json(None),
            Place::Direct { user, .. } => channel.json(Some(self.user_json(user))),
        }
    }

    /// A member object, or null for one whose user is gone.
    #[must_use]
    pub fn member_json(&self, member: &Member) -> Value {
        self.users.get(&member.user).map_or(Value::Null, |user| member.json(user))
    }

    /// The guild object of `GUILD_CREATE` for a bot: with its channels, its own member and the counts.
    #[must_use]
    pub fn guild_create(&self, guild: &Guild, application: Id, with_members: bool) -> Value {
        let mut object = guild.json();
        let channels: Vec<_> = guild.channels.iter().filter_map(|id| self.channels.get(id)).collect();
        let members: Vec<_> = guild
            .members
            .values()
            .filter(|member| with_members || member.user == application)
            .map(|member| self.member_json(member))
            .collect();
        let joined = guild.members.get(&application).map(|member| iso(member.joined));
        object["joined_at"] = json!(joined);
        object["large"] = json!(guild.members.len() > 250);
        object["unavailable"] = json!(false);
        object["member_count"] = json!(guild.members.len());
        object["members"] = Value::Array(members);
        object["channels"] = channels.iter().map(|channel| channel.json(None)).collect();
        for list in [
            "voice_states",
            "threads",
            "presences",
            "stage_instances",
            "guild_scheduled_events",
            "soundboard_sounds",
        ] {
            object[list] = json!([]);
        }
        object
    }

    /// The permissions of a user in a channel; 0 if it cannot see it.
    #[must_use]
    pub fn permissions(&self, channel: &Channel, user: Id) -> u64 {
        match channel.place {
            Place::Guild { guild, .. } => {
                self.guilds.get(&guild).map_or(0, |guild| permissions::in_channel(guild, channel, user))
            }
            Place::Direct { bot, user: person } if user == bot || user == person => {
                permissions::DIRECT_MESSAGE
            }
            Place::Direct { .. } => 0,
        }
    }

    /// Whether a person sees this message: it can see the channel, and the message is not someone else's ephemeral.
    #[must_use]
    pub fn sees(&self, user: Id, message: &Message) -> bool {
        message.ephemeral_to.is_none_or(|to| to == user)
            && self.channels.get(&message.channel).is_some_and(|channel| self.permissions(channel, user) != 0)
    }
}
