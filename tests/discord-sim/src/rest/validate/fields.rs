//! Reads the fields of a body that are more than texts: ids, numbers, permission bits, times, yes and no, addresses;
//! and refuses those that the stand-in does not have. A part of `form`.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde_json::Value;

use super::cast;
use super::form::{Form, Object, present};
use crate::id::Id;

impl Form {
    /// An id, if there is one: in a string, or as a number, which Discord takes as well.
    pub fn snowflake(&mut self, object: &Object, key: &str) -> Option<Id> {
        let value = present(object, key)?;
        let id = serde_json::from_value(value.clone()).ok();
        if id.is_none() {
            self.fail_at(key, "NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not snowflake."));
        }
        id
    }

    /// An id that must be there.
    pub fn need_snowflake(&mut self, object: &Object, key: &str) -> Option<Id> {
        self.need(object, key);
        self.snowflake(object, key)
    }

    /// A list of ids, if there is one.
    pub fn snowflakes(
        &mut self,
        object: &Object,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<Vec<Id>> {
        let list = self.list(object, key, length)?;
        let ids: Vec<Id> = list.iter().filter_map(|id| serde_json::from_value(id.clone()).ok()).collect();
        if ids.len() < list.len() {
            self.fail_at(key, "NUMBER_TYPE_COERCE", "Every value must be a snowflake.");
        }
        Some(ids)
    }

    /// A whole number in a range, if there is one. Numbers in strings count, as they do on Discord.
    pub fn integer(&mut self, object: &Object, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = present(object, key)?;
        let Some(number) = cast::whole(value) else {
            self.fail_at(key, "NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not int."));
            return None;
        };
        if number < *range.start() {
            let message = format!("int value should be greater than or equal to {}.", range.start());
            self.fail_at(key, "NUMBER_TYPE_MIN", message);
        } else if number > *range.end() {
            let message = format!("int value should be less than or equal to {}.", range.end());
            self.fail_at(key, "NUMBER_TYPE_MAX", message);
        }
        Some(number)
    }

    /// Permission bits, if there are some.
    pub fn bits(&mut self, object: &Object, key: &str) -> Option<u64> {
        let value = present(object, key)?;
        let bits = cast::bits(value);
        if bits.is_none() {
            self.fail_at(key, "NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not int."));
        }
        bits
    }

    /// A whole number that is one of a few, if there is one.
    pub fn choice(&mut self, object: &Object, key: &str, allowed: &[i64]) -> Option<i64> {
        let number = self.integer(object, key, i64::MIN..=i64::MAX)?;
        if !allowed.contains(&number) {
            let list = allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            self.fail_at(key, "BASE_TYPE_CHOICES", format!("Value must be one of {{{list}}}."));
            return None;
        }
        Some(number)
    }

    /// Yes or no, if it is said.
    pub fn boolean(&mut self, object: &Object, key: &str) -> Option<bool> {
        let value = present(object, key)?;
        let said = cast::truth(value);
        if said.is_none() {
            self.fail_at(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
        said
    }

    /// An address with one of the allowed schemes, if there is one.
    pub fn url<'a>(&mut self, object: &'a Object, key: &str, schemes: &[&str]) -> Option<&'a str> {
        let url = self.text(object, key, 1..=2048)?;
        let fits = |scheme: &str| {
            url.strip_prefix(scheme).is_some_and(|rest| rest.starts_with("://") && rest.len() > 3)
        };
        if !schemes.iter().any(|scheme| fits(scheme)) {
            let message =
                format!("Scheme \"{}\" must be one of {schemes:?}.", url.split(':').next().unwrap_or(""));
            self.fail_at(key, "URL_TYPE_INVALID_SCHEME", message);
        }
        Some(url)
    }

    /// A time, if there is one.
    pub fn time(&mut self, object: &Object, key: &str) -> Option<Timestamp> {
        let time = self.text(object, key, 0..=64)?.parse().ok();
        if time.is_none() {
            self.fail_at(key, "DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.");
        }
        time
    }

    /// Fields that Discord has and the stand-in has not: they are refused and never passed over in silence, unless
    /// they say nothing.
    pub fn unmodelled(&mut self, object: &Object, keys: &[&str]) {
        let says_nothing = |value: &Value| match value {
            Value::Bool(said) => !said,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(object) => object.is_empty(),
            Value::Null => true,
        };
        for key in keys {
            if object.get(*key).is_some_and(|value| !says_nothing(value)) {
                self.fail_at(*key, "STAND_IN_UNSUPPORTED", format!("This stand-in for Discord has no {key}"));
            }
        }
    }
}
