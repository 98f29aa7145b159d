//! Rules for action rows, buttons and selects: 5 rows, 5 buttons or one select a row, labels, custom ids that
//! are unique in their message, options.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{Form, Object, present};

/// Action row.
pub const ROW: i64 = 1;
/// Button.
pub const BUTTON: i64 = 2;
/// Select with own options.
pub const STRING_SELECT: i64 = 3;
/// Text input of a modal.
pub const TEXT_INPUT: i64 = 4;

/// What is counted over a whole message or modal.
#[derive(Debug, Default)]
pub struct Seen {
    custom_ids: HashSet<String>,
    /// Components of any depth.
    pub count: usize,
    /// Characters in text displays.
    pub text: usize,
}

impl Seen {
    /// Notes a custom id; it must be new.
    pub fn custom_id(&mut self, form: &mut Form, object: &Object) {
        let Some(id) = form.need_text(object, "custom_id", 1..=100) else { return };
        if !self.custom_ids.insert(id.to_owned()) {
            let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
            form.fail_at("custom_id", code, "Component custom id cannot be duplicated");
        }
    }
}

/// Checks the components of a message that is not Components V2.
pub fn check(form: &mut Form, list: &[Value]) {
    if list.len() > 5 {
        form.fail_at("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    let mut seen = Seen::default();
    form.each("components", list, |form, row| {
        if kind(form, row, &[ROW]) == Some(ROW) {
            self::row(form, row, &mut seen);
        }
    });
}

/// The type of a component, which must be one of these.
pub fn kind(form: &mut Form, object: &Object, allowed: &[i64]) -> Option<i64> {
    if present(object, "type").is_none() {
        form.missing("type");
        return None;
    }
    let kind = form.integer(object, "type", i64::MIN..=i64::MAX)?;
    if !allowed.contains(&kind) {
        let list = allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        form.fail_at("type", "BASE_TYPE_CHOICES", format!("Value must be one of {{{list}}}."));
        return None;
    }
    Some(kind)
}

/// An action row of a message: up to five buttons or one select.
pub fn row(form: &mut Form, row: &Object, seen: &mut Seen) {
    seen.count += 1;
    if present(row, "components").is_none() {
        form.missing("components");
    }
    let Some(list) = form.list(row, "components", 1..=5) else { return };
    let is_select = |item: &Value| item["type"].as_i64() != Some(BUTTON);
    if list.len() > 1 && list.iter().any(is_select) {
        let message = "A select menu must be the only component of its row";
        form.fail_at("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
    }
    form.each("components", list, |form, item| {
        seen.count += 1;
        match kind(form, item, &[BUTTON, STRING_SELECT, 5, 6, 7, 8]) {
            Some(BUTTON) => button(form, item, seen),
            Some(kind) => select(form, item, kind, seen),
            None => {}
        }
    });
}

/// A button.
pub fn button(form: &mut Form, button: &Object, seen: &mut Seen) {
    if present(button, "style").is_none() {
        form.missing("style");
    }
    let style = form.integer(button, "style", 1..=6).unwrap_or(1);
    form.text(button, "label", 0..=80);
    form.boolean(button, "disabled");
    emoji(form, button);
    match style {
        5 => {
            form.forbid(button, "custom_id", "A custom id and url cannot both be specified");
            if present(button, "url").is_none() {
                form.fail_at("url", "BASE_TYPE_REQUIRED", "A url is required");
            }
            if let Some(url) = form.url(button, "url", &["http", "https", "discord"]) {
                form.length("url", url.chars().count(), 1..=512);
            }
        }
        6 => {
            form.forbid(button, "custom_id", "A custom id and SKU id cannot both be specified");
            form.forbid(button, "label", "Premium buttons cannot have a label");
            form.need_text(button, "sku_id", 1..=20);
            return;
        }
        _ => {
            form.forbid(button, "url", "A custom id and url cannot both be specified");
            seen.custom_id(form, button);
        }
    }
    let labelled =
        present(button, "label").is_some_and(|label| label != "") || present(button, "emoji").is_some();
    if !labelled {
        form.fail("BUTTON_COMPONENT_INVALID_LABEL_OR_EMOJI", "A button must have a label or an emoji");
    }
}

fn emoji(form: &mut Form, object: &Object) {
    let Some(emoji) = form.object(object, "emoji") else { return };
    let custom = present(emoji, "id").is_some();
    form.within("emoji", |form| {
        let name = form.text(emoji, "name", 1..=32);
        if !custom && name.is_none_or(|name| name.chars().any(|c| c.is_ascii_alphabetic())) {
            form.fail_at("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
        }
    });
}

/// A select menu of any kind.
pub fn select(form: &mut Form, select: &Object, kind: i64, seen: &mut Seen) {
    seen.custom_id(form, select);
    form.text(select, "placeholder", 0..=150);
    form.boolean(select, "disabled");
    let min = form.integer(select, "min_values", 0..=25).unwrap_or(1);
    let max = form.integer(select, "max_values", 1..=25).unwrap_or(1);
    if min > max {
        form.fail_at("min_values", "SELECT_COMPONENT_MIN_MAX", "min_values must not be above max_values");
    }
    if kind == STRING_SELECT {
        options(form, select, min, max);
    } else {
        form.forbid(select, "options", "Options are only for string selects");
        defaults(form, select, kind, max);
    }
}

fn options(form: &mut Form, select: &Object, min: i64, max: i64) {
    if present(select, "options").is_none() {
        form.missing("options");
    }
    let Some(list) = form.list(select, "options", 1..=25) else { return };
    let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
    for (key, value) in [("min_values", min), ("max_values", max)] {
        if value > count && present(select, key).is_some() {
            let message = format!("{key} must be at most the number of options ({count})");
            form.fail_at(key, "SELECT_COMPONENT_OUT_OF_RANGE", message);
        }
    }
    let mut values = HashSet::new();
    let mut chosen = 0;
    form.each("options", list, |form, option| {
        form.need_text(option, "label", 1..=100);
        form.text(option, "description", 0..=100);
        emoji(form, option);
        chosen += i64::from(form.boolean(option, "default").unwrap_or(false));
        let value = form.need_text(option, "value", 1..=100);
        if value.is_some_and(|value| !values.insert(value.to_owned())) {
            let code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED";
            form.fail_at("value", code, "The specified option value is already used");
        }
    });
    if chosen > max {
        let message = "More options are set as default than max_values allows";
        form.fail_at("options", "SELECT_COMPONENT_DEFAULTS", message);
    }
}

fn defaults(form: &mut Form, select: &Object, kind: i64, max: i64) {
    if kind == 8
        && let Some(list) = form.list(select, "channel_types", 0..=25)
        && list.iter().any(|kind| kind.as_u64().is_none())
    {
        form.fail_at("channel_types", "NUMBER_TYPE_COERCE", "Every channel type is a number");
    }
    let Some(list) = form.list(select, "default_values", 0..=25) else { return };
    if i64::try_from(list.len()).unwrap_or(i64::MAX) > max {
        let message = "More default values than max_values";
        form.fail_at("default_values", "BASE_TYPE_BAD_LENGTH", message);
    }
    form.each("default_values", list, |form, value| {
        form.snowflake(value, "id");
        let kind = form.need_text(value, "type", 1..=10);
        if kind.is_some_and(|kind| !["user", "role", "channel"].contains(&kind)) {
            form.fail_at("type", "BASE_TYPE_CHOICES", "Value must be one of {'channel', 'role', 'user'}.");
        }
    });
}
