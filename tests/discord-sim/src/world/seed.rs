//! A ready world from YAML: the same things the control API makes, with names in place of ids where one thing
//! refers to another.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::World;
use super::channel::Settings;
use super::{guild, permissions};
use crate::control::applications::{self, Wanted};
use crate::control::guilds::{Bits, Dms};
use crate::id::Id;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldFile {
    /// Applications, as `POST /_sim/applications` takes them.
    #[serde(default)]
    pub applications: Vec<Wanted>,
    /// Guilds with everything in them.
    #[serde(default)]
    pub guilds: Vec<Guild>,
}

/// A guild.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guild {
    name: String,
    id: Option<Id>,
    locale: Option<String>,
    /// Names of applications.
    #[serde(default)]
    applications: Vec<String>,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    name: String,
    id: Option<Id>,
    permissions: Option<Bits>,
    #[serde(default)]
    color: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    name: String,
    id: Option<Id>,
    topic: Option<String>,
    /// The name of a webhook to make.
    webhook: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    name: String,
    id: Option<Id>,
    locale: Option<String>,
    /// Names of roles.
    #[serde(default)]
    roles: Vec<String>,
    dms: Option<Dms>,
    /// Whether this is the guild's owner.
    #[serde(default)]
    owner: bool,
}

/// Why a world file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The file cannot be read.
    #[error("cannot read the world file {0}: {1}")]
    Read(String, std::io::Error),
    /// It is no YAML of this shape.
    #[error("the world file does not fit: {0}")]
    Parse(#[from] serde_yaml::Error),
    /// Something in it refers to nothing.
    #[error("the world file: {0}")]
    Content(String),
}

impl WorldFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| SeedError::Read(path.display().to_string(), error))?;
        Ok(serde_yaml::from_str(&text)?)
    }

    /// Makes everything in it.
    pub fn apply(&self, world: &mut World) -> Result<(), SeedError> {
        let mut applications = HashMap::new();
        for wanted in &self.applications {
            let id = applications::make(world, wanted.clone()).map_err(SeedError::Content)?;
            applications.insert(wanted.name.as_str(), id);
        }
        self.guilds.iter().try_for_each(|guild| guild.apply(world, &applications))
    }
}

impl Guild {
    fn apply(&self, world: &mut World, applications: &HashMap<&str, Id>) -> Result<(), SeedError> {
        let locale = self.locale.as_deref().unwrap_or("en-US");
        let owner = self.members.iter().find(|member| member.owner);
        let owner = match owner {
            Some(member) => member.create(world, locale),
            None => world.create_user(None, &format!("{} Owner", self.name), locale, true),
        };
        let guild = world.create_guild(self.id, &self.name, locale, owner);
        for name in &self.applications {
            let known = applications.get(name.as_str());
            let id = known.ok_or_else(|| SeedError::Content(format!("there is no application '{name}'")))?;
            world.add_application(guild, *id, permissions::BOT);
        }
        let mut roles = HashMap::new();
        for role in &self.roles {
            let bits = role.permissions.as_ref().map_or(Ok(0), Bits::value).map_err(SeedError::Content)?;
            let id = world.create_role(guild, role.made(bits));
            roles.insert(role.name.as_str(), id.unwrap_or_default());
        }
        for channel in &self.channels {
            let settings =
                Settings { name: channel.name.clone(), topic: channel.topic.clone(), ..Settings::default() };
            let id = world.create_channel(guild, channel.id, settings);
            if let (Some(id), Some(name)) = (id, &channel.webhook) {
                world.create_webhook(id, name, None);
            }
        }
        for member in &self.members {
            let given: Result<Vec<Id>, _> =
                member.roles.iter().map(|name| known_role(&roles, name)).collect();
            let user = if member.owner { owner } else { member.create(world, locale) };
            world.join(guild, user, given?);
        }
        Ok(())
    }
}

fn known_role(roles: &HashMap<&str, Id>, name: &str) -> Result<Id, SeedError> {
    roles.get(name).copied().ok_or_else(|| SeedError::Content(format!("there is no role '{name}'")))
}

impl Role {
    fn made(&self, permissions: u64) -> guild::Role {
        let color = i64::from(self.color);
        let id = self.id.unwrap_or_default();
        guild::Role { id, name: self.name.clone(), permissions, color, ..guild::Role::default() }
    }
}

impl Member {
    fn create(&self, world: &mut World, locale: &str) -> Id {
        let locale = self.locale.as_deref().unwrap_or(locale);
        world.create_user(self.id, &self.name, locale, self.dms != Some(Dms::Closed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_file_makes_everything_in_it() {
        let text = "
applications: [{name: Shop, token: secret}]
guilds:
  - name: Market
    applications: [Shop]
    roles: [{name: Staff, permissions: \"8\"}]
    channels: [{name: sales, webhook: Alerts}]
    members: [{name: Ada, roles: [Staff], locale: de}, {name: Bo, dms: closed, owner: true}]
";
        let file: WorldFile = serde_yaml::from_str(text).unwrap();
        let mut world = World::new(1);
        file.apply(&mut world).unwrap();
        let guild = world.guilds.values().next().unwrap();
        assert_eq!((guild.members.len(), guild.channels.len(), world.webhooks.len()), (3, 1, 1));
        assert_eq!(world.users[&guild.owner].global_name.as_deref(), Some("Bo"));
        assert!(world.application_by_token("secret").is_some());
    }

    #[test]
    fn a_world_file_that_refers_to_nothing_is_refused() {
        let file: WorldFile = serde_yaml::from_str("guilds: [{name: G, applications: [Nobody]}]").unwrap();
        assert!(file.apply(&mut World::new(1)).unwrap_err().to_string().contains("Nobody"));
        assert!(serde_yaml::from_str::<WorldFile>("guild: []").is_err());
    }
}
