//! What was given with a command, by name and type.

use std::collections::BTreeMap;

use super::request::OptionValue;

/// The options of a command, by name.
pub struct Options<'a>(&'a BTreeMap<String, OptionValue>);

impl<'a> Options<'a> {
    /// Wraps what Discord sent.
    pub fn new(options: &'a BTreeMap<String, OptionValue>) -> Self {
        Self(options)
    }

    /// The value of an option, if given.
    pub fn get(&self, name: &str) -> Option<&'a OptionValue> {
        self.0.get(name)
    }

    /// A text, without spaces around it; empty if not given.
    pub fn text(&self, name: &str) -> &'a str {
        match self.0.get(name) {
            Some(OptionValue::Text(text)) => text.trim(),
            _ => "",
        }
    }

    /// A number, if given.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(OptionValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Yes or no, if given.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name) {
            Some(OptionValue::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// A text that was given; `-` is the empty one.
    pub fn changed(&self, name: &str) -> Option<String> {
        let text = self.text(name);
        (!text.is_empty()).then(|| if text == "-" { String::new() } else { text.to_owned() })
    }
}
