//! Rules for components and modals.

use serde_json::{Value, json};

use super::{button, buttons, create, fits, long, refused};

fn message(components: &Value) -> Value {
    json!({ "content": "x", "components": components })
}

fn one(component: &Value) -> Value {
    message(&json!([{ "type": 1, "components": [component] }]))
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
    let scheme = json!({ "type": 2, "style": 5, "label": "x", "url": "javascript://x" });
    refused(create(&one(&scheme)), "components.0.components.0.url");
    let address = format!("https://example.org/{}", "x".repeat(493));
    refused(
        create(&one(&json!({ "type": 2, "style": 5, "label": "x", "url": address }))),
        "components.0.components.0.url",
    );
}

#[test]
fn a_premium_button_has_an_sku_and_nothing_else() {
    let premium = |key: &str, value: Value| {
        let mut button = json!({ "type": 2, "style": 6, "sku_id": "5" });
        button[key] = value;
        one(&button)
    };
    fits(create(&premium("disabled", json!(false))));
    for (key, value) in [
        ("custom_id", json!("a")),
        ("label", json!("Buy")),
        ("url", json!("https://example.org")),
        ("emoji", json!({ "name": "🛒" })),
        ("sku_id", Value::Null),
        ("sku_id", json!("x")),
    ] {
        refused(create(&premium(key, value)), &format!("components.0.components.0.{key}"));
    }
}

#[test]
fn an_ordinary_button_has_no_address_and_no_sku() {
    for (key, value) in [("url", json!("https://example.org")), ("sku_id", json!("5"))] {
        let mut button = button("a");
        button[key] = value;
        refused(create(&one(&button)), &format!("components.0.components.0.{key}"));
    }
    let mut odd = button("a");
    odd["style"] = json!(7);
    refused(create(&one(&odd)), "components.0.components.0.style");
}

#[test]
fn an_emoji_is_one_of_unicode_or_has_an_id() {
    let emoji = |emoji: Value| one(&json!({ "type": 2, "style": 1, "custom_id": "a", "emoji": emoji }));
    for good in ["🛒", "1\u{FE0F}\u{20E3}", "👩\u{200D}🚀", "❤\u{FE0F}", "🇩🇪", "©"] {
        fits(create(&emoji(json!({ "name": good }))));
    }
    fits(create(&emoji(json!({ "id": "5", "name": "coin", "animated": true }))));
    for bad in ["cart", ":cart:", "5", "é", ""] {
        refused(create(&emoji(json!({ "name": bad }))), "components.0.components.0.emoji.name");
    }
    refused(create(&emoji(json!({ "id": "🛒", "name": "cart" }))), "components.0.components.0.emoji.id");
}

#[test]
fn a_component_id_is_unique_in_its_message() {
    let with_id = |custom_id: &str, id: i64| {
        let mut button = button(custom_id);
        button["id"] = json!(id);
        button
    };
    let row = |first: i64, second: i64| {
        message(&json!([{ "type": 1, "components": [with_id("a", first), with_id("b", second)] }]))
    };
    fits(create(&row(7, 8)));
    fits(create(&row(0, 0)));
    refused(create(&row(7, 7)), "components.0.components.1.id");
    refused(create(&row(7, -1)), "components.0.components.1.id");
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
fn default_values_are_as_many_as_can_be_chosen_and_of_the_kind_offered() {
    let select = |kind: u8, values: Value| {
        one(&json!({ "type": kind, "custom_id": "s", "max_values": 2, "default_values": values }))
    };
    let value = |kind: &str| json!({ "id": "5", "type": kind });
    fits(create(&select(5, json!([value("user"), value("user")]))));
    fits(create(&select(7, json!([value("user"), value("role")]))));
    fits(create(&select(8, json!([value("channel")]))));
    let three = json!([value("user"), value("user"), value("user")]);
    refused(create(&select(5, three)), "components.0.components.0.default_values");
    refused(create(&select(5, json!([value("role")]))), "components.0.components.0.default_values.0.type");
    refused(create(&select(8, json!([value("user")]))), "components.0.components.0.default_values.0.type");
    refused(create(&select(7, json!([value("channel")]))), "components.0.components.0.default_values.0.type");
    let nobody = json!([{ "type": "user" }]);
    refused(create(&select(5, nobody)), "components.0.components.0.default_values.0.id");
}

#[test]
fn only_string_selects_have_options() {
    let filled = json!({ "type": 5, "custom_id": "s", "options": [{ "label": "a", "value": "a" }] });
    refused(create(&one(&filled)), "components.0.components.0.options");
    let wordy = json!({ "type": 5, "custom_id": "s", "placeholder": long(151) });
    refused(create(&one(&wordy)), "components.0.components.0.placeholder");
    let odd = json!({ "type": 8, "custom_id": "s", "channel_types": [99] });
    refused(create(&one(&odd)), "components.0.components.0.channel_types");
}

#[test]
fn components_of_modals_do_not_belong_into_messages() {
    for kind in [4, 18, 19, 21, 22, 23, 99] {
        refused(create(&one(&json!({ "type": kind, "custom_id": "a" }))), "components.0.components.0.type");
    }
}
