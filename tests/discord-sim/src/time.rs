//! Times as Discord writes them and durations as people write them (`5s`, `2h`). Holds no clock of its own.

use std::time::Duration;

use jiff::Timestamp;

/// `2026-01-01T00:00:00.000000+00:00`, the only form every client library accepts.
#[must_use]
pub fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}

/// Whole milliseconds.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The longest time anybody may ask for, far from what clocks cannot count: a century.
const LONGEST: Duration = Duration::from_hours(24 * 36_525);

/// A number of seconds, if it is a time one can wait for.
fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok().filter(|time| *time <= LONGEST)
}

/// Reads `250ms`, `5s`, `2m`, `1h`, `1d`, or a bare number of seconds (`1.5`).
pub fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(complaint(text)),
    };
    let number: f64 = digits.parse().map_err(|_| complaint(text))?;
    seconds(number * factor).ok_or_else(|| complaint(text))
}

fn complaint(text: &str) -> String {
    let text: String = text.chars().take(40).collect();
    format!("'{text}' is not a duration of up to 100 years: write it like 250ms, 5s, 2m, 1h or 1d")
}

/// Serde for a duration written as text or as a number of seconds.
pub mod text {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Seconds(f64),
        Text(String),
    }

    /// Reads a duration.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        match Written::deserialize(from)? {
            Written::Seconds(number) => {
                super::seconds(number).ok_or_else(|| D::Error::custom(super::complaint(&number.to_string())))
            }
            Written::Text(text) => super::duration(&text).map_err(D::Error::custom),
        }
    }

    /// The same for a field that may be missing.
    pub mod option {
        use std::time::Duration;

        use serde::{Deserialize, Deserializer};

        #[derive(Deserialize)]
        struct Wrapped(#[serde(deserialize_with = "super::deserialize")] Duration);

        /// Reads a duration, if there is one.
        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
            Ok(Option::<Wrapped>::deserialize(from)?.map(|wrapped| wrapped.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_microseconds_and_a_numeric_offset() {
        assert_eq!(iso(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000000+00:00");
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        for bad in ["", "s", "-1s", "5 parsecs", "1e400", "1e10s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
