//! Durations as people write them in YAML: a number and a unit (`500ms`, `55s`, `10m`, `1h`, `90d`).

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the API server checks a [`Span`] against.
pub const PATTERN: &str = "^[0-9]{1,9}(ms|s|m|h|d)$";

/// A non-negative length of time, written as number and unit and shown the way it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    text: String,
    value: Duration,
}

/// Not a number and unit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a duration; write a whole number and one of ms, s, m, h, d, like 500ms or 55s")]
pub struct BadSpan(String);

impl Span {
    /// The length of time.
    #[must_use]
    pub fn get(&self) -> Duration {
        self.value
    }

    /// A whole number of seconds.
    #[must_use]
    pub fn seconds(seconds: u32) -> Self {
        Self { text: format!("{seconds}s"), value: Duration::from_secs(u64::from(seconds)) }
    }

    /// A whole number of days.
    #[must_use]
    pub fn days(days: u32) -> Self {
        Self { text: format!("{days}d"), value: Duration::from_secs(u64::from(days) * 86_400) }
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let bad = || BadSpan(text.to_owned());
        let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let (digits, unit) = text.split_at(unit_at);
        // Nine digits, as in PATTERN: no unit can then overflow.
        let number: u64 =
            Some(digits).filter(|d| d.len() <= 9).and_then(|d| d.parse().ok()).ok_or_else(bad)?;
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(bad()),
        };
        Ok(Self { text: text.to_owned(), value: Duration::from_millis(number * millis) })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_understood_and_written_back_as_given() {
        for (text, millis) in
            [("500ms", 500), ("55s", 55_000), ("10m", 600_000), ("1h", 3_600_000), ("90d", 7_776_000_000)]
        {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.get(), Duration::from_millis(millis));
            assert_eq!(span.to_string(), text);
        }
    }

    #[test]
    fn what_the_schema_refuses_is_refused_here_too() {
        for text in ["", "5", "s", "-5s", "1.5s", "5 s", "5w", "10000000000d", "5S"] {
            assert!(text.parse::<Span>().is_err(), "{text:?}");
        }
    }
}
