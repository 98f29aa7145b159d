//! What Discord takes for a number, an id, permission bits, or for yes and no: whatever can be read as one. Components
//! and commands are cast before they are checked, so that what is checked is what is kept. Refuses nothing: what
//! cannot be read as what it should be stays as it is, and the checks refuse it.

use serde_json::{Map, Value, json};

/// Whole numbers.
const WHOLE: [&str; 8] =
    ["type", "style", "min_values", "max_values", "min_length", "max_length", "accent_color", "spacing"];
/// Lists of whole numbers.
const WHOLES: [&str; 3] = ["contexts", "integration_types", "channel_types"];
/// Numbers with or without a fraction.
const NUMBERS: [&str; 2] = ["min_value", "max_value"];
/// Yes or no.
const TRUTHS: [&str; 9] = [
    "disabled",
    "required",
    "default",
    "divider",
    "spoiler",
    "nsfw",
    "dm_permission",
    "autocomplete",
    "animated",
];

/// A whole number, or one in a string.
#[must_use]
pub fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Yes or no, as a value, a number or a word.
#[must_use]
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(said) => Some(*said),
        Value::String(word) if ["true", "True", "1"].contains(&word.as_str()) => Some(true),
        Value::String(word) if ["false", "False", "0"].contains(&word.as_str()) => Some(false),
        _ => match value.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
    }
}

/// Permission bits: a number, or one in a string.
#[must_use]
pub fn bits(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// An object of components or a command, with every part of it in the type that Discord keeps.
#[must_use]
pub fn object(given: &Map<String, Value>) -> Map<String, Value> {
    // Components have a number as their type and id; other ids are snowflakes.
    let component = given.get("type").is_some_and(|kind| whole(kind).is_some());
    given.iter().map(|(key, value)| (key.clone(), field(key, value, component))).collect()
}

/// A list of such objects.
#[must_use]
pub fn list(given: &[Value]) -> Vec<Value> {
    given.iter().map(any).collect()
}

fn any(value: &Value) -> Value {
    match value {
        Value::Object(inner) => Value::Object(object(inner)),
        Value::Array(parts) => Value::Array(list(parts)),
        plain => plain.clone(),
    }
}

fn field(key: &str, value: &Value, component: bool) -> Value {
    let read = match key {
        "id" if component => whole(value).map(Value::from),
        "id" | "sku_id" => value.as_u64().map(|id| json!(id.to_string())),
        "default_member_permissions" => bits(value).map(|bits| json!(bits.to_string())),
        _ if WHOLE.contains(&key) => whole(value).map(Value::from),
        _ if TRUTHS.contains(&key) => truth(value).map(Value::from),
        _ if NUMBERS.contains(&key) => number(value),
        _ if WHOLES.contains(&key) => value.as_array().map(|list| list.iter().map(as_whole).collect()),
        _ if key.ends_with("_localizations") => Some(value.clone()),
        _ => None,
    };
    read.unwrap_or_else(|| any(value))
}

fn as_whole(value: &Value) -> Value {
    whole(value).map_or_else(|| value.clone(), Value::from)
}

fn number(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_as_its_type_is_cast_and_the_rest_stays_for_the_checks() {
        let given = json!({
            "type": "2", "id": "7", "style": "1", "disabled": "true", "label": "5", "custom_id": "8",
            "emoji": { "id": 12, "animated": 1 }, "sku_id": 9, "min_values": "many",
        });
        let cast = object(given.as_object().unwrap());
        let expected = json!({
            "type": 2, "id": 7, "style": 1, "disabled": true, "label": "5", "custom_id": "8",
            "emoji": { "id": "12", "animated": true }, "sku_id": "9", "min_values": "many",
        });
        assert_eq!(Value::Object(cast), expected);
    }

    #[test]
    fn a_command_is_cast_at_every_depth_but_not_its_texts_and_values() {
        let given = json!({
            "type": "1", "name": "5", "contexts": ["0", 1], "default_member_permissions": 0,
            "name_localizations": { "id": "1" },
            "options": [{ "type": "4", "required": "1", "min_value": "2.5", "choices": [{ "value": "3" }] }],
        });
        let cast = object(given.as_object().unwrap());
        let expected = json!({
            "type": 1, "name": "5", "contexts": [0, 1], "default_member_permissions": "0",
            "name_localizations": { "id": "1" },
            "options": [{ "type": 4, "required": true, "min_value": 2.5, "choices": [{ "value": "3" }] }],
        });
        assert_eq!(Value::Object(cast), expected);
    }
}
