//! The configuration file `/etc/stockbot/config.yaml`: what the operator writes and the bot reads.
//!
//! Must not hold a secret: Secrets are mounted as files of their own (see [`crate::mounts`]).

use std::{collections::BTreeSet, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    display::DisplaySettings,
    duration::Span,
    ids::Snowflake,
    shop::Shop,
    tuning::{CacheSettings, Features, Limits, Logging, Resilience, Retention},
};

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
pub struct DisplayConfig {
    /// Name of the `StockDisplay`.
    pub name: String,
    /// Its settings.
    #[serde(flatten)]
    pub settings: DisplaySettings,
}

/// Everything a bot needs to know but its Secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
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
    /// Live messages, sorted by name; hot-reloaded.
    #[serde(default)]
    pub displays: Vec<DisplayConfig>,
}

/// Why a configuration file is not usable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {path}: {source}; mount the bot's ConfigMap there or give --config")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Not YAML, or not this shape; the message has line and column.
    #[error("{path} is not a valid configuration: {source}")]
    Parse {
        /// The file.
        path: String,
        /// Where and why.
        source: serde_yaml::Error,
    },
    /// Well-formed but senseless.
    #[error("{path} is not a valid configuration: {problem}")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl Config {
    /// Reads and checks the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
        Self::parse(&text, &shown)
    }

    /// Parses and checks `text`; `path` is only named in errors.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let config: Self = serde_yaml::from_str(text)
            .map_err(|source| ConfigError::Parse { path: path.to_owned(), source })?;
        match config.problem() {
            None => Ok(config),
            Some(problem) => Err(ConfigError::Invalid { path: path.to_owned(), problem }),
        }
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

    /// What only a restart can change: the configuration without everything that a running bot picks up by itself.
    #[must_use]
    pub fn needs_restart(&self) -> Self {
        let mut cold = self.clone();
        cold.displays = Vec::new();
        cold.logging = Logging::default();
        cold.shop.maintenance = crate::shop::Maintenance::default();
        cold
    }

    /// The first thing that is wrong, as a sentence that says what to do. The API server has checked most of it;
    /// this is for files written by hand (`stockbot check-config`).
    fn problem(&self) -> Option<String> {
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
            ("colour: red\n", "unknown field `colour`"),
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

    #[test]
    fn displays_and_maintenance_need_no_restart_but_the_pool_does() {
        let config = Config::parse(SMALLEST, "config.yaml").unwrap();
        let mut hot = config.clone();
        hot.shop.maintenance.enabled = true;
        assert_eq!(config.needs_restart(), hot.needs_restart());
        let mut cold = config.clone();
        cold.database.max_connections = 9;
        assert_ne!(config.needs_restart(), cold.needs_restart());
    }
}
