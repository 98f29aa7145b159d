//! Discord ids: numbers on Discord's side, strings of 15 to 20 digits in YAML and JSON, never floats.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the API server checks a [`Snowflake`] against: no twenty digits that overflow 64 bits, or one bad object
/// would break the operator's watch of all.
pub const PATTERN: &str = "^([0-9]{15,19}|1[0-7][0-9]{18})$";
/// What the API server checks a [`MaybeId`] against.
pub const OPTIONAL_PATTERN: &str = "^([0-9]{15,19}|1[0-7][0-9]{18})?$";

/// The id of a Discord object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Snowflake(u64);

/// Not 15 to 20 digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a Discord id; copy the 15 to 20 digits with Copy ID, in quotes")]
pub struct BadId(String);

impl Snowflake {
    /// The id as Discord counts it.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Snowflake {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl FromStr for Snowflake {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let plausible = (15..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let id = text.parse().ok().filter(|_| plausible);
        id.map(Self).ok_or_else(|| BadId(text.to_owned()))
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// An id that may be left empty (`""`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MaybeId(pub Option<Snowflake>);

impl Serialize for MaybeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(id) => id.serialize(serializer),
            None => serializer.serialize_str(""),
        }
    }
}

impl<'de> Deserialize<'de> for MaybeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        text.parse().map(|id| Self(Some(id))).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fifteen_to_twenty_digits_are_an_id() {
        assert_eq!("1100000000000000001".parse::<Snowflake>().unwrap().get(), 1_100_000_000_000_000_001);
        for text in ["", "1", "11000000000000000a1", "110000000000000000000", "99999999999999999999"] {
            assert!(text.parse::<Snowflake>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_empty_string_is_no_id_and_stays_an_empty_string() {
        let none: MaybeId = serde_json::from_str("\"\"").unwrap();
        assert_eq!(none, MaybeId(None));
        assert_eq!(serde_json::to_string(&none).unwrap(), "\"\"");
    }
}
