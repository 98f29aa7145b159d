//! The table of live and restarting fields, over every leaf of a configuration that has them all.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_yaml::Value;
use stockbot_config::{
    Config,
    restart::{Effect, FIELDS},
};

/// Every field of the newest contract.
const COMPLETE: &str = include_str!("contract_2.yaml");

/// Paths of all leaves; of a list its last item stands for all.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Mapping(fields) => {
            for (key, value) in fields {
                let key = key.as_str().unwrap();
                let below = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                leaves(value, &below, found);
            }
        }
        Value::Sequence(items) if items.last().is_some_and(Value::is_mapping) => {
            let last = items.len() - 1;
            leaves(&items[last], &format!("{path}.{last}"), found);
        }
        _ => found.push(path.to_owned()),
    }
}

fn at<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(value, |value, key| match key.parse::<usize>() {
        Ok(index) => value.get_mut(index).unwrap(),
        Err(_) => value.get_mut(key).unwrap(),
    })
}

/// Values to try until one is taken and differs: the schema of a leaf is not known here.
fn others() -> Vec<Value> {
    let texts = [
        "1100000000000000099",
        "7s",
        "other",
        "error",
        "text",
        "en",
        "Stock",
        "Help",
        "Orders",
        "Price",
        "Danger",
        "Maintenance",
        "Notice",
        "https://other",
        "#000000",
    ];
    let mut values: Vec<Value> = texts.map(Value::from).into();
    values.extend([
        Value::from(7),
        Value::from(true),
        Value::from(false),
        Value::from(vec!["1100000000000000099"]),
        Value::from(vec!["X"]),
    ]);
    values
}

fn entry(path: &str) -> Vec<&'static (&'static str, Effect)> {
    let covers =
        |known: &str| path == known || path.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'));
    FIELDS.iter().filter(|(known, _)| covers(known)).collect()
}

#[test]
fn every_field_has_one_entry_and_only_a_cold_one_asks_for_a_restart() {
    let before = Config::parse(COMPLETE, "complete").unwrap();
    let document: Value = serde_yaml::to_value(&before).unwrap();
    let mut paths = Vec::new();
    leaves(&document, "", &mut paths);
    for path in &paths {
        let [(_, effect)] = entry(path)[..] else { panic!("{path} has {:?}", entry(path)) };
        let changed = others().into_iter().find_map(|value| {
            let mut document = document.clone();
            *at(&mut document, path) = value;
            let text = serde_yaml::to_string(&document).unwrap();
            Config::parse(&text, "changed").ok().filter(|config| *config != before)
        });
        let changed = changed.unwrap_or_else(|| panic!("no other value is taken for {path}"));
        let restarts = changed.needs_restart() != before.needs_restart();
        assert_eq!(restarts, *effect == Effect::Restart, "{path}");
    }
    for (known, _) in FIELDS {
        assert!(
            paths.iter().any(|path| entry(path).iter().any(|(name, _)| name == known)),
            "{known} is no field"
        );
    }
}

#[test]
fn what_is_read_live_restarts_nothing() {
    let live = |path: &str| entry(path).iter().all(|(_, effect)| *effect == Effect::Live);
    for path in [
        "shop.admins",
        "shop.channels",
        "shop.locale",
        "shop.maxQuantity",
        "limits",
        "retention",
        "logging",
        "displays",
    ] {
        assert!(live(path), "{path}");
    }
}
