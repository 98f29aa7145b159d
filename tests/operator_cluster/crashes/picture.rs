//! What a namespace looks like, without what differs between two runs of the same: times, versions, names that were drawn.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{node::bot_of, watched::Watched};

/// Objects by kind and name, or what is left of them here.
pub type Picture = BTreeMap<String, Value>;

/// Kinds that the operator writes.
const CHILDREN: [&str; 6] =
    ["Deployment", "ConfigMap", "Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy"];

/// Takes the picture.
pub fn picture(watched: &Watched, namespace: &str) -> Picture {
    let mut picture = Picture::new();
    for ((kind, name), mut object) in watched.all() {
        let drawn = match kind.as_str() {
            "DiscordBot" | "StockDisplay" => json!({
                "finalizers": object["metadata"]["finalizers"],
                "deleted": !object["metadata"]["deletionTimestamp"].is_null(),
                "status": object["status"],
            }),
            child if CHILDREN.contains(&child) && bot_of(&object).is_some() => {
                let owner = object["metadata"]["ownerReferences"][0].take();
                json!({
                    "owner": owner["name"],
                    "labels": object["metadata"]["labels"],
                    "annotations": object["metadata"]["annotations"],
                    "spec": object["spec"],
                    "data": object["data"],
                })
            }
            "ReplicaSet" | "Pod" => {
                let Some(bot) = bot_of(&object) else { continue };
                let of_bot = picture.entry(format!("{kind}s of {bot}")).or_insert_with(|| json!(0));
                *of_bot = json!(of_bot.as_u64().unwrap_or_default() + 1);
                continue;
            }
            _ => continue,
        };
        picture.insert(format!("{kind} {name}"), without_luck(drawn, namespace));
    }
    picture
}

/// Is every object told of as it is, none about to go, and no rollout under way? Then nothing more is to be expected.
pub fn at_rest(watched: &Watched) -> bool {
    let all = [watched.of_kind("DiscordBot"), watched.of_kind("StockDisplay")].concat();
    all.iter().all(|object| {
        let (metadata, status) = (&object["metadata"], &object["status"]);
        let conditions = status["conditions"].as_array();
        let is = |kind| {
            conditions.is_some_and(|all| all.iter().any(|one| one["type"] == kind && one["status"] == "True"))
        };
        metadata["deletionTimestamp"].is_null()
            && status["observedGeneration"] == metadata["generation"]
            && (is("Paused") || !is("Progressing"))
    })
}

/// Without times, addresses, fingerprints and the namespace's name.
fn without_luck(value: Value, namespace: &str) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            // What went wrong last is history: it stays told.
            .filter(|(key, value)| !value.is_null() && !key.starts_with("clusterIP") && key != "lastError")
            .map(|(key, value)| (key, without_luck(value, namespace)))
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| without_luck(item, namespace)).collect(),
        Value::String(text) if text.parse::<k8s_openapi::jiff::Timestamp>().is_ok() => "a time".into(),
        Value::String(text) => without_fingerprints(&text.replace(namespace, "NAMESPACE")).into(),
        other => other,
    }
}

/// The namespace is in what they are of. What that is, the specs and data tell; and a rollout too many, the number of `ReplicaSet`s.
fn without_fingerprints(text: &str) -> String {
    let is_one = |word: &&str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(is_one).fold(text.to_owned(), |text, found| text.replace(found, "FINGERPRINT"))
}

/// What is in one picture and not in the other.
pub fn difference(wanted: &Picture, found: &Picture) -> String {
    let lines = |picture: &Picture| -> Vec<String> {
        picture.iter().flat_map(|(id, value)| leaves(value, id).into_iter().collect::<Vec<_>>()).collect()
    };
    let (wanted, found) = (lines(wanted), lines(found));
    let missing = wanted.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}"));
    let new = found.iter().filter(|line| !wanted.contains(line)).map(|line| format!("+ {line}"));
    missing.chain(new).collect::<Vec<_>>().join("\n")
}

fn leaves(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, value)| leaves(value, &format!("{path}.{key}"))).collect()
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, value)| leaves(value, &format!("{path}.{index}")))
            .collect(),
        leaf => vec![format!("{path} = {leaf}")],
    }
}
