//! Rules for modals and their fields.

use serde_json::{Value, json};

use super::super::modal;
use super::{button, fits, form, long, object, refused};
use crate::rest::error::ApiError;

fn check(data: &Value) -> Result<(), ApiError> {
    form(|form| modal::check(form, object(data)))
}

fn rows(title: usize, inputs: usize) -> Value {
    let row = |n: usize| {
        let input = json!({ "type": 4, "custom_id": n.to_string(), "label": "l", "style": 1 });
        json!({ "type": 1, "components": [input] })
    };
    json!({ "custom_id": "m", "title": long(title), "components": (0..inputs).map(row).collect::<Vec<_>>() })
}

/// A modal with one field in a label.
fn field(field: &Value) -> Value {
    json!({ "custom_id": "m", "title": "t", "components": [{ "type": 18, "label": "l", "component": field }] })
}

fn options(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({ "label": n.to_string(), "value": n.to_string() })).collect()
}

fn group(kind: u8, count: usize) -> Value {
    json!({ "type": kind, "custom_id": "g", "options": options(count) })
}

fn with(mut base: Value, key: &str, value: Value) -> Value {
    base[key] = value;
    base
}

#[test]
fn a_modal_title_has_45_characters() {
    fits(check(&rows(45, 1)));
    refused(check(&rows(46, 1)), "title");
}

#[test]
fn a_modal_has_1_to_5_inputs() {
    fits(check(&rows(1, 5)));
    refused(check(&rows(1, 0)), "components");
    refused(check(&rows(1, 6)), "components");
}

#[test]
fn a_row_of_a_modal_has_one_text_input() {
    let row = |components: Value| json!({ "custom_id": "m", "title": "t", "components": [{ "type": 1, "components": components }] });
    let input = |id: &str| json!({ "type": 4, "custom_id": id, "label": "l", "style": 1 });
    fits(check(&row(json!([input("a")]))));
    refused(check(&row(json!([input("a"), input("b")]))), "components.0.components");
    refused(check(&row(json!([group(21, 2)]))), "components.0.components.0.type");
}

#[test]
fn a_label_carries_the_label_of_its_field() {
    fits(check(&field(&json!({ "type": 4, "custom_id": "a", "style": 2 }))));
    let twice = json!({ "type": 4, "custom_id": "a", "style": 2, "label": "again" });
    refused(check(&field(&twice)), "components.0.component.label");
    refused(check(&field(&button("a"))), "components.0.component.type");
    let label = |length: usize| {
        with(
            field(&group(21, 2)),
            "components",
            json!([
                { "type": 18, "label": long(length), "component": group(21, 2) },
            ]),
        )
    };
    fits(check(&label(45)));
    refused(check(&label(46)), "components.0.label");
    let described = |length: usize| {
        with(
            field(&Value::Null),
            "components",
            json!([
                { "type": 18, "label": "l", "description": long(length), "component": group(21, 2) },
            ]),
        )
    };
    fits(check(&described(100)));
    refused(check(&described(101)), "components.0.description");
}

#[test]
fn a_modal_may_have_texts_between_its_fields() {
    let text = |length: usize| json!({ "custom_id": "m", "title": "t", "components": [{ "type": 10, "content": long(length) }] });
    fits(check(&text(4000)));
    refused(check(&text(4001)), "components.0.content");
}

#[test]
fn a_text_input_has_up_to_4000_characters_within_its_limits() {
    let input = |key: &str, value: Value| {
        field(&with(json!({ "type": 4, "custom_id": "a", "style": 1 }), key, value))
    };
    fits(check(&input("max_length", json!(4000))));
    refused(check(&input("max_length", json!(4001))), "components.0.component.max_length");
    refused(check(&input("max_length", json!(0))), "components.0.component.max_length");
    refused(check(&input("placeholder", json!(long(101)))), "components.0.component.placeholder");
    refused(check(&input("value", json!(long(4001)))), "components.0.component.value");
    refused(check(&input("style", json!(3))), "components.0.component.style");
    let crossed = json!({ "type": 4, "custom_id": "a", "style": 1, "min_length": 5, "max_length": 4 });
    refused(check(&field(&crossed)), "components.0.component.min_length");
    let short = json!({ "type": 4, "custom_id": "a", "style": 1, "min_length": 5, "value": "abc" });
    refused(check(&field(&short)), "components.0.component.value");
}

#[test]
fn selects_of_every_kind_fit_into_a_label_but_none_disabled() {
    for kind in 5..=8 {
        fits(check(&field(&json!({ "type": kind, "custom_id": "a", "disabled": false }))));
    }
    fits(check(&field(&group(3, 25))));
    let off = with(group(3, 1), "disabled", json!(true));
    let errors = check(&field(&off)).unwrap_err().errors.unwrap();
    let error = &errors["components"]["0"]["component"]["disabled"]["_errors"][0];
    assert_eq!(error["code"], "MODAL_COMPONENT_DISABLED");
}

#[test]
fn a_required_field_takes_at_least_one_value() {
    for field_of in [
        group(3, 2),
        group(22, 2),
        json!({ "type": 19, "custom_id": "f" }),
        json!({ "type": 5, "custom_id": "u" }),
    ] {
        let none = with(field_of, "min_values", json!(0));
        refused(check(&field(&none)), "components.0.component.min_values");
        fits(check(&field(&with(none, "required", json!(false)))));
    }
}

#[test]
fn a_radio_group_has_2_to_10_options_and_one_of_them_chosen() {
    fits(check(&field(&group(21, 2))));
    fits(check(&field(&group(21, 10))));
    refused(check(&field(&group(21, 1))), "components.0.component.options");
    refused(check(&field(&group(21, 11))), "components.0.component.options");
    refused(check(&field(&json!({ "type": 21, "custom_id": "g" }))), "components.0.component.options");
    let mut two = group(21, 3);
    two["options"][0]["default"] = json!(true);
    fits(check(&field(&two)));
    two["options"][1]["default"] = json!(true);
    refused(check(&field(&two)), "components.0.component.options");
}

#[test]
fn a_checkbox_group_has_1_to_10_options_and_a_range() {
    fits(check(&field(&group(22, 1))));
    fits(check(&field(&group(22, 10))));
    refused(check(&field(&group(22, 0))), "components.0.component.options");
    refused(check(&field(&group(22, 11))), "components.0.component.options");
    refused(check(&field(&with(group(22, 2), "max_values", json!(3)))), "components.0.component.max_values");
    refused(check(&field(&with(group(22, 2), "max_values", json!(11)))), "components.0.component.max_values");
    let mut all = group(22, 3);
    for n in 0..3 {
        all["options"][n]["default"] = json!(true);
    }
    fits(check(&field(&all)));
    refused(check(&field(&with(all, "max_values", json!(2)))), "components.0.component.options");
}

#[test]
fn options_of_groups_have_labels_and_unique_values_of_100_characters() {
    let of = |option: Value| {
        field(&json!({ "type": 22, "custom_id": "g", "options": [{ "label": "l", "value": "v" }, option] }))
    };
    fits(check(&of(json!({ "label": long(100), "value": long(100), "description": long(100) }))));
    refused(
        check(&of(json!({ "label": long(101), "value": "w" }))),
        "components.0.component.options.1.label",
    );
    refused(
        check(&of(json!({ "label": "l", "value": long(101) }))),
        "components.0.component.options.1.value",
    );
    refused(check(&of(json!({ "label": "l", "value": "v" }))), "components.0.component.options.1.value");
    refused(check(&of(json!({ "label": "l" }))), "components.0.component.options.1.value");
    let wordy = json!({ "label": "l", "value": "w", "description": long(101) });
    refused(check(&of(wordy)), "components.0.component.options.1.description");
}

#[test]
fn a_checkbox_is_yes_or_no() {
    fits(check(&field(&json!({ "type": 23, "custom_id": "c" }))));
    fits(check(&field(&json!({ "type": 23, "custom_id": "c", "default": true }))));
    refused(
        check(&field(&json!({ "type": 23, "custom_id": "c", "default": "yes" }))),
        "components.0.component.default",
    );
    refused(check(&field(&json!({ "type": 23 }))), "components.0.component.custom_id");
}

#[test]
fn an_upload_takes_up_to_10_files() {
    let upload =
        |key: &str, value: u8| field(&with(json!({ "type": 19, "custom_id": "f" }), key, json!(value)));
    fits(check(&upload("max_values", 10)));
    refused(check(&upload("max_values", 11)), "components.0.component.max_values");
    let crossed = json!({ "type": 19, "custom_id": "f", "min_values": 3, "max_values": 2 });
    refused(check(&field(&crossed)), "components.0.component.min_values");
}

#[test]
fn the_custom_ids_of_a_modal_are_unique() {
    let label = |kind: u8| json!({ "type": 18, "label": "l", "component": group(kind, 2) });
    let twice = json!({ "custom_id": "m", "title": "t", "components": [label(21), label(22)] });
    refused(check(&twice), "components.1.component.custom_id");
}
