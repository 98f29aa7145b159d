//! Collects the errors of a body under the paths of their fields, and reads texts, lists and objects; `fields` reads
//! numbers, ids and the like.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use crate::rest::error::ApiError;

/// An object of the body.
pub type Object = Map<String, Value>;

/// A body being checked.
#[derive(Debug, Default)]
pub struct Form {
    path: Vec<String>,
    errors: Object,
}

impl Form {
    /// Nothing found wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The refusal, if anything was wrong.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let mut error = ApiError::bad_request(50_035, "Invalid Form Body");
        error.errors = Some(Value::Object(self.errors));
        Err(error)
    }

    /// Checks something one step deeper in the path.
    pub fn within<T>(&mut self, key: impl Display, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key.to_string());
        let result = check(self);
        self.path.pop();
        result
    }

    /// The field at the present path is wrong.
    pub fn fail(&mut self, code: &str, message: impl Into<String>) {
        let mut place = &mut self.errors;
        for key in &self.path {
            let next = place.entry(key.clone()).or_insert_with(|| json!({}));
            if !next.is_object() {
                *next = json!({});
            }
            let Value::Object(inner) = next else { return };
            place = inner;
        }
        let list = place.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({ "code": code, "message": message.into() }));
        }
    }

    /// The field `key` here is wrong.
    pub fn fail_at(&mut self, key: impl Display, code: &str, message: impl Into<String>) {
        self.within(key, |form| form.fail(code, message));
    }

    /// A field that must be there is not.
    pub fn missing(&mut self, key: &str) {
        self.fail_at(key, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A field that must not be there is. An empty list says nothing and passes.
    pub fn forbid(&mut self, object: &Object, key: &str, message: &str) {
        if present(object, key).is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty())) {
            self.fail_at(key, "BASE_TYPE_FORBIDDEN", message);
        }
    }

    /// A text of so many characters, if there is one.
    pub fn text<'a>(
        &mut self,
        object: &'a Object,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        let value = present(object, key)?;
        let Some(text) = value.as_str() else {
            self.fail_at(key, "STRING_TYPE_CONVERT", "Could not interpret value as string.");
            return None;
        };
        self.length(key, text.chars().count(), length);
        Some(text)
    }

    /// Notes what is not there but must be.
    pub fn need(&mut self, object: &Object, key: &str) {
        if present(object, key).is_none() {
            self.missing(key);
        }
    }

    /// A text that must be there. An empty one counts as missing, as on Discord.
    pub fn need_text<'a>(
        &mut self,
        object: &'a Object,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        let empty = *length.start() > 0 && present(object, key).is_some_and(|value| value == "");
        if empty || present(object, key).is_none() {
            self.missing(key);
            return None;
        }
        self.text(object, key, length)
    }

    /// Complains about a length outside of its range.
    pub fn length(&mut self, key: &str, found: usize, allowed: RangeInclusive<usize>) {
        let (min, max) = (*allowed.start(), *allowed.end());
        if allowed.contains(&found) {
            return;
        }
        if min == 0 {
            self.fail_at(key, "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
        } else {
            self.fail_at(key, "BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
        }
    }

    /// A list with so many items, if there is one.
    pub fn list<'a>(
        &mut self,
        object: &'a Object,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a [Value]> {
        let value = present(object, key)?;
        let Some(list) = value.as_array() else {
            self.fail_at(key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.");
            return None;
        };
        self.length(key, list.len(), length);
        Some(list)
    }

    /// An object, if there is one.
    pub fn object<'a>(&mut self, object: &'a Object, key: &str) -> Option<&'a Object> {
        let value = present(object, key)?;
        if !value.is_object() {
            self.fail_at(key, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType.");
        }
        value.as_object()
    }

    /// An object that must be there.
    pub fn need_object<'a>(&mut self, object: &'a Object, key: &str) -> Option<&'a Object> {
        self.need(object, key);
        self.object(object, key)
    }

    /// A list that must be there.
    pub fn need_list<'a>(
        &mut self,
        object: &'a Object,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'a [Value]> {
        self.need(object, key);
        self.list(object, key, length)
    }

    /// Runs a check on every item of a list that is an object.
    pub fn each(&mut self, key: &str, list: &[Value], mut check: impl FnMut(&mut Self, &Object)) {
        self.within(key, |form| {
            for (index, item) in list.iter().enumerate() {
                form.within(index, |form| match item {
                    Value::Object(object) => check(form, object),
                    _ => form.fail("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType."),
                });
            }
        });
    }
}

/// A field that is there and not null.
#[must_use]
pub fn present<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_nested_under_the_path_of_their_field() {
        let mut form = Form::new();
        form.within("embeds", |form| {
            form.within(0, |form| {
                form.fail_at("title", "BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length.");
            });
        });
        let error = form.finish().unwrap_err();
        assert_eq!(error.code, 50_035);
        assert_eq!(
            error.errors.unwrap()["embeds"]["0"]["title"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
    }
}
