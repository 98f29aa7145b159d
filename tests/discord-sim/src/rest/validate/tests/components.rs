//! Rules for components and modals.

use serde_json::{Value, json};

use super::super::modal;
use super::{button, buttons, create, fits, form, long, object, refused};

fn message(components: &Value) -> Value {
    json!({ "content": "x", "components": components })
}

fn one(component: &Value) -> Value {
    message(&json!([{ "type": 1, "components": [component] }]))
}

fn v2(components: &Value) -> Value {
    json!({ "flags": 1 << 15, "components": components })
}

#[test]
fn a_row_has_5_buttons() {
    fits(create(&message(&json!([buttons(5)]))));
    refused(create(&message(&json!([buttons(6)]))), "components.0.components");
}

#[test]
fn a_message_has_5_rows() {
    let rows = |count: usize| {
        let row = |n: usize| json!({ "type": 1, "components": [button(&n.to_string())] });
        message(&(0..count).map(row).collect())
    };
    fits(create(&rows(5)));
    refused(create(&rows(6)), "components");
}

#[test]
fn a_button_label_has_80_characters() {
    let label =
        |length: usize| one(&json!({ "type": 2, "style": 1, "label": long(length), "custom_id": "a" }));
    fits(create(&label(80)));
    refused(create(&label(81)), "components.0.components.0.label");
    let bare = json!({ "type": 2, "style": 1, "custom_id": "a" });
    refused(create(&one(&bare)), "components.0.components.0");
}

#[test]
fn a_custom_id_has_1_to_100_characters() {
    fits(create(&one(&button(&long(100)))));
    refused(create(&one(&button(&long(101)))), "components.0.components.0.custom_id");
    refused(create(&one(&button(""))), "components.0.components.0.custom_id");
}

#[test]
fn a_custom_id_is_unique_in_its_message() {
    let rows = json!([
        { "type": 1, "components": [button("a")] },
        { "type": 1, "components": [button("a")] },
    ]);
    refused(create(&message(&rows)), "components.1.components.0.custom_id");
}

#[test]
fn a_link_button_has_an_address_and_no_custom_id() {
    fits(create(&one(&json!({ "type": 2, "style": 5, "label": "x", "url": "https://example.org" }))));
    let bare = json!({ "type": 2, "style": 5, "label": "x" });
    refused(create(&one(&bare)), "components.0.components.0.url");
    let both = json!({ "type": 2, "style": 5, "label": "x", "url": "https://example.org", "custom_id": "a" });
    refused(create(&one(&both)), "components.0.components.0.custom_id");
}

fn options(count: usize) -> Value {
    let option = |n: usize| json!({ "label": n.to_string(), "value": n.to_string() });
    json!({ "type": 3, "custom_id": "s", "options": (0..count).map(option).collect::<Vec<_>>() })
}

#[test]
fn a_select_has_25_options() {
    fits(create(&one(&options(25))));
    refused(create(&one(&options(26))), "components.0.components.0.options");
    refused(create(&one(&options(0))), "components.0.components.0.options");
}

#[test]
fn a_select_stands_alone_in_its_row() {
    let row = json!([{ "type": 1, "components": [options(1), button("a")] }]);
    refused(create(&message(&row)), "components.0.components");
}

#[test]
fn option_values_are_unique_and_ranges_fit() {
    let twice = json!({ "type": 3, "custom_id": "s", "options": [
        { "label": "a", "value": "v" }, { "label": "b", "value": "v" },
    ] });
    refused(create(&one(&twice)), "components.0.components.0.options.1.value");
    let mut wide = options(2);
    wide["max_values"] = json!(3);
    refused(create(&one(&wide)), "components.0.components.0.max_values");
    let mut crossed = options(3);
    crossed["min_values"] = json!(3);
    crossed["max_values"] = json!(2);
    refused(create(&one(&crossed)), "components.0.components.0.min_values");
}

#[test]
fn components_outside_of_rows_need_components_v2() {
    refused(create(&message(&json!([button("a")]))), "components.0.type");
    refused(create(&message(&json!([{ "type": 10, "content": "t" }]))), "components.0.type");
    refused(create(&message(&json!([{ "components": [] }]))), "components.0.type");
}

#[test]
fn components_v2_has_40_components_in_all() {
    let texts = |count: usize| vec![json!({ "type": 10, "content": "t" }); count];
    let nested = |count: usize| v2(&json!([{ "type": 17, "components": texts(count) }]));
    fits(create(&nested(39)));
    refused(create(&nested(40)), "components");
    fits(create(&v2(&texts(40).into())));
    refused(create(&v2(&texts(41).into())), "components");
}

#[test]
fn a_section_holds_up_to_three_texts_and_one_accessory() {
    let texts = |count: usize| vec![json!({ "type": 10, "content": "t" }); count];
    let section =
        |count: usize| v2(&json!([{ "type": 9, "components": texts(count), "accessory": button("a") }]));
    fits(create(&section(3)));
    refused(create(&section(4)), "components.0.components");
    refused(create(&v2(&json!([{ "type": 9, "components": texts(1) }]))), "components.0.accessory");
}

#[test]
fn the_texts_of_components_v2_have_4000_characters_in_all() {
    let two = |second: usize| {
        v2(&json!([{ "type": 10, "content": long(3000) }, { "type": 10, "content": long(second) }]))
    };
    fits(create(&two(1000)));
    refused(create(&two(1001)), "components");
}

fn check_modal(data: &Value) -> Result<(), crate::rest::error::ApiError> {
    form(|form| modal::check(form, object(data)))
}

fn modal_of(title: usize, inputs: usize) -> Value {
    let row = |n: usize| {
        let input = json!({ "type": 4, "custom_id": n.to_string(), "label": "l", "style": 1 });
        json!({ "type": 1, "components": [input] })
    };
    json!({ "custom_id": "m", "title": long(title), "components": (0..inputs).map(row).collect::<Vec<_>>() })
}

#[test]
fn a_modal_title_has_45_characters() {
    fits(check_modal(&modal_of(45, 1)));
    refused(check_modal(&modal_of(46, 1)), "title");
}

#[test]
fn a_modal_has_1_to_5_inputs() {
    fits(check_modal(&modal_of(1, 5)));
    refused(check_modal(&modal_of(1, 0)), "components");
    refused(check_modal(&modal_of(1, 6)), "components");
}

#[test]
fn a_label_carries_the_label_of_its_field() {
    let label = |field: Value| json!({ "custom_id": "m", "title": "t", "components": [{ "type": 18, "label": "l", "component": field }] });
    fits(check_modal(&label(json!({ "type": 4, "custom_id": "a", "style": 2 }))));
    fits(check_modal(&label(json!({ "type": 5, "custom_id": "a" }))));
    fits(check_modal(&label(json!({ "type": 19, "custom_id": "a" }))));
    let twice = json!({ "type": 4, "custom_id": "a", "style": 2, "label": "again" });
    refused(check_modal(&label(twice)), "components.0.component.label");
    refused(check_modal(&label(button("a"))), "components.0.component.type");
}
