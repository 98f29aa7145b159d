//! Who is told what: dispatches to the sessions that are entitled to them.

use std::cell::LazyCell;
use std::sync::Arc;

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
        name: &'static str,
        data: &Arc<str>,
    ) -> Vec<String> {
        let entitled = |session: &Session| entitled(session, guild, intents);
        let share = self.sessions.of(application).filter(|session| entitled(session)).count();
        let mut reached = Vec::with_capacity(share);
        for session in self.sessions.of_mut(application).filter(|session| entitled(session)) {
            session.push(name, data, share);
            reached.push(session.id.clone());
        }
        reached
    }

    /// Sends an event of a guild to all applications in it.
    pub fn dispatch_guild(&mut self, guild: Id, intents: u64, name: &'static str, data: &Value) {
        let Some(found) = self.guilds.get(&guild) else { return };
        let text: Arc<str> = data.to_string().into();
        let applications = &found.applications;
        let entitled = |session: &Session| entitled(session, Some(guild), intents);
        let share =
            applications.iter().flat_map(|id| self.sessions.of(*id)).filter(|one| entitled(one)).count();
        for application in applications {
            for session in self.sessions.of_mut(*application).filter(|session| entitled(session)) {
                session.push(name, &text, share);
            }
        }
        self.changed(Change::Lists);
    }

    /// Tells everyone concerned of a new or changed message. Ephemeral ones concern no gateway.
    pub fn announce_message(&mut self, name: &'static str, message: &Message) {
        self.changed(Change::Channel(message.channel));
        if message.ephemeral_to.is_some() {
            return;
        }
        let Some(channel) = self.channels.get(&message.channel) else { return };
        let (guild, intent, bot) = match channel.place {
            Place::Guild { guild, .. } => (Some(guild), intents::GUILD_MESSAGES, None),
            Place::Direct { bot, .. } => (None, intents::DIRECT_MESSAGES, Some(bot)),
        };
        let entitled = |session: &Session| entitled(session, guild, intent);
        let members = guild.and_then(|id| self.guilds.get(&id)).map_or(&[][..], |guild| &guild.applications);
        let applications = || members.iter().copied().chain(bot);
        let share = applications().flat_map(|id| self.sessions.of(id)).filter(|one| entitled(one)).count();
        if share == 0 {
            return;
        }
        let whole = self.message_event(message, guild);
        let text: Arc<str> = whole.to_string().into();
        // Rendered for those alone who may not read it; most often that is nobody.
        let stripped = LazyCell::new(|| Arc::<str>::from(without_content(whole).to_string()));
        for application in applications() {
            let open = may_read(application, message, guild);
            for session in self.sessions.of_mut(application).filter(|session| entitled(session)) {
                let full = open || session.intents & intents::MESSAGE_CONTENT != 0;
                session.push(name, if full { &text } else { &stripped }, share);
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

/// Whether a session gets an event of a guild or of direct messages; 0 means that no intent is needed.
fn entitled(session: &Session, guild: Option<Id>, intents: u64) -> bool {
    session.carries(guild) && (intents == 0 || session.intents & intents != 0)
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
        || message.mentions.contains(&application)
}
