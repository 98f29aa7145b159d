//! Rules for select menus of messages and modals: 25 options, how many may be chosen, what is chosen from the
//! start.

use std::collections::HashSet;

use serde_json::Value;

use super::component::{self, STRING_SELECT, Seen};
use super::form::{Form, Object, present};

/// Most options, and most values that can be chosen.
const OPTIONS: i64 = 25;

/// Checks a select menu of any kind.
pub fn check(form: &mut Form, select: &Object, kind: i64, seen: &mut Seen) {
    seen.custom_id(form, select);
    form.text(select, "placeholder", 0..=150);
    form.boolean(select, "disabled");
    let (min, max) = range(form, select, OPTIONS, 1);
    if kind == STRING_SELECT {
        options(form, select, min, max);
    } else {
        form.forbid(select, "options", "Options are only for string selects");
        defaults(form, select, kind, min, max);
    }
    if kind == 8 {
        channel_types(form, select);
    }
}

/// How many values may be chosen, 1 to `default_max` unless it says something else.
pub fn range(form: &mut Form, object: &Object, most: i64, default_max: i64) -> (i64, i64) {
    let min = form.integer(object, "min_values", 0..=most).unwrap_or(1);
    let max = form.integer(object, "max_values", 1..=most).unwrap_or(default_max);
    if min > max {
        form.fail_at("min_values", "SELECT_COMPONENT_MIN_MAX", "min_values must not be above max_values");
    }
    (min, max)
}

/// The values of options are unique, and no more of them are chosen from the start than may be.
pub fn option_list(form: &mut Form, list: &[Value], max: i64) {
    let mut values = HashSet::new();
    let mut chosen = 0;
    form.each("options", list, |form, option| {
        form.need_text(option, "label", 1..=100);
        form.text(option, "description", 0..=100);
        component::emoji(form, option);
        chosen += i64::from(form.boolean(option, "default").unwrap_or(false));
        let value = form.need_text(option, "value", 1..=100);
        if value.is_some_and(|value| !values.insert(value.to_owned())) {
            let code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED";
            form.fail_at("value", code, "The specified option value is already used");
        }
    });
    if chosen > max {
        let message = "More options are set as default than can be chosen";
        form.fail_at("options", "SELECT_COMPONENT_DEFAULTS", message);
    }
}

/// `min_values` and `max_values` cannot be above the number of options.
pub fn within_options(form: &mut Form, object: &Object, count: usize, range: (i64, i64)) {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    for (key, value) in [("min_values", range.0), ("max_values", range.1)] {
        if value > count && present(object, key).is_some() {
            let message = format!("{key} must be at most the number of options ({count})");
            form.fail_at(key, "SELECT_COMPONENT_OUT_OF_RANGE", message);
        }
    }
}

fn options(form: &mut Form, select: &Object, min: i64, max: i64) {
    let Some(list) = form.need_list(select, "options", 1..=25) else { return };
    within_options(form, select, list.len(), (min, max));
    option_list(form, list, max);
}

/// The kinds of channels offered, by their numbers.
pub fn channel_types(form: &mut Form, select: &Object) {
    let list = form.list(select, "channel_types", 0..=25).unwrap_or_default();
    if list.iter().any(|kind| kind.as_u64().is_none_or(|kind| kind > 16)) {
        form.fail_at("channel_types", "NUMBER_TYPE_COERCE", "Every value must be a channel type.");
    }
}

/// What is chosen from the start: as many as may be chosen, of the kinds this select offers.
fn defaults(form: &mut Form, select: &Object, kind: i64, min: i64, max: i64) {
    let Some(list) = form.list(select, "default_values", 0..=25) else { return };
    let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
    if count > max || (count > 0 && count < min) {
        let message = format!("Must be between {min} and {max} in length.");
        form.fail_at("default_values", "BASE_TYPE_BAD_LENGTH", message);
    }
    let offered: &[&str] = match kind {
        5 => &["user"],
        6 => &["role"],
        7 => &["user", "role"],
        _ => &["channel"],
    };
    form.each("default_values", list, |form, value| {
        form.need_snowflake(value, "id");
        let kind = form.need_text(value, "type", 1..=10);
        if kind.is_some_and(|kind| !offered.contains(&kind)) {
            let message = format!("Value must be one of {{{}}}.", offered.join(", "));
            form.fail_at("type", "BASE_TYPE_CHOICES", message);
        }
    });
}
