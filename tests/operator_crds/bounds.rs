//! Every leaf of the definitions has bounds, and what they let through can be read: one object that cannot would be in the
//! way of all others.

use serde_json::{Value, json};
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::leaves::{Leaf, instance, is_number, kinds};

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
