//! The generated definitions: what is committed is what the types say, and every field is explained.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
mod effects;
mod leaves;

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

fn files(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn operator(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_stockbot-operator")).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_committed_definitions_are_those_of_the_types() {
    let generated = tempfile::tempdir().unwrap();
    operator(&["crds", "--dir", generated.path().to_str().unwrap()]);
    let wanted = files(generated.path());
    assert_eq!(wanted.len(), 2);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for committed in ["crds", "charts/stockbot-operator/files/crds"] {
        assert!(files(&root.join(committed)) == wanted, "{committed} is not up to date: run `make crds`");
    }
    let printed = wanted.into_values().flat_map(|text| ["---\n".to_owned(), text]);
    assert_eq!(operator(&["crds"]), printed.collect::<String>());
}

#[test]
fn every_field_is_explained() {
    for definition in stockbot_operator::api::definitions() {
        let definition = serde_json::to_value(definition).unwrap();
        let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        let mut missing = Vec::new();
        for part in ["spec", "status"] {
            unexplained(&schema["properties"][part], part, &mut missing);
        }
        assert!(missing.is_empty(), "fields without a description: {missing:#?}");
    }
}

fn unexplained(schema: &Value, path: &str, missing: &mut Vec<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        if field["description"].as_str().is_none_or(str::is_empty) {
            missing.push(path.clone());
        }
        unexplained(field, &path, missing);
    }
    for part in ["items", "additionalProperties"] {
        if schema[part].is_object() {
            unexplained(&schema[part], path, missing);
        }
    }
}

/// What `kubectl get` shows, and with `-o wide`.
fn columns(plural: &str, priority: u64) -> Vec<String> {
    let all =
        stockbot_operator::api::definitions().map(|definition| serde_json::to_value(definition).unwrap());
    let found = all.iter().find(|definition| definition["spec"]["names"]["plural"] == plural).unwrap();
    let columns = found["spec"]["versions"][0]["additionalPrinterColumns"].as_array().unwrap();
    let of_priority = columns.iter().filter(|column| column["priority"].as_u64().unwrap_or(0) == priority);
    of_priority.map(|column| column["name"].as_str().unwrap().to_uppercase()).collect()
}

#[test]
fn kubectl_shows_the_columns_that_people_look_for() {
    assert_eq!(columns("discordbots", 0), ["PHASE", "READY", "SHARDS", "DISPLAYS", "STARTS-LEFT", "AGE"]);
    assert_eq!(columns("discordbots", 1), ["SHOP", "IMAGE", "MESSAGE"]);
    assert_eq!(columns("stockdisplays", 0), ["BOT", "CHANNEL", "PUBLISHED", "PRODUCTS", "HEALTH", "AGE"]);
}
