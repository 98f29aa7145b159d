//! Reading a configuration file of this contract, an earlier or a later one: operator and bots are of different releases while
//! either is being replaced.
//!
//! What this version does not know is left out and named: the bot runs on and reports it, `stockbot check-config` refuses it.
//! In a file of its own contract or an earlier one, a value that it does not understand is a mistake; in a later one it is news.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path as Place, Segment};
use serde_yaml::Value;

use crate::{
    display::DisplaySettings,
    file::{CONTRACT, Config, DisplayConfig},
};

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
    /// Has settings that would have no effect.
    #[error("{path} has settings that this version does not know: {}; correct or remove them", .fields.join(", "))]
    Unknown {
        /// The file.
        path: String,
        /// Where they are, like `shop.colour`.
        fields: Vec<String>,
    },
}

/// A configuration file as this version understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// What is understood.
    pub config: Config,
    /// What is not, and so has no effect: paths like `shop.colour`.
    pub unknown: Vec<String>,
}

impl ConfigFile {
    /// Reads and checks the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
        Self::parse(&text, &shown)
    }

    /// Parses and checks `text`; `path` is only named in errors.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let file = read(text).map_err(|source| ConfigError::Parse { path: path.to_owned(), source })?;
        match file.config.problem() {
            None => Ok(file),
            Some(problem) => Err(ConfigError::Invalid { path: path.to_owned(), problem }),
        }
    }

    /// The configuration, if all of the file is understood.
    pub fn known(self, path: &Path) -> Result<Config, ConfigError> {
        if self.unknown.is_empty() {
            return Ok(self.config);
        }
        Err(ConfigError::Unknown { path: path.display().to_string(), fields: self.unknown })
    }
}

fn read(text: &str) -> Result<ConfigFile, serde_yaml::Error> {
    let mut document: Value = serde_yaml::from_str(text)?;
    let mut unknown = Vec::new();
    let config = match serde_yaml::from_str(text) {
        Ok(config) => config,
        Err(_) if is_later(&document) => without_news(&mut document, &mut unknown)?,
        Err(error) => return Err(error),
    };
    missing(&document, &serde_yaml::to_value(&config)?, "", &mut unknown);
    Ok(ConfigFile { config, unknown })
}

fn is_later(document: &Value) -> bool {
    document.get("contract").and_then(Value::as_i64).is_some_and(|contract| contract > i64::from(CONTRACT))
}

/// The configuration without the values that it cannot be read with; removes them from `document` and names them in `removed`.
fn without_news(document: &mut Value, removed: &mut Vec<String>) -> Result<Config, serde_yaml::Error> {
    // One by one, since a place inside a flattened struct cannot be told.
    let mut listed = document.get_mut("displays").map(std::mem::take).unwrap_or_default();
    let mut config: Config = understood(document, "", removed)?;
    for display in listed.as_sequence_mut().into_iter().flatten() {
        let name = display.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let settings: DisplaySettings = understood(display, &format!("displays.{name}."), removed)?;
        let settings_hash = display.get("settingsHash").and_then(Value::as_str).unwrap_or_default();
        config.displays.push(DisplayConfig { name, settings_hash: settings_hash.to_owned(), settings });
    }
    if let Some(displays) = document.get_mut("displays") {
        *displays = listed;
    }
    Ok(config)
}

/// Reads `document`, removing what stands in the way, as long as that helps.
fn understood<T: DeserializeOwned>(
    document: &mut Value,
    at: &str,
    removed: &mut Vec<String>,
) -> Result<T, serde_yaml::Error> {
    let mut first = None;
    loop {
        let error = match serde_path_to_error::deserialize(document.clone()) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let place = error.path().clone();
        let error = first.get_or_insert_with(|| error.into_inner());
        if !remove(document, &place) {
            return Err(std::mem::replace(error, serde::de::Error::custom("")));
        }
        removed.push(format!("{at}{place}"));
    }
}

/// Removes what stands at `place`; false if nothing does.
fn remove(document: &mut Value, place: &Place) -> bool {
    let segments: Vec<&Segment> = place.iter().collect();
    let Some((last, parents)) = segments.split_last() else { return false };
    let parent = parents.iter().try_fold(document, |value, segment| match segment {
        Segment::Map { key } => value.get_mut(key.as_str()),
        Segment::Seq { index } => value.get_mut(*index),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    match (parent, last) {
        (Some(Value::Mapping(entries)), Segment::Map { key }) => entries.remove(key.as_str()).is_some(),
        (Some(Value::Sequence(items)), Segment::Seq { index }) if *index < items.len() => {
            items.remove(*index);
            true
        }
        _ => false,
    }
}

/// Names what is in `given` but not in `kept`, which is what was read of it.
fn missing(given: &Value, kept: &Value, at: &str, found: &mut Vec<String>) {
    match (given, kept) {
        (Value::Mapping(given), Value::Mapping(kept)) => {
            for (key, value) in given {
                let name = key.as_str().unwrap_or("?");
                let place = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
                match kept.get(key) {
                    Some(kept) => missing(value, kept, &place, found),
                    None if value.is_null() => {}
                    None => found.push(place),
                }
            }
        }
        (Value::Sequence(given), Value::Sequence(kept)) => {
            for (index, (given, kept)) in given.iter().zip(kept).enumerate() {
                missing(given, kept, &format!("{at}[{index}]"), found);
            }
        }
        _ => {}
    }
}
