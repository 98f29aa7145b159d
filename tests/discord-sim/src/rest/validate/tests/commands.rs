//! Rules for application commands.

use serde_json::{Value, json};

use super::super::command;
use super::{fits, form, long, object, refused};
use crate::rest::error::ApiError;

fn check(body: &Value) -> Result<(), ApiError> {
    form(|form| command::check(form, object(body)))
}

fn named(name: &str) -> Value {
    json!({ "name": name, "description": "d" })
}

fn with(options: &Value) -> Value {
    json!({ "name": "c", "description": "d", "options": options })
}

fn option(kind: u8, name: &str) -> Value {
    json!({ "type": kind, "name": name, "description": "d" })
}

#[test]
fn a_command_name_is_lower_case_and_has_1_to_32_characters() {
    fits(check(&named("buy-it_now")));
    fits(check(&named("日本")));
    fits(check(&named(&"a".repeat(32))));
    for bad in ["Buy", "buy it", "buy!", &"a".repeat(33), ""] {
        let error = check(&named(bad)).expect_err(bad);
        assert!(error.errors.unwrap()["name"].is_object(), "{bad}");
    }
}

#[test]
fn a_description_has_1_to_100_characters() {
    fits(check(&json!({ "name": "c", "description": long(100) })));
    refused(check(&json!({ "name": "c", "description": long(101) })), "description");
    refused(check(&json!({ "name": "c" })), "description");
}

#[test]
fn a_command_has_25_options() {
    let some = |count: u32| with(&(0..count).map(|n| option(3, &format!("o{n}"))).collect());
    fits(check(&some(25)));
    refused(check(&some(26)), "options");
}

#[test]
fn an_option_has_25_choices() {
    let some = |count: u32| {
        let choices: Vec<Value> = (0..count).map(|n| json!({ "name": n.to_string(), "value": n })).collect();
        with(&json!([{ "type": 4, "name": "o", "description": "d", "choices": choices }]))
    };
    fits(check(&some(25)));
    refused(check(&some(26)), "options.0.choices");
}

#[test]
fn choices_fit_the_type_of_their_option() {
    let wrong =
        json!([{ "type": 4, "name": "o", "description": "d", "choices": [{ "name": "n", "value": "x" }] }]);
    refused(check(&with(&wrong)), "options.0.choices.0.value");
    let user =
        json!([{ "type": 6, "name": "o", "description": "d", "choices": [{ "name": "n", "value": "x" }] }]);
    refused(check(&with(&user)), "options.0.choices");
}

#[test]
fn required_options_come_first() {
    let mut needed = option(3, "b");
    needed["required"] = json!(true);
    fits(check(&with(&json!([needed, option(3, "a")]))));
    refused(check(&with(&json!([option(3, "a"), needed]))), "options.1.required");
}

#[test]
fn option_names_are_unique() {
    refused(check(&with(&json!([option(3, "a"), option(4, "a")]))), "options.1.name");
}

#[test]
fn sub_commands_nest_two_levels_and_do_not_mix_with_values() {
    let sub = |options: Value| json!({ "type": 1, "name": "s", "description": "d", "options": options });
    let group = |options: Value| json!({ "type": 2, "name": "g", "description": "d", "options": options });
    fits(check(&with(&json!([sub(json!([option(3, "a")]))]))));
    fits(check(&with(&json!([group(json!([sub(json!([option(3, "a")]))]))]))));
    refused(check(&with(&json!([sub(json!([])), option(3, "a")]))), "options");
    refused(check(&with(&json!([sub(json!([sub(json!([]))]))]))), "options.0.options.0.type");
    refused(check(&with(&json!([group(json!([option(3, "a")]))]))), "options.0.options.0.type");
}

#[test]
fn a_command_has_8000_characters_in_all() {
    let choice = |n: u32| json!({ "name": format!("{n}{}", "n".repeat(97)), "value": "v".repeat(100) });
    let choices = |count: u32| (0..count).map(choice).collect::<Vec<_>>();
    let heavy = |name: &str, count: u32| json!({ "type": 3, "name": name, "description": "d", "choices": choices(count) });
    fits(check(&with(&json!([heavy("a", 25), heavy("b", 14)]))));
    let error = check(&with(&json!([heavy("a", 25), heavy("b", 16)]))).expect_err("too large");
    assert_eq!(error.errors.unwrap()["_errors"][0]["code"], "APPLICATION_COMMAND_TOO_LARGE");
}

#[test]
fn default_member_permissions_are_a_number_in_a_string() {
    fits(check(&json!({ "name": "c", "description": "d", "default_member_permissions": "8" })));
    let bad = json!({ "name": "c", "description": "d", "default_member_permissions": "admin" });
    refused(check(&bad), "default_member_permissions");
}

#[test]
fn texts_are_translated_into_known_locales_only() {
    let body =
        |locale: &str| json!({ "name": "c", "description": "d", "name_localizations": { locale: "k" } });
    fits(check(&body("de")));
    refused(check(&body("xx")), "name_localizations.xx");
}

#[test]
fn context_menu_commands_have_neither_description_nor_options() {
    fits(check(&json!({ "type": 2, "name": "Show Orders" })));
    refused(check(&json!({ "type": 2, "name": "Show", "description": "d" })), "description");
}

#[test]
fn the_names_of_options_follow_the_rule_of_command_names() {
    refused(check(&with(&json!([option(3, "Two Words")]))), "options.0.name");
    fits(check(&with(&json!([option(3, "काम"), option(3, "ชื่อ")]))));
    refused(check(&with(&json!([option(3, "a\u{301}")]))), "options.0.name");
}

#[test]
fn translations_of_a_name_follow_the_rule_of_names_and_of_descriptions_the_length() {
    let name = |text: &str| json!({ "name": "c", "description": "d", "name_localizations": { "de": text } });
    fits(check(&name("kaufen")));
    refused(check(&name("Jetzt kaufen")), "name_localizations.de");
    refused(check(&name(&"k".repeat(33))), "name_localizations.de");
    let text = |length: usize| json!({ "name": "c", "description": "d", "description_localizations": { "he": long(length) } });
    fits(check(&text(100)));
    refused(check(&text(101)), "description_localizations.he");
}

#[test]
fn of_translations_the_longest_counts_among_the_8000_characters() {
    let body = |length: usize| {
        let texts: Vec<Value> = (0..25).map(|n| json!({
            "type": 3, "name": format!("o{n:02}"), "description": "d", "choices": (0..3).map(|m| json!({
                "name": m.to_string(), "value": m.to_string(), "name_localizations": { "de": long(length), "fr": "x" },
            })).collect::<Vec<_>>(),
        })).collect();
        with(&Value::Array(texts))
    };
    // 2 + 25 * (4 + 3 * (1 + length)) characters.
    fits(check(&body(100)));
    let mut over = body(100);
    over["description_localizations"] = json!({ "de": long(100) });
    over["options"][0]["choices"] =
        (0..8).map(|n| json!({ "name": long(100), "value": format!("{n}{}", long(99)) })).collect();
    let error = check(&over).expect_err("too large");
    assert_eq!(error.errors.unwrap()["_errors"][0]["code"], "APPLICATION_COMMAND_TOO_LARGE");
}

#[test]
fn limits_of_options_are_in_order_and_fit_their_type() {
    let limited = |kind: u8, limits: Value| {
        let mut option = option(kind, "o");
        option.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        with(&json!([option]))
    };
    fits(check(&limited(3, json!({ "min_length": 0, "max_length": 6000 }))));
    refused(check(&limited(3, json!({ "max_length": 6001 }))), "options.0.max_length");
    refused(check(&limited(3, json!({ "min_length": 2, "max_length": 1 }))), "options.0.min_length");
    fits(check(&limited(4, json!({ "min_value": -5, "max_value": 5 }))));
    refused(check(&limited(4, json!({ "min_value": 0.5 }))), "options.0.min_value");
    fits(check(&limited(10, json!({ "min_value": 0.5 }))));
    refused(check(&limited(10, json!({ "min_value": 2, "max_value": 1 }))), "options.0.min_value");
    refused(check(&limited(4, json!({ "max_value": 9_007_199_254_740_994_i64 }))), "options.0.max_value");
    refused(check(&limited(7, json!({ "channel_types": [99] }))), "options.0.channel_types");
}

#[test]
fn suggestions_and_choices_exclude_each_other() {
    let mut both = option(3, "o");
    both["autocomplete"] = json!(true);
    fits(check(&with(&json!([both]))));
    both["choices"] = json!([{ "name": "n", "value": "v" }]);
    refused(check(&with(&json!([both]))), "options.0.choices");
    let mut user = option(6, "o");
    user["autocomplete"] = json!(true);
    refused(check(&with(&json!([user]))), "options.0.autocomplete");
}

#[test]
fn contexts_and_places_of_installation_are_known_ones() {
    let body = |key: &str, value: Value| json!({ "name": "c", "description": "d", key: value });
    fits(check(&body("contexts", json!([0, 1, 2]))));
    refused(check(&body("contexts", json!([3]))), "contexts");
    refused(check(&body("contexts", json!([0, 0]))), "contexts");
    refused(check(&body("contexts", json!([]))), "contexts");
    refused(check(&body("integration_types", json!([2]))), "integration_types");
    refused(check(&body("type", json!(4))), "type");
}
