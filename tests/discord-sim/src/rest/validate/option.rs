//! Rules for the options of slash commands: 25 of them, required ones first, sub-commands two levels deep, 25
//! choices.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{Form, Object, present};
use super::names::{localized, name, valid_name};
use super::select;

const SUB_COMMAND: i64 = 1;
const SUB_GROUP: i64 = 2;
const STRING: i64 = 3;
const INTEGER: i64 = 4;
const CHANNEL: i64 = 7;
const NUMBER: i64 = 10;

/// Where options stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Top,
    Group,
    SubCommand,
}

/// Checks the options of a command.
pub fn check(form: &mut Form, list: &[Value]) {
    level(form, list, Depth::Top);
}

fn level(form: &mut Form, list: &[Value], depth: Depth) {
    let mut names = HashSet::new();
    let mut optional_before = false;
    let nests = |item: &Value| matches!(item["type"].as_i64(), Some(SUB_COMMAND | SUB_GROUP));
    if list.iter().any(nests) && !list.iter().all(nests) {
        let message = "Sub-command and sub-command group option types are mutually exclusive to other types";
        form.fail_at("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    form.each("options", list, |form, option| {
        one(form, option, depth);
        let own = present(option, "name").and_then(Value::as_str).unwrap_or_default();
        if !own.is_empty() && !names.insert(own.to_owned()) {
            let message = "Option names must be unique";
            form.fail_at("name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", message);
        }
        let required = option.get("required") == Some(&Value::Bool(true));
        if required && optional_before {
            let message = "Required options must be placed before non-required options";
            form.fail_at("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_before |= !required;
    });
}

fn one(form: &mut Form, option: &Object, depth: Depth) {
    form.need(option, "type");
    let kind = form.integer(option, "type", 1..=11).unwrap_or(STRING);
    name(form, option);
    form.need_text(option, "description", 1..=100);
    localized(form, option, "name_localizations", 32, valid_name);
    localized(form, option, "description_localizations", 100, |_| true);
    form.boolean(option, "required");
    choices(form, option, kind);
    nested(form, option, kind, depth);
    limits(form, option, kind);
}

/// Lengths of texts and ranges of numbers: lower limits are not above upper ones.
fn limits(form: &mut Form, option: &Object, kind: i64) {
    if kind == STRING {
        let min = form.integer(option, "min_length", 0..=6000);
        let max = form.integer(option, "max_length", 1..=6000);
        ordered(form, "min_length", min.zip(max).is_none_or(|(min, max)| min <= max));
    }
    if kind == INTEGER || kind == NUMBER {
        let [min, max] = ["min_value", "max_value"].map(|key| {
            let limit = present(option, key)?;
            if !number_fits(limit, kind) {
                form.fail_at(key, "NUMBER_TYPE_COERCE", "The limit does not fit the option's type");
            }
            limit.as_f64()
        });
        ordered(form, "min_value", min.zip(max).is_none_or(|(min, max)| min <= max));
    }
    if kind == CHANNEL {
        select::channel_types(form, option);
    }
}

/// Whole where it has to be, and not beyond 2^53, where numbers are not exact everywhere.
fn number_fits(number: &Value, kind: i64) -> bool {
    let whole = kind != INTEGER || number.is_i64();
    whole && number.as_f64().is_some_and(|number| number.abs() <= 9_007_199_254_740_992.0)
}

fn ordered(form: &mut Form, key: &str, in_order: bool) {
    if !in_order {
        let message = "The lower limit is above the upper one";
        form.fail_at(key, "APPLICATION_COMMAND_OPTIONS_LIMITS_INVALID", message);
    }
}

/// Sub-commands stand at the top or in a group at the top; values stand anywhere but directly in a group.
fn nested(form: &mut Form, option: &Object, kind: i64, depth: Depth) {
    let below = match (kind, depth) {
        (SUB_GROUP, Depth::Top) => Depth::Group,
        (SUB_COMMAND, Depth::Top | Depth::Group) => Depth::SubCommand,
        (SUB_COMMAND | SUB_GROUP, _) => {
            let message = "Sub-commands cannot be nested this deep";
            return form.fail_at("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
        }
        (_, Depth::Group) => {
            let message = "A group holds sub-commands only";
            return form.fail_at("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
        }
        // Client libraries send an empty list for every option; Discord takes it.
        _ if option.get("options").and_then(Value::as_array).is_some_and(Vec::is_empty) => return,
        _ => return form.forbid(option, "options", "Only sub-commands have options"),
    };
    if let Some(list) = form.list(option, "options", 0..=25) {
        level(form, list, below);
    }
}

fn choices(form: &mut Form, option: &Object, kind: i64) {
    let autocomplete = form.boolean(option, "autocomplete").unwrap_or(false);
    let choosable = matches!(kind, STRING | INTEGER | NUMBER);
    if autocomplete && !choosable {
        let message = "Only string, integer and number options can be completed";
        form.fail_at("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", message);
    }
    let Some(list) = form.list(option, "choices", 0..=25) else { return };
    if list.is_empty() {
        return;
    }
    if !choosable || autocomplete {
        let message = "Choices are only for string, integer and number options without autocomplete";
        return form.fail_at("choices", "APPLICATION_COMMAND_CHOICES_INVALID", message);
    }
    choice_list(form, list, Some(kind));
}

/// Checks a list of choices, of a command's option or of an autocomplete answer, in the option's type.
pub fn choice_list(form: &mut Form, list: &[Value], kind: Option<i64>) {
    form.each("choices", list, |form, choice| {
        form.need_text(choice, "name", 1..=100);
        localized(form, choice, "name_localizations", 100, |_| true);
        let Some(value) = present(choice, "value") else { return form.missing("value") };
        let fits = match kind {
            Some(STRING) => value.is_string(),
            Some(kind) => number_fits(value, kind),
            None => value.is_string() || value.is_number(),
        };
        if !fits {
            form.fail_at("value", "BASE_TYPE_CHOICES", "The value does not fit the option's type");
        }
        if let Some(text) = value.as_str() {
            form.length("value", text.chars().count(), 1..=100);
        }
    });
}
