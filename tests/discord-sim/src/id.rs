//! Snowflakes: the 64-bit ids of everything on Discord, and the generator that hands them out.
//!
//! On the wire an id is a decimal string. An id carries the millisecond it was made in (bits 22 and up,
//! counted from the first second of 2015), which shard routing depends on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The first second of 2015 in Unix milliseconds: the epoch of every snowflake (Discord's reference, "Snowflakes").
pub const EPOCH_MS: u64 = 1_420_070_400_000;

/// One snowflake. Written as a decimal string, read from a string or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u64);

impl Id {
    /// The Unix millisecond this id was made in.
    #[must_use]
    pub fn unix_ms(self) -> u64 {
        (self.0 >> 22) + EPOCH_MS
    }

    /// The shard that carries this guild's events: `(guild_id >> 22) % shards`.
    #[must_use]
    pub fn shard(self, shards: u64) -> u64 {
        (self.0 >> 22) % shards.max(1)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no snowflake.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not a snowflake: give a decimal number")]
pub struct NotAnId(String);

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits => Ok(Self(number)),
            _ => Err(NotAnId(text.chars().take(40).collect())),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl de::Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snowflake as a decimal string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number))
    }
}

/// Hands out ids that only ever grow, so that they sort by time like Discord's.
#[derive(Debug, Default)]
pub struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    /// A new id of the present millisecond, larger than every earlier one.
    pub fn make(&mut self) -> Id {
        let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(EPOCH_MS);
        self.last = (now.saturating_sub(EPOCH_MS) << 22).max(self.last + 1);
        Id(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_carry_their_time() {
        let mut ids = Snowflakes::default();
        let (first, second) = (ids.make(), ids.make());
        assert!(first < second);
        let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap();
        assert!(now - first.unix_ms() < 5_000);
    }

    #[test]
    fn ids_travel_as_strings_and_refuse_anything_else() {
        assert_eq!(serde_json::to_string(&Id(7)).unwrap(), "\"7\"");
        assert_eq!(serde_json::from_str::<Id>("\"7\"").unwrap(), Id(7));
        assert_eq!(serde_json::from_str::<Id>("7").unwrap(), Id(7));
        assert_eq!("0".parse::<Id>().unwrap(), Id(0), "where paging starts");
        for bad in ["\"\"", "\"-1\"", "\"+1\"", "\"x\"", "null", "\"99999999999999999999\""] {
            assert!(serde_json::from_str::<Id>(bad).is_err(), "{bad}");
        }
    }
}
