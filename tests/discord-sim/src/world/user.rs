//! People and bot users.

use serde_json::{Value, json};

use crate::id::Id;

/// A person or the user of a bot.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id; a bot user's is that of its application.
    pub id: Id,
    /// The unique lower-case name.
    pub username: String,
    /// The name people see.
    pub global_name: Option<String>,
    /// Whether it belongs to an application.
    pub bot: bool,
    /// The language of its client, which interactions carry.
    pub locale: String,
    /// Whether bots may write to it.
    pub dms_open: bool,
}

impl User {
    /// The name people see.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.global_name.as_deref().unwrap_or(&self.username)
    }

    /// The user object everyone may see.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "username": self.username,
            "global_name": self.global_name,
            "discriminator": "0",
            "avatar": null,
            "avatar_decoration_data": null,
            "collectibles": null,
            "primary_guild": null,
            "banner": null,
            "accent_color": null,
            "bot": self.bot,
            "system": false,
            "public_flags": 0,
            "flags": 0,
        })
    }

    /// The user object a bot gets of itself (`/users/@me`, READY).
    #[must_use]
    pub fn own_json(&self) -> Value {
        let mut user = self.json();
        user["mfa_enabled"] = json!(true);
        user["verified"] = json!(true);
        user["email"] = Value::Null;
        user["locale"] = json!(self.locale);
        user
    }
}
