//! One test per rule for bodies, each with a body that just fits and one that just does not.

mod commands;
mod components;
mod messages;
mod modals;
mod v2;

use serde_json::{Map, Value, json};

use super::form::Form;
use super::message::{self, Kind};
use crate::rest::error::ApiError;

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("a body is an object")
}

/// Checks a new message.
fn create(body: &Value) -> Result<(), ApiError> {
    message::check(object(body), &[], Kind::Create).map(drop)
}

/// Checks anything that collects into a form.
fn form(check: impl FnOnce(&mut Form)) -> Result<(), ApiError> {
    let mut form = Form::new();
    check(&mut form);
    form.finish()
}

/// The body fits.
fn fits(result: Result<(), ApiError>) {
    if let Err(error) = result {
        panic!("refused: {}", error.body());
    }
}

/// The body is refused with 50035 at this path, the only one.
fn refused(result: Result<(), ApiError>, path: &str) {
    let error = result.expect_err("the body must be refused");
    assert_eq!(error.code, 50_035, "{}", error.body());
    let errors = error.errors.unwrap_or_default();
    let mut paths = Vec::new();
    collect(&errors, "", &mut paths);
    assert_eq!(paths, [path], "{errors}");
}

fn collect(errors: &Value, at: &str, paths: &mut Vec<String>) {
    let Some(errors) = errors.as_object() else { return };
    for (key, inner) in errors {
        if key == "_errors" {
            paths.push(at.to_owned());
        } else {
            let next = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            collect(inner, &next, paths);
        }
    }
}

/// A text of so many characters, each of several bytes.
fn long(characters: usize) -> String {
    "é".repeat(characters)
}

fn button(custom_id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": "Go", "custom_id": custom_id })
}

fn buttons(count: usize) -> Value {
    json!({ "type": 1, "components": (0..count).map(|n| button(&n.to_string())).collect::<Vec<_>>() })
}
