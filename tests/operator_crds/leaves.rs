//! Walks the schemas of both kinds, and makes objects that have a given value at a given place.

use serde_json::{Map, Value, json};
use stockbot_operator::api::definitions;

/// A leaf: where it is (`[]` = any element, `{}` = any value) and its schema.
#[derive(Clone)]
pub struct Leaf {
    pub path: Vec<String>,
    pub schema: Value,
}

/// Every schema without fields of its own, and every list and map.
fn leaves(schema: &Value, path: &[String], found: &mut Vec<Leaf>) {
    let inner = |name: &str| [path, &[name.to_owned()]].concat();
    let fields = schema["properties"].as_object();
    fields.into_iter().flatten().for_each(|(name, field)| leaves(field, &inner(name), found));
    for (part, name) in [("items", "[]"), ("additionalProperties", "{}")] {
        if schema[part].is_object() {
            leaves(&schema[part], &inner(name), found);
        }
    }
    if fields.is_none() {
        found.push(Leaf { path: path.to_vec(), schema: schema.clone() });
    }
}

/// The schema of each kind and its leaves, metadata aside.
pub fn kinds() -> [(Value, Vec<Leaf>); 2] {
    definitions().map(|definition| {
        let definition = serde_json::to_value(definition).unwrap();
        let mut schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
        let fields = schema["properties"].as_object_mut().unwrap();
        fields.retain(|name, _| name == "spec" || name == "status");
        let mut found = Vec::new();
        leaves(&schema, &[], &mut found);
        (schema, found)
    })
}

/// A number, or a text that may be one.
pub fn is_number(schema: &Value) -> bool {
    schema["type"] == "integer" || schema["x-kubernetes-int-or-string"] == true
}

/// The smallest value of a schema that has `leaf` at `path`.
pub fn instance(schema: &Value, path: &[String], leaf: &Value) -> Value {
    let Some((first, rest)) = path.split_first() else { return leaf.clone() };
    match first.as_str() {
        "[]" => json!([instance(&schema["items"], rest, leaf)]),
        "{}" => json!({"x": instance(&schema["additionalProperties"], rest, leaf)}),
        field => {
            let mut object = smallest(schema);
            object[field] = instance(&schema["properties"][field], rest, leaf);
            object
        }
    }
}

/// The smallest value of a schema.
pub fn smallest(schema: &Value) -> Value {
    let required = || {
        let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(|name| (name.to_owned(), smallest(&schema["properties"][name]))).collect::<Map<_, _>>()
    };
    match schema["type"].as_str() {
        _ if !schema["enum"].is_null() => schema["enum"][0].clone(),
        _ if is_number(schema) => json!(1),
        Some("object") => required().into(),
        Some("array") => {
            (0..schema["minItems"].as_u64().unwrap_or(0)).map(|_| smallest(&schema["items"])).collect()
        }
        Some("boolean") => false.into(),
        _ if schema["format"] == "date-time" => "2026-11-20T17:00:00Z".into(),
        _ => match schema["pattern"].as_str() {
            Some(span) if span == stockbot_config::duration::PATTERN => "5s".into(),
            Some(id) if id == stockbot_config::ids::PATTERN => "1100000000000000001".into(),
            _ => "x".into(),
        },
    }
}
