//! Every leaf of the definitions has bounds, and what they let through can be read: one object that cannot would be in the
//! way of all others.

use serde_json::{Map, Value, json};
use stockbot_operator::api::{DiscordBot, StockDisplay, definitions};

/// A leaf: where it is (`[]` = any element, `{}` = any value) and its schema.
struct Leaf {
    path: Vec<String>,
    schema: Value,
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
fn kinds() -> [(Value, Vec<Leaf>); 2] {
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

fn is_number(schema: &Value) -> bool {
    schema["type"] == "integer" || schema["x-kubernetes-int-or-string"] == true
}

#[test]
fn every_leaf_has_bounds() {
    let unbounded = |leaf: &Leaf| {
        let has = |names: &[&str]| names.iter().any(|name| !leaf.schema[name].is_null());
        let bounds: &[&[&str]] = match leaf.schema["type"].as_str() {
            _ if is_number(&leaf.schema) => &[&["minimum"], &["maximum"]],
            Some("string") => &[&["maxLength", "enum", "format"]],
            Some("array") => &[&["maxItems"]],
            Some("object") => &[&["maxProperties"]],
            _ => &[],
        };
        !bounds.iter().all(|either| has(either))
    };
    let all = kinds().into_iter().flat_map(|(_, leaves)| leaves);
    let missing: Vec<_> = all.filter(unbounded).map(|leaf| leaf.path.join(".")).collect();
    assert!(missing.is_empty(), "without bounds: {missing:#?}");
}

#[test]
fn every_number_can_be_read_at_its_bounds() {
    let [(bot, of_bot), (display, of_display)] = kinds();
    let read = |kind: &str, object: Value| match kind {
        "DiscordBot" => serde_json::from_value::<DiscordBot>(object).err(),
        _ => serde_json::from_value::<StockDisplay>(object).err(),
    };
    let mut seen = 0;
    for (kind, schema, leaves) in [("DiscordBot", bot, of_bot), ("StockDisplay", display, of_display)] {
        for Leaf { path, schema: leaf } in leaves.iter().filter(|leaf| is_number(&leaf.schema)) {
            for bound in ["minimum", "maximum"] {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a bound beyond 64 bits is caught by the reader"
                )]
                let number = json!(leaf[bound].as_f64().unwrap() as i64);
                let mut object = instance(&schema, path, &number);
                object["apiVersion"] = "stockbot.dev/v1alpha1".into();
                object["kind"] = kind.into();
                object["metadata"] = json!({"name": "x"});
                let error = read(kind, object.clone());
                assert!(error.is_none(), "{}: {number}: {error:?}\n{object:#}", path.join("."));
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "the definitions have more numbers than {seen} bounds");
}

/// The smallest value of a schema that has `leaf` at `path`.
fn instance(schema: &Value, path: &[String], leaf: &Value) -> Value {
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
fn smallest(schema: &Value) -> Value {
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
