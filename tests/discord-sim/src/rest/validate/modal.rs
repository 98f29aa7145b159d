//! Rules for modals: title 45, one to five components, text inputs in action rows or labels (18), selects and
//! file uploads in labels.

use serde_json::Value;

use super::component::{self, ROW, Seen, TEXT_INPUT, kind};
use super::form::{Form, Object, present};

/// Text between the fields.
const TEXT: i64 = 10;
/// A label around one field.
pub const LABEL: i64 = 18;
/// A field for files.
const UPLOAD: i64 = 19;

/// Checks the `data` of an interaction callback of type 9.
pub fn check(form: &mut Form, data: &Object) {
    form.need_text(data, "title", 1..=45);
    form.need_text(data, "custom_id", 1..=100);
    if present(data, "components").is_none() {
        form.missing("components");
    }
    let Some(list) = form.list(data, "components", 1..=5) else { return };
    let mut seen = Seen::default();
    form.each("components", list, |form, item| match kind(form, item, &[ROW, LABEL, TEXT]) {
        Some(ROW) => row(form, item, &mut seen),
        Some(LABEL) => label(form, item, &mut seen),
        Some(_) => {
            form.need_text(item, "content", 1..=4000);
        }
        None => {}
    });
}

fn row(form: &mut Form, row: &Object, seen: &mut Seen) {
    if present(row, "components").is_none() {
        form.missing("components");
    }
    let Some(list) = form.list(row, "components", 1..=1) else { return };
    form.each("components", list, |form, item| {
        if kind(form, item, &[TEXT_INPUT]).is_some() {
            form.need_text(item, "label", 1..=45);
            input(form, item, seen);
        }
    });
}

fn label(form: &mut Form, label: &Object, seen: &mut Seen) {
    form.need_text(label, "label", 1..=45);
    form.text(label, "description", 0..=100);
    let Some(field) = form.object(label, "component") else {
        return form.missing("component");
    };
    form.within("component", |form| match kind(form, field, &[TEXT_INPUT, 3, 5, 6, 7, 8, UPLOAD]) {
        Some(TEXT_INPUT) => {
            form.forbid(field, "label", "The label belongs to the Label component");
            input(form, field, seen);
        }
        Some(UPLOAD) => {
            seen.custom_id(form, field);
            form.integer(field, "min_values", 0..=10);
            form.integer(field, "max_values", 1..=10);
        }
        Some(kind) => {
            form.forbid(field, "disabled", "Selects of a modal cannot be disabled");
            component::select(form, field, kind, seen);
        }
        None => {}
    });
    form.boolean(field, "required");
}

fn input(form: &mut Form, input: &Object, seen: &mut Seen) {
    seen.custom_id(form, input);
    if present(input, "style").is_none() {
        form.missing("style");
    }
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
