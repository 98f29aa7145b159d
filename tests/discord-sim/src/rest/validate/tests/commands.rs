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
