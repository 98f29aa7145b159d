//! The application commands that are registered, global and per guild, with the daily cap on creations.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::id::Id;

/// Creations per scope in 24 h (Discord: 200 a day per guild).
pub const CREATES_PER_DAY: usize = 200;
const DAY: Duration = Duration::from_hours(24);

/// The commands of one application.
#[derive(Debug, Default)]
pub struct Registry {
    commands: BTreeMap<Id, Command>,
    created: HashMap<Option<Id>, (Instant, usize)>,
}

/// One registered command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its id, kept over changes of the same name.
    pub id: Id,
    /// The guild it belongs to; none is global.
    pub guild: Option<Id>,
    /// 1 slash, 2 user, 3 message.
    pub kind: u64,
    /// Its name.
    pub name: String,
    /// The definition as registered, without ids.
    pub definition: Value,
    /// Changes with every change.
    pub version: Id,
}

impl Command {
    /// The command object.
    #[must_use]
    pub fn json(&self, application: Id) -> Value {
        let mut object = json!({
            "id": self.id,
            "application_id": application,
            "version": self.version,
            "type": self.kind,
            "name": self.name,
            "name_localizations": null,
            "description": "",
            "description_localizations": null,
            "default_member_permissions": null,
            "nsfw": false,
        });
        if let Some(guild) = self.guild {
            object["guild_id"] = json!(guild);
        } else {
            object["dm_permission"] = json!(true);
            object["contexts"] = Value::Null;
            object["integration_types"] = json!([0]);
        }
        if let (Some(object), Some(given)) = (object.as_object_mut(), self.definition.as_object()) {
            for (key, value) in given.iter().filter(|(key, _)| *key != "id" && *key != "type") {
                object.insert(key.clone(), value.clone());
            }
        }
        object
    }

    /// Whether it may be used in direct messages.
    #[must_use]
    pub fn allows_dms(&self) -> bool {
        let contexts = self.definition.get("contexts").and_then(Value::as_array);
        let by_context = contexts.is_none_or(|list| list.iter().any(|context| context == 1));
        self.guild.is_none() && by_context && self.definition.get("dm_permission") != Some(&json!(false))
    }

    /// The permission bits a member needs to see it: 0 for none, administrators only when the list is empty.
    #[must_use]
    pub fn needs(&self) -> Option<u64> {
        let wanted = self.definition.get("default_member_permissions")?;
        wanted.as_str().and_then(|bits| bits.parse().ok()).or_else(|| wanted.as_u64())
    }
}

impl Registry {
    /// The commands of one scope, oldest first.
    pub fn scope(&self, guild: Option<Id>) -> impl Iterator<Item = &Command> {
        self.commands.values().filter(move |command| command.guild == guild)
    }

    /// One command by id.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Command> {
        self.commands.get(&id)
    }

    /// What a client of this guild resolves a name to: the guild's own command before the global one.
    #[must_use]
    pub fn find(&self, guild: Option<Id>, kind: u64, name: &str) -> Option<&Command> {
        let named = |scope| self.scope(scope).find(|command| command.kind == kind && command.name == name);
        guild.and_then(|id| named(Some(id))).or_else(|| named(None))
    }

    /// Creations that still fit into the day.
    #[must_use]
    pub fn creates_left(&self, guild: Option<Id>) -> usize {
        let today = self.created.get(&guild).filter(|(since, _)| since.elapsed() < DAY);
        CREATES_PER_DAY.saturating_sub(today.map_or(0, |(_, count)| *count))
    }

    /// Counts a creation.
    pub fn count_create(&mut self, guild: Option<Id>) {
        let now = Instant::now();
        let (since, count) = self.created.entry(guild).or_insert((now, 0));
        if since.elapsed() >= DAY {
            (*since, *count) = (now, 0);
        }
        *count += 1;
    }

    /// Puts in a new or changed command.
    pub fn put(&mut self, command: Command) {
        self.commands.insert(command.id, command);
    }

    /// Takes out all commands of a guild.
    pub fn remove_scope(&mut self, guild: Id) {
        self.commands.retain(|_, command| command.guild != Some(guild));
    }

    /// Takes out a command.
    pub fn remove(&mut self, id: Id) -> Option<Command> {
        self.commands.remove(&id)
    }
}
