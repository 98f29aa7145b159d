//! Rules for modals: title 45, one to five components, text inputs in action rows or labels (18), and in labels
//! also selects, file uploads (19), radio groups (21), checkbox groups (22) and checkboxes (23).

use serde_json::Value;

use super::component::{FILLED_SELECTS, ROW, STRING_SELECT, Seen, TEXT_DISPLAY, TEXT_INPUT};
use super::form::{Form, Object};
use super::select;

/// A label around one field.
pub const LABEL: i64 = 18;
/// A field for files.
const UPLOAD: i64 = 19;
/// One of a few options.
const RADIO_GROUP: i64 = 21;
/// Some of a few options.
const CHECKBOX_GROUP: i64 = 22;
/// Yes or no.
const CHECKBOX: i64 = 23;
/// Files of one upload, and options of one group.
const MOST: i64 = 10;

/// Checks the `data` of an interaction callback of type 9.
pub fn check(form: &mut Form, data: &Object) {
    form.need_text(data, "title", 1..=45);
    form.need_text(data, "custom_id", 1..=100);
    let Some(list) = form.need_list(data, "components", 1..=5) else { return };
    let mut seen = Seen::default();
    form.each("components", list, |form, item| {
        match seen.component(form, item, &[ROW, LABEL, TEXT_DISPLAY]) {
            Some(ROW) => row(form, item, &mut seen),
            Some(LABEL) => label(form, item, &mut seen),
            Some(_) => {
                form.need_text(item, "content", 1..=4000);
            }
            None => {}
        }
    });
}

fn row(form: &mut Form, row: &Object, seen: &mut Seen) {
    let Some(list) = form.need_list(row, "components", 1..=1) else { return };
    form.each("components", list, |form, item| {
        if seen.component(form, item, &[TEXT_INPUT]).is_some() {
            form.need_text(item, "label", 1..=45);
            input(form, item, seen);
        }
    });
}

fn label(form: &mut Form, label: &Object, seen: &mut Seen) {
    form.need_text(label, "label", 1..=45);
    form.text(label, "description", 0..=100);
    let Some(field) = form.need_object(label, "component") else { return };
    let kinds = [TEXT_INPUT, STRING_SELECT, 5, 6, 7, 8, UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX];
    form.within("component", |form| match seen.component(form, field, &kinds) {
        Some(TEXT_INPUT) => {
            form.forbid(field, "label", "The label belongs to the Label component");
            input(form, field, seen);
        }
        Some(CHECKBOX) => {
            seen.custom_id(form, field);
            form.boolean(field, "default");
        }
        Some(kind) => chosen(form, field, kind, seen),
        None => {}
    });
}

/// A field whose values are chosen: a select, a group or an upload.
fn chosen(form: &mut Form, field: &Object, kind: i64, seen: &mut Seen) {
    if form.boolean(field, "required").unwrap_or(true) && field.get("min_values") == Some(&Value::from(0)) {
        form.fail_at("min_values", "NUMBER_TYPE_MIN", "int value should be greater than or equal to 1.");
    }
    if field.get("disabled") == Some(&Value::Bool(true)) {
        form.fail_at("disabled", "MODAL_COMPONENT_DISABLED", "Modals do not support disabled components");
    }
    if kind == STRING_SELECT || FILLED_SELECTS.contains(&kind) {
        return select::check(form, field, kind, seen);
    }
    seen.custom_id(form, field);
    if kind == UPLOAD {
        select::range(form, field, MOST, 1);
    } else {
        group(form, field, kind);
    }
}

/// Radio groups have two to ten options and take one; checkbox groups have one to ten and take as many as they
/// say, all of them if they say nothing.
fn group(form: &mut Form, field: &Object, kind: i64) {
    let fewest = if kind == RADIO_GROUP { 2 } else { 1 };
    let list = form.need_list(field, "options", fewest..=10).unwrap_or_default();
    let (min, max) = if kind == RADIO_GROUP {
        (1, 1)
    } else {
        select::range(form, field, MOST, i64::try_from(list.len()).unwrap_or(MOST).max(1))
    };
    select::within_options(form, field, list.len(), (min, max));
    select::option_list(form, list, max);
}

fn input(form: &mut Form, input: &Object, seen: &mut Seen) {
    seen.custom_id(form, input);
    form.need(input, "style");
    form.integer(input, "style", 1..=2);
    let min = form.integer(input, "min_length", 0..=4000).unwrap_or(0);
    let max = form.integer(input, "max_length", 1..=4000).unwrap_or(4000);
    if min > max {
        form.fail_at("min_length", "TEXT_INPUT_MIN_MAX", "min_length must not be above max_length");
    }
    form.text(input, "placeholder", 0..=100);
    form.boolean(input, "required");
    if let Some(value) = form.text(input, "value", 0..=4000) {
        let length = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
        if length > max || (length < min && length > 0) {
            let message = format!("Must be between {min} and {max} in length.");
            form.fail_at("value", "BASE_TYPE_BAD_LENGTH", message);
        }
    }
}

/// The fields of a modal with their custom ids, whether they sit in rows or labels.
#[must_use]
pub fn fields(components: &[Value]) -> Vec<&Object> {
    components
        .iter()
        .filter_map(|part| part.get("component").or_else(|| part.get("components")?.get(0)))
        .filter_map(Value::as_object)
        .collect()
}
