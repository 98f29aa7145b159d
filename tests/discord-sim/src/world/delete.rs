//! Taking things away: messages, channels, applications from guilds; and telling bots of it.

use serde_json::{Value, json};

use super::channel::Place;
use super::{Change, World, intents};
use crate::id::Id;

impl World {
    /// Removes an application's bot from a guild, with its role and its commands there, and tells the bot. Whether it was in it.
    pub fn remove_application(&mut self, guild: Id, application: Id) -> bool {
        let Some(found) = self.guilds.get_mut(&guild) else { return false };
        if !found.applications.contains(&application) {
            return false;
        }
        found.applications.retain(|other| *other != application);
        found.members.remove(&application);
        found.roles.retain(|_, role| role.bot != Some(application));
        if let Some(app) = self.applications.get_mut(&application) {
            app.commands.remove_scope(guild);
        }
        let event = json!({ "id": guild }).to_string().into();
        self.dispatch(application, Some(guild), intents::GUILDS, "GUILD_DELETE", &event);
        self.changed(Change::Lists);
        true
    }

    /// Takes a channel away, with its messages and webhooks.
    pub fn delete_channel(&mut self, id: Id) -> bool {
        let Some(channel) = self.channels.remove(&id) else { return false };
        for message in channel.messages.keys() {
            self.places.remove(message);
            self.kept_messages.remove(*message);
        }
        self.webhooks.retain(|_, webhook| webhook.channel != id);
        match channel.place {
            Place::Guild { guild, .. } => {
                if let Some(found) = self.guilds.get_mut(&guild) {
                    found.channels.retain(|other| *other != id);
                }
                self.dispatch_guild(guild, intents::GUILDS, "CHANNEL_DELETE", &channel.json(None));
            }
            Place::Direct { bot, user } => {
                self.direct.remove(&(bot, user));
            }
        }
        self.changed(Change::Lists);
        true
    }

    /// Takes a message away and tells bots of it.
    pub fn delete_message(&mut self, id: Id) -> bool {
        let Some((place, told)) = self.drop_message(id) else { return false };
        if told {
            self.tell_of_deletion(place, "MESSAGE_DELETE", json!({ "id": id }));
        }
        true
    }

    /// Takes messages of a channel away and tells bots of all of them at once.
    pub fn delete_messages(&mut self, channel: Id, ids: &[Id]) {
        let gone: Vec<Id> = ids.iter().copied().filter(|id| self.drop_message(*id).is_some()).collect();
        if !gone.is_empty() {
            self.tell_of_deletion(channel, "MESSAGE_DELETE_BULK", json!({ "ids": gone }));
        }
    }

    /// Takes a message away; where it was, and whether bots knew of it.
    fn drop_message(&mut self, id: Id) -> Option<(Id, bool)> {
        let (place, message) = self.take_message(id)?;
        self.kept_messages.remove(id);
        self.changed(Change::Channel(place));
        Some((place, message.ephemeral_to.is_none()))
    }

    fn tell_of_deletion(&mut self, place: Id, name: &'static str, mut event: Value) {
        event["channel_id"] = json!(place);
        match self.channels.get(&place).map(|channel| &channel.place) {
            Some(Place::Guild { guild, .. }) => {
                let guild = *guild;
                event["guild_id"] = json!(guild);
                self.dispatch_guild(guild, intents::GUILD_MESSAGES, name, &event);
            }
            Some(Place::Direct { bot, .. }) => {
                let (bot, event) = (*bot, event.to_string().into());
                self.dispatch(bot, None, intents::DIRECT_MESSAGES, name, &event);
            }
            None => {}
        }
    }
}
