//! A compact memory of an object's content: enough to tell whether a wanted object is part of it, without keeping it.
//! Must not: know any kind, or be compared between processes (the hashes are this build's own).

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::quantity;

/// Every leaf of a JSON document as (hash of its path, hash of its value), 16 bytes each, ordered by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint(Box<[(u64, u64)]>);

impl Footprint {
    /// The footprint of an object: of its labels, annotations and everything that is neither metadata nor status.
    #[must_use]
    pub fn of(object: &Value) -> Self {
        let mut leaves = Vec::new();
        walk(object, &mut |path, value| leaves.push((path, hash(value))));
        leaves.sort_unstable();
        Self(leaves.into())
    }

    /// Does the object have everything that `wanted` has? What only the object has (defaults, fields of others) is ignored.
    #[must_use]
    pub fn covers(&self, wanted: &Value) -> bool {
        let mut covered = true;
        walk(wanted, &mut |path, value| covered &= self.has(path, value));
        covered
    }

    fn has(&self, path: u64, value: &Value) -> bool {
        match self.0.binary_search_by_key(&path, |leaf| leaf.0) {
            Ok(found) => self.0[found].1 == hash(value),
            // The API server leaves out what is empty.
            Err(_) => is_empty(value),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) => false,
    }
}

fn hash<T: Hash>(value: T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn walk(object: &Value, leaf: &mut impl FnMut(u64, &Value)) {
    let Value::Object(fields) = object else { return };
    for (key, value) in fields {
        match key.as_str() {
            "apiVersion" | "kind" | "status" => {}
            "metadata" => ["labels", "annotations"]
                .iter()
                .filter_map(|kept| value.get(kept).map(|found| (kept, found)))
                .for_each(|(kept, found)| descend(found, hash(("metadata", kept)), kept, leaf)),
            _ => descend(value, hash(key), key, leaf),
        }
    }
}

fn descend(value: &Value, path: u64, parent: &str, leaf: &mut impl FnMut(u64, &Value)) {
    match value {
        Value::Object(fields) => {
            let amounts = matches!(parent, "requests" | "limits");
            for (key, value) in fields {
                let amount = amounts || key == "divisor";
                match value.as_str().filter(|_| amount).and_then(quantity::canonical) {
                    Some(amount) => leaf(hash((path, key)), &amount),
                    None => descend(value, hash((path, key)), key, leaf),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                descend(item, hash((path, element_key(items, item, index))), "", leaf);
            }
        }
        scalar => leaf(path, scalar),
    }
}

/// Lists of named things are maps to Kubernetes: another manager may put its own in front.
fn element_key(items: &[Value], item: &Value, index: usize) -> String {
    let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
    match name(item) {
        Some(own) if items.iter().filter(|other| name(other).as_ref() == Some(&own)).count() == 1 => own,
        _ => index.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn live() -> Value {
        json!({
            "metadata": {"name": "x", "uid": "1", "labels": {"a": "b", "other": "c"}},
            "spec": {
                "replicas": 0,
                "containers": [{"name": "side"}, {"name": "bot", "image": "i", "resources": {"requests": {"cpu": "50m"}}, "env": [{"name": "MEMORY", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}}], "terminationMessagePath": "/dev/termination-log"}]
            },
            "status": {"ready": 1}
        })
    }

    #[test]
    fn defaults_other_managers_and_other_spellings_are_no_drift() {
        let wanted = json!({
            "metadata": {"name": "x", "labels": {"a": "b"}},
            "spec": {"replicas": 0, "hostNetwork": false, "containers": [{"name": "bot", "image": "i", "ports": [], "resources": {"requests": {"cpu": "0.05"}}, "env": [{"name": "MEMORY", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1024Ki"}}}]}]}
        });
        assert!(Footprint::of(&live()).covers(&wanted));
    }

    #[test]
    fn a_changed_value_a_missing_label_and_a_missing_item_are_drift() {
        for wanted in [
            json!({"metadata": {"labels": {"a": "z"}}}),
            json!({"metadata": {"labels": {"gone": "b"}}}),
            json!({"spec": {"replicas": 1}}),
            json!({"spec": {"containers": [{"name": "bot", "image": "j"}]}}),
            json!({"spec": {"containers": [{"name": "third", "image": "i"}]}}),
        ] {
            assert!(!Footprint::of(&live()).covers(&wanted), "{wanted}");
        }
    }
}
