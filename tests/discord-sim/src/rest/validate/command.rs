//! Rules for application commands: lower-case names of 1 to 32 letters, 25 options, 25 choices, sub-commands
//! two levels deep, required options first, 8000 characters in all.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{Form, Object, present};

const SUB_COMMAND: i64 = 1;
const SUB_GROUP: i64 = 2;

/// Where options stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Top,
    Group,
    SubCommand,
}

/// Checks one command; on an edit nothing is required.
pub fn check(form: &mut Form, command: &Object, edit: bool) {
    let kind = form.integer(command, "type", 1..=4).unwrap_or(1);
    if present(command, "name").is_none() && !edit {
        form.missing("name");
    }
    if kind == 1 {
        name(form, command);
        if present(command, "description").is_none() && !edit {
            form.missing("description");
        }
        form.text(command, "description", 1..=100);
    } else {
        form.text(command, "name", 1..=32);
        if present(command, "description").is_some_and(|text| text != "") {
            form.fail_at(
                "description",
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET",
                "Context menu commands cannot have description",
            );
        }
        form.forbid(command, "options", "Context menu commands cannot have options");
    }
    localizations(form, command);
    permissions(form, command);
    if let Some(list) = form.list(command, "options", 0..=25) {
        options(form, list, Depth::Top);
    }
    if size(command) > 8000 {
        form.fail("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
    }
}

fn name(form: &mut Form, object: &Object) {
    let Some(name) = form.text(object, "name", 1..=32) else { return };
    if !valid_name(name) {
        form.fail_at("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

/// Letters, digits, `-`, `_` and `'`, none of them upper-case.
fn valid_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "-_'".contains(c)) && name.to_lowercase() == name
}

fn localizations(form: &mut Form, object: &Object) {
    for (key, max) in [("name_localizations", 32), ("description_localizations", 100)] {
        let Some(texts) = form.object(object, key) else { continue };
        form.within(key, |form| {
            for (locale, text) in texts {
                form.text(texts, locale, 1..=max);
                let bad_name =
                    key == "name_localizations" && text.as_str().is_some_and(|text| !valid_name(text));
                if bad_name {
                    form.fail_at(locale, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
                }
                if !LOCALES.contains(&locale.as_str()) {
                    form.fail_at(locale, "BASE_TYPE_CHOICES", "Not a locale that Discord knows");
                }
            }
        });
    }
}

fn permissions(form: &mut Form, command: &Object) {
    let Some(bits) = present(command, "default_member_permissions") else { return };
    let fits = bits.as_str().is_some_and(|text| text.parse::<u64>().is_ok()) || bits.is_u64();
    if !fits {
        let message = "Permission bits are a number in a string";
        form.fail_at("default_member_permissions", "NUMBER_TYPE_COERCE", message);
    }
}

fn options(form: &mut Form, list: &[Value], depth: Depth) {
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
        if !names.insert(own.to_owned()) {
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
    if present(option, "type").is_none() {
        form.missing("type");
    }
    if present(option, "name").is_none() {
        form.missing("name");
    }
    let kind = form.integer(option, "type", 1..=11).unwrap_or(3);
    name(form, option);
    form.need_text(option, "description", 1..=100);
    localizations(form, option);
    form.boolean(option, "required");
    choices(form, option, kind);
    nested(form, option, kind, depth);
    if kind == 3 {
        form.integer(option, "min_length", 0..=6000);
        form.integer(option, "max_length", 1..=6000);
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
        options(form, list, below);
    }
}

fn choices(form: &mut Form, option: &Object, kind: i64) {
    let autocomplete = form.boolean(option, "autocomplete").unwrap_or(false);
    let choosable = matches!(kind, 3 | 4 | 10);
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
    self::choice_list(form, "choices", list, Some(kind));
}

/// Checks a list of choices, of a command's option or of an autocomplete answer.
pub fn choice_list(form: &mut Form, key: &str, list: &[Value], kind: Option<i64>) {
    if list.len() > 25 {
        form.fail_at(key, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
    }
    form.each(key, list, |form, choice| {
        form.need_text(choice, "name", 1..=100);
        let Some(value) = present(choice, "value") else { return form.missing("value") };
        let fits = match kind {
            Some(3) => value.is_string(),
            Some(4) => value.is_i64(),
            Some(_) => value.is_number(),
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

/// Characters of names, descriptions and choice values, nested ones included.
fn size(object: &Object) -> usize {
    let texts = ["name", "description", "value"].iter().filter_map(|key| object.get(*key)?.as_str());
    let own: usize = texts.map(|text| text.chars().count()).sum();
    let nested = ["options", "choices"].iter().filter_map(|key| object.get(*key)?.as_array()).flatten();
    own + nested.filter_map(Value::as_object).map(size).sum::<usize>()
}

/// Locales Discord knows (reference, "Locales").
const LOCALES: [&str; 33] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja",
    "zh-TW", "ko", "ar",
];
