//! The configuration file `/etc/stockbot/config.yaml`: what the operator writes and the bot reads.
//!
//! Must not hold a secret: Secrets are mounted as files of their own (see [`crate::mounts`]).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    display::DisplaySettings,
    duration::Span,
    fingerprint::fingerprint,
    ids::Snowflake,
    reading::{ConfigError, ConfigFile},
    shop::Shop,
    tuning::{CacheSettings, Features, Limits, Logging, Resilience, Retention},
};

/// Version of the contract that this release writes and understands. It grows with every field or value that is added; none
/// ever changes its meaning.
pub const CONTRACT: i32 = 2;

/// How the bot talks to Postgres.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DatabaseSettings {
    /// The URL is a transaction pooler: no session state is used.
    pub pooled: bool,
    /// Size of the pool, 2 to 50.
    pub max_connections: i32,
    /// Longest time of one statement.
    pub statement_timeout: Span,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self { pooled: false, max_connections: 8, statement_timeout: Span::seconds(5) }
    }
}

/// How the bot talks to Discord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DiscordSettings {
    /// Base URL of the REST API; the gateway's URL comes from it.
    pub api_url: String,
    /// Number of shards; 0 = what Discord recommends.
    pub shards: i32,
    /// Session starts per day that rollouts and restarts never use.
    pub identify_reserve: i32,
}

impl Default for DiscordSettings {
    fn default() -> Self {
        Self { api_url: "https://discord.com/api/v10".into(), shards: 0, identify_reserve: 50 }
    }
}

/// One display of this bot: the name of its `StockDisplay` and the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisplayConfig {
    /// Name of the `StockDisplay`.
    pub name: String,
    /// Fingerprint of the settings as the writer of the file knows them. The bot only returns it in `/status`: were both sides
    /// to compute it, two releases would never agree.
    #[serde(default)]
    pub settings_hash: String,
    /// Its settings.
    #[serde(flatten)]
    pub settings: DisplaySettings,
}

impl DisplayConfig {
    /// A display with the fingerprint of its settings.
    #[must_use]
    pub fn new(name: String, settings: DisplaySettings) -> Self {
        Self { name, settings_hash: fingerprint(&settings), settings }
    }
}

/// Everything a bot needs to know but its Secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Version of this contract that the file was written for, see [`CONTRACT`].
    #[serde(default = "Config::own_contract")]
    pub contract: i32,
    /// Name of the `DiscordBot`.
    pub bot: String,
    /// Its namespace; part of the shop's key.
    pub namespace: String,
    /// The Discord server.
    pub guild_id: Snowflake,
    /// Postgres.
    #[serde(default)]
    pub database: DatabaseSettings,
    /// Discord.
    #[serde(default)]
    pub discord: DiscordSettings,
    /// The shop; its name is always set here.
    pub shop: Shop,
    /// Rate limits.
    #[serde(default)]
    pub limits: Limits,
    /// Retry, breaker, workers.
    #[serde(default)]
    pub resilience: Resilience,
    /// Read-through cache.
    #[serde(default)]
    pub cache: CacheSettings,
    /// Switches.
    #[serde(default)]
    pub features: Features,
    /// How long logs are kept.
    #[serde(default)]
    pub retention: Retention,
    /// Logging; hot-reloaded.
    #[serde(default)]
    pub logging: Logging,
    /// What the kubelet gives the pod between SIGTERM and SIGKILL. The usual value is not written, so that files of the contract
    /// before look the same.
    #[serde(default = "Config::usual_grace_period", skip_serializing_if = "Config::is_usual_grace_period")]
    pub termination_grace_period_seconds: i64,
    /// Live messages, sorted by name; hot-reloaded.
    #[serde(default)]
    pub displays: Vec<DisplayConfig>,
}

impl Config {
    fn own_contract() -> i32 {
        CONTRACT
    }

    fn usual_grace_period() -> i64 {
        30
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_usual_grace_period(seconds: &i64) -> bool {
        *seconds == Self::usual_grace_period()
    }

    /// Parses and checks `text`, whatever else it holds; `path` is only named in errors.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        ConfigFile::parse(text, path).map(|file| file.config)
    }

    /// The file's text.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::Error> {
        serde_yaml::to_string(self)
    }

    /// Name of the shop: the one given, else the bot's own.
    #[must_use]
    pub fn shop_name(&self) -> &str {
        self.shop.name.as_deref().unwrap_or(&self.bot)
    }

    /// The first thing that is wrong, as a sentence that says what to do. The API server has checked most of it;
    /// this is for files written by hand (`stockbot check-config`).
    pub(crate) fn problem(&self) -> Option<String> {
        let coins = &self.shop.currency.denominations;
        if coins.first().is_none_or(|coin| coin.value != 1) {
            return Some("the first denomination of shop.currency must have value 1".into());
        }
        if !coins.windows(2).all(|pair| pair[0].value < pair[1].value) {
            return Some(
                "shop.currency.denominations must be ordered from the smallest to the largest value".into(),
            );
        }
        if !(2..=50).contains(&self.database.max_connections) {
            return Some("database.maxConnections must be from 2 to 50".into());
        }
        if !self.discord.api_url.starts_with("http://") && !self.discord.api_url.starts_with("https://") {
            return Some("discord.apiUrl must start with https:// or http://".into());
        }
        let mut channels = BTreeSet::new();
        let twice = self.displays.iter().find(|display| !channels.insert(display.settings.channel_id))?;
        Some(format!(
            "display {} names channel {}, which another display has; give it its own",
            twice.name, twice.settings.channel_id
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = "bot: growshop\nnamespace: shops\nguildId: \"1100000000000000001\"\nshop: {}\n";

    #[test]
    fn the_smallest_file_gets_the_documented_defaults() {
        let config = Config::parse(SMALLEST, "config.yaml").unwrap();
        assert_eq!(config.shop_name(), "growshop");
        assert_eq!(config.database.max_connections, 8);
        assert_eq!(config.discord.identify_reserve, 50);
        assert_eq!(config.shop.currency.denominations[2].value, 10_000);
        assert_eq!(config.limits.user.count, 3);
    }

    #[test]
    fn a_file_survives_being_written_and_read_again() {
        let text = format!("{SMALLEST}displays: [{{name: main, channelId: \"1100000000000000010\"}}]\n");
        let config = Config::parse(&text, "config.yaml").unwrap();
        assert_eq!(Config::parse(&config.to_yaml().unwrap(), "again").unwrap(), config);
        assert_eq!(config.displays[0].settings.buttons.len(), 5);
    }

    #[test]
    fn errors_name_the_file_and_what_to_do() {
        for (extra, part) in [
            ("database: {maxConnections: 1}\n", "from 2 to 50"),
            ("discord: {apiUrl: discord.com}\n", "must start with https://"),
            (
                "displays: [{name: a, channelId: \"1100000000000000010\"}, {name: b, channelId: \"1100000000000000010\"}]\n",
                "display b names channel",
            ),
            ("retention: {auditLogs: 5 years}\n", "is not a duration"),
        ] {
            let error = Config::parse(&format!("{SMALLEST}{extra}"), "config.yaml").unwrap_err().to_string();
            assert!(error.contains("config.yaml") && error.contains(part), "{error}");
        }
    }
}
