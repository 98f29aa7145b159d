//! Who is told what: dispatches to the sessions that are entitled to them.

use serde_json::{Map, Value, json};

use super::channel::Place;
use super::intents;
use super::message::{Author, Message};
use super::session::Session;
use super::{Change, World};
use crate::id::Id;

impl World {
    /// Sends an event of a guild (or of direct messages, to shard 0) to every session of `application` that
    /// asked for one of `intents`; 0 means that no intent is needed. Returns the ids of those sessions.
    pub fn dispatch(
        &mut self,
        application: Id,
        guild: Option<Id>,
        intents: u64,
        name: &str,
        data: &Value,
    ) -> Vec<String> {
        let text = data.to_string();
        let entitled = |session: &&mut Session| {
            session.application == application
                && session.carries(guild)
                && (intents == 0 || session.intents & intents != 0)
        };
        let mut reached = Vec::new();
        for session in self.sessions.values_mut().filter(entitled) {
            session.push(name, &text);
            reached.push(session.id.clone());
        }
        reached
    }

    /// Sends an event of a guild to all applications in it.
    pub fn dispatch_guild(&mut self, guild: Id, intents: u64, name: &str, data: &Value) {
        let Some(found) = self.guilds.get(&guild) else { return };
        for application in found.applications.clone() {
            self.dispatch(application, Some(guild), intents, name, data);
        }
        self.changed(Change::Lists);
    }

    /// Tells everyone concerned of a new or changed message. Ephemeral ones concern no gateway.
    pub fn announce_message(&mut self, name: &str, message: &Message) {
        self.changed(Change::Channel(message.channel));
        if message.ephemeral_to.is_some() {
            return;
        }
        let Some(channel) = self.channels.get(&message.channel) else { return };
        let (guild, intent, applications) = match channel.place {
            Place::Guild { guild, .. } => {
                let applications = self.guilds.get(&guild).map(|guild| guild.applications.clone());
                (Some(guild), intents::GUILD_MESSAGES, applications.unwrap_or_default())
            }
            Place::Direct { bot, .. } => (None, intents::DIRECT_MESSAGES, vec![bot]),
        };
        let whole = self.message_event(message, guild);
        for application in applications {
            let open = may_read(application, message, guild);
            let text = whole.to_string();
            let stripped = if open { text.clone() } else { without_content(whole.clone()).to_string() };
            let entitled = |session: &&mut Session| {
                session.application == application && session.carries(guild) && session.intents & intent != 0
            };
            for session in self.sessions.values_mut().filter(entitled) {
                let full = open || session.intents & intents::MESSAGE_CONTENT != 0;
                session.push(name, if full { &text } else { &stripped });
            }
        }
    }

    fn message_event(&self, message: &Message, guild: Option<Id>) -> Value {
        let mut event = self.message_json(message, &super::base::Base::anywhere());
        let Some(guild) = guild else { return event };
        event["guild_id"] = json!(guild);
        if let Author::User(author) = message.author
            && let Some(member) = self.guilds.get(&guild).and_then(|guild| guild.members.get(&author))
        {
            event["member"] = member.partial_json();
        }
        event
    }
}

/// What a bot without `MESSAGE_CONTENT` gets of other people's messages.
#[must_use]
pub fn without_content(mut message: Value) -> Value {
    if let Some(object) = message.as_object_mut() {
        blank(object);
        if let Some(Value::Object(replied)) = object.get_mut("referenced_message") {
            blank(replied);
        }
    }
    message
}

fn blank(message: &mut Map<String, Value>) {
    message.insert("content".into(), json!(""));
    for list in ["embeds", "attachments", "components"] {
        message.insert(list.into(), json!([]));
    }
}

/// Whether a bot sees a message's content without the `MESSAGE_CONTENT` intent: its own messages, direct
/// messages and messages that mention it.
#[must_use]
pub fn may_read(application: Id, message: &Message, guild: Option<Id>) -> bool {
    guild.is_none()
        || message.author_id() == application
        || message.application == Some(application)
        || message.mentions.iter().any(|user| user["id"] == json!(application))
}
