//! The guild's command registry.

use reqwest::Method;
use serde_json::Value;

use super::{Call, Rest, RestError};

impl Rest {
    /// All commands of the application in a guild, with their translations.
    pub async fn commands(&self, application: u64, guild: u64) -> Result<Value, RestError> {
        let path = format!("/applications/{application}/guilds/{guild}/commands?with_localizations=true");
        self.send(Call::new(Method::GET, path)).await
    }

    /// Replaces all commands of the application in a guild. Discord allows 200 creates a day and guild: call it only on a change.
    pub async fn put_commands(&self, application: u64, guild: u64, commands: Value) -> Result<(), RestError> {
        let path = format!("/applications/{application}/guilds/{guild}/commands");
        self.send(Call::new(Method::PUT, path).body(commands)).await.map(drop)
    }
}
