//! Making things: applications, guilds, channels, roles, members, webhooks, messages.

use std::collections::BTreeMap;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use rand::RngExt;
use serde_json::json;

use super::application::{Application, Budget, hex, make_token};
use super::channel::{Channel, Place, Settings};
use super::guild::{Guild, Member, Role};
use super::message::Message;
use super::user::User;
use super::{Change, Webhook, World, intents, permissions};
use crate::id::Id;

/// A new application.
#[derive(Debug)]
pub struct NewApplication {
    /// Its id, or a new one.
    pub id: Option<Id>,
    /// Its name.
    pub name: String,
    /// Its bot token, or a random one.
    pub token: Option<String>,
    /// Identifies in 24 h.
    pub total: u64,
    /// Identifies at once.
    pub max_concurrency: u64,
    /// Time between two identifies of a key.
    pub identify_spacing: Duration,
    /// Shards it must use at least.
    pub shards: u64,
    /// Privileged intents that are switched on.
    pub privileged_intents: u64,
    /// Where HTTP interactions go.
    pub interactions_url: Option<String>,
}

impl World {
    /// Makes an application and its bot user.
    pub fn create_application(&mut self, new: NewApplication) -> Id {
        let id = new.id.unwrap_or_else(|| self.ids.make());
        let token = new.token.unwrap_or_else(|| make_token(id, &mut self.rng));
        let username = new.name.clone();
        let bot =
            User { id, username, global_name: None, bot: true, locale: "en-US".into(), dms_open: false };
        self.users.insert(id, bot);
        let application = Application {
            id,
            name: new.name,
            token,
            signing_key: SigningKey::from_bytes(&self.rng.random()),
            privileged_intents: new.privileged_intents,
            shards: new.shards.max(1),
            budget: Budget::new(new.total, new.max_concurrency, new.identify_spacing),
            identifies: 0,
            resumes: 0,
            token_resets: 0,
            invalid_requests: 0,
            refusal: None,
            paused_until: None,
            commands: super::command::Registry::default(),
            interactions_url: new.interactions_url,
        };
        self.tokens.insert(application.token.clone(), id);
        self.applications.insert(id, application);
        self.changed(Change::Lists);
        id
    }

    /// Makes a person.
    pub fn create_user(&mut self, id: Option<Id>, name: &str, locale: &str, dms_open: bool) -> Id {
        let id = id.unwrap_or_else(|| self.ids.make());
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '_' };
        let username = name.chars().map(plain).take(32).collect();
        let global_name = Some(name.to_owned());
        self.users
            .insert(id, User { id, username, global_name, bot: false, locale: locale.into(), dms_open });
        id
    }

    /// Makes a guild that `owner` owns; bots are added by [`World::add_application`].
    pub fn create_guild(&mut self, id: Option<Id>, name: &str, locale: &str, owner: Id) -> Id {
        let id = id.unwrap_or_else(|| self.ids.make());
        let everyone =
            Role { id, name: "@everyone".into(), permissions: permissions::EVERYONE, ..Role::default() };
        let guild = Guild {
            id,
            name: name.into(),
            owner,
            locale: locale.into(),
            roles: BTreeMap::from([(id, everyone)]),
            members: BTreeMap::new(),
            channels: Vec::new(),
            applications: Vec::new(),
        };
        self.guilds.insert(id, guild);
        self.join(id, owner, Vec::new());
        id
    }

    /// Makes a user a member of a guild and tells bots of it.
    pub fn join(&mut self, guild: Id, user: Id, roles: Vec<Id>) {
        let member = Member { user, nick: None, roles, joined: Timestamp::now(), timeout: None };
        let mut event = self.member_json(&member);
        event["guild_id"] = json!(guild);
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.members.insert(user, member);
        }
        self.dispatch_guild(guild, intents::GUILD_MEMBERS, "GUILD_MEMBER_ADD", &event);
    }

    /// Lets an application's bot into a guild, with a role of its own, and tells the bot.
    pub fn add_application(&mut self, guild: Id, application: Id, granted: u64) {
        let role = self.ids.make();
        let name = self.applications.get(&application).map_or_else(String::new, |app| app.name.clone());
        let Some(found) = self.guilds.get_mut(&guild) else { return };
        if found.applications.contains(&application) {
            return;
        }
        found.insert_role(Role {
            id: role,
            name,
            permissions: granted,
            bot: Some(application),
            ..Role::default()
        });
        self.join(guild, application, vec![role]);
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.applications.push(application);
        }
        let Some(found) = self.guilds.get(&guild) else { return };
        let event = self.guild_create(found, application, false);
        let event = event.to_string().into();
        self.dispatch(application, Some(guild), intents::GUILDS, "GUILD_CREATE", &event);
        self.changed(Change::Lists);
    }

    /// Makes a role at the bottom of the list; without an id it gets a new one.
    pub fn create_role(&mut self, guild: Id, mut role: Role) -> Option<Id> {
        if role.id == Id::default() {
            role.id = self.ids.make();
        }
        let id = role.id;
        let found = self.guilds.get_mut(&guild)?;
        found.insert_role(role);
        let role = found.roles.get(&id)?.json();
        let event = json!({ "guild_id": guild, "role": role });
        self.dispatch_guild(guild, intents::GUILDS, "GUILD_ROLE_CREATE", &event);
        Some(id)
    }

    /// Makes a text channel at the end of the list.
    pub fn create_channel(&mut self, guild: Id, id: Option<Id>, mut settings: Settings) -> Option<Id> {
        let id = id.unwrap_or_else(|| self.ids.make());
        let found = self.guilds.get_mut(&guild)?;
        settings.position = i64::try_from(found.channels.len()).unwrap_or(i64::MAX);
        found.channels.push(id);
        let channel = Channel::new(id, Place::Guild { guild, settings });
        let event = channel.json(None);
        self.channels.insert(id, channel);
        self.dispatch_guild(guild, intents::GUILDS, "CHANNEL_CREATE", &event);
        Some(id)
    }

    /// Makes a webhook of a channel.
    pub fn create_webhook(&mut self, channel: Id, name: &str, application: Option<Id>) -> Id {
        let id = self.ids.make();
        let secret: [u8; 34] = self.rng.random();
        let webhook = Webhook { id, token: hex(&secret), channel, name: name.into(), application };
        self.webhooks.insert(id, webhook);
        id
    }

    /// The direct message channel of a bot and a person, made when there is none yet.
    pub fn direct_channel(&mut self, bot: Id, user: Id) -> Id {
        if let Some(id) = self.direct.get(&(bot, user)) {
            return *id;
        }
        let id = self.ids.make();
        self.channels.insert(id, Channel::new(id, Place::Direct { bot, user }));
        self.direct.insert((bot, user), id);
        self.changed(Change::Lists);
        id
    }

    /// Puts a message into its channel and tells bots of it.
    pub fn post(&mut self, message: &Message) {
        let Some(channel) = self.channels.get_mut(&message.channel) else { return };
        if message.ephemeral_to.is_none() {
            channel.last_message = Some(message.id);
        }
        channel.messages.insert(message.id, message.clone());
        self.places.insert(message.id, message.channel);
        self.keep_message(message);
        self.announce_message("MESSAGE_CREATE", message);
    }
}
