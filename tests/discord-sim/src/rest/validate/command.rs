//! Rules for application commands: lower-case names of 1 to 32 letters, descriptions of 100, translations,
//! 8000 characters in all.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{Form, Object, present};
use super::names::{localized, name, valid_name};
use super::option;

/// A command after a slash; the others are in the menus of people and messages.
const SLASH: i64 = 1;

/// Checks a whole command.
pub fn check(form: &mut Form, command: &Object) {
    let kind = form.choice(command, "type", &[SLASH, 2, 3]).unwrap_or(SLASH);
    if kind == SLASH {
        name(form, command);
        form.need_text(command, "description", 1..=100);
        localized(form, command, "name_localizations", 32, valid_name);
    } else {
        form.need_text(command, "name", 1..=32);
        localized(form, command, "name_localizations", 32, |_| true);
        if present(command, "description").is_some_and(|text| text != "") {
            form.fail_at(
                "description",
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET",
                "Context menu commands cannot have description",
            );
        }
        form.forbid(command, "options", "Context menu commands cannot have options");
    }
    localized(form, command, "description_localizations", 100, |_| true);
    form.bits(command, "default_member_permissions");
    form.boolean(command, "nsfw");
    form.boolean(command, "dm_permission");
    places(form, command, "contexts", 2);
    places(form, command, "integration_types", 1);
    if let Some(list) = form.list(command, "options", 0..=25) {
        option::check(form, list);
    }
    if size(command) > 8000 {
        form.fail("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
    }
}

/// Where a command can be used: numbers from 0 to `last`, each once.
fn places(form: &mut Form, command: &Object, key: &str, highest: u64) {
    let Some(list) = form.list(command, key, 1..=usize::MAX) else { return };
    let known: HashSet<u64> =
        list.iter().filter_map(Value::as_u64).filter(|place| *place <= highest).collect();
    if known.len() < list.len() {
        form.fail_at(key, "BASE_TYPE_CHOICES", format!("Numbers from 0 to {highest}, each of them once."));
    }
}

/// Characters of names, descriptions and choice values, nested ones included; of translations the longest counts.
fn size(object: &Object) -> usize {
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let own = |key: &str| {
        let translated = object.get(&format!("{key}_localizations")).and_then(Value::as_object);
        let texts =
            object.get(key).into_iter().chain(translated.into_iter().flat_map(|texts| texts.values()));
        texts.map(length).max().unwrap_or(0)
    };
    let nested = ["options", "choices"].iter().filter_map(|key| object.get(*key)?.as_array()).flatten();
    let below: usize = nested.filter_map(Value::as_object).map(size).sum();
    own("name") + own("description") + own("value") + below
}
