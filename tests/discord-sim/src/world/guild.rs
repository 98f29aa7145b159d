//! Guilds with their roles and members, and the objects clients get of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::user::User;
use crate::id::Id;
use crate::time::iso;

/// A guild ("server").
#[derive(Clone, Debug)]
pub struct Guild {
    /// Its id, which is also that of its `@everyone` role.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// Who owns it: a person made with the guild.
    pub owner: Id,
    /// The language interactions carry as `guild_locale`.
    pub locale: String,
    /// Roles by id.
    pub roles: BTreeMap<Id, Role>,
    /// Members by user id.
    pub members: BTreeMap<Id, Member>,
    /// Its channels in the order they were made.
    pub channels: Vec<Id>,
    /// The applications whose bot is in it.
    pub applications: Vec<Id>,
}

/// A role.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its permission bits.
    pub permissions: u64,
    /// Higher stands above lower; `@everyone` is 0.
    pub position: u64,
    /// `0xRRGGBB`, 0 for none.
    pub color: i64,
    /// Its members stand apart in the list of members.
    pub hoist: bool,
    /// Everyone may mention it.
    pub mentionable: bool,
    /// The bot user it was made for; such a role cannot be given away.
    pub bot: Option<Id>,
}

/// Someone's membership of a guild.
#[derive(Clone, Debug)]
pub struct Member {
    /// Whose.
    pub user: Id,
    /// The name in this guild only.
    pub nick: Option<String>,
    /// Roles but `@everyone`.
    pub roles: Vec<Id>,
    /// Since when.
    pub joined: Timestamp,
    /// Until when it may only read.
    pub timeout: Option<Timestamp>,
}

impl Role {
    /// The role object.
    #[must_use]
    pub fn json(&self) -> Value {
        let tags = self.bot.map(|bot| json!({ "bot_id": bot }));
        let mut role = json!({
            "id": self.id,
            "name": self.name,
            "description": null,
            "color": self.color,
            "colors": { "primary_color": self.color, "secondary_color": null, "tertiary_color": null },
            "hoist": self.hoist,
            "icon": null,
            "unicode_emoji": null,
            "position": self.position,
            "permissions": self.permissions.to_string(),
            "managed": self.bot.is_some(),
            "mentionable": self.mentionable,
            "flags": 0,
        });
        if let Some(tags) = tags {
            role["tags"] = tags;
        }
        role
    }
}

impl Member {
    /// Whether it may only read now.
    #[must_use]
    pub fn is_timed_out(&self) -> bool {
        self.timeout.is_some_and(|until| until > Timestamp::now())
    }

    /// The member object without its `user`, as `MESSAGE_CREATE` carries it.
    #[must_use]
    pub fn partial_json(&self) -> Value {
        json!({
            "nick": self.nick,
            "avatar": null,
            "banner": null,
            "avatar_decoration_data": null,
            "roles": self.roles,
            "joined_at": iso(self.joined),
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "communication_disabled_until": self.timeout.map(iso),
            "unusual_dm_activity_until": null,
        })
    }

    /// The whole member object.
    #[must_use]
    pub fn json(&self, user: &User) -> Value {
        let mut member = self.partial_json();
        member["user"] = user.json();
        member
    }
}

impl Guild {
    /// The guild object of `GET /guilds/{id}`.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "icon": null,
            "description": null,
            "home_header": null,
            "splash": null,
            "discovery_splash": null,
            "features": [],
            "banner": null,
            "owner_id": self.owner,
            "application_id": null,
            "region": "deprecated",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 0,
            "roles": self.roles.values().map(Role::json).collect::<Vec<_>>(),
            "emojis": [],
            "stickers": [],
            "default_message_notifications": 1,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": null,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": self.locale,
            "rules_channel_id": null,
            "safety_alerts_channel_id": null,
            "public_updates_channel_id": null,
            "premium_progress_bar_enabled": false,
            "nsfw": false,
            "nsfw_level": 0,
            "incidents_data": null,
        })
    }

    /// The counts of `with_counts`: everyone counts as present.
    pub fn add_counts(&self, object: &mut Value) {
        object["approximate_member_count"] = json!(self.members.len());
        object["approximate_presence_count"] = json!(self.members.len());
    }

    /// Puts a role at the bottom, just above `@everyone`, and moves the others up, as Discord does.
    pub fn insert_role(&mut self, role: Role) {
        for other in self.roles.values_mut().filter(|other| other.position >= 1) {
            other.position += 1;
        }
        self.roles.insert(role.id, Role { position: 1, ..role });
    }
}
