//! Fields of a child that somebody else has set, and the patch that takes them back. Server-side apply restores what the
//! operator sets and leaves alone what it does not: one more key in a Service's selector, a second container, a host network.
//! Who set what is in the object's own managed fields. Must not: know any kind.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use serde_json::{Map, Value, json};

use super::child::Child;
use crate::api::names;

/// Did the operator itself make the object, by server-side apply?
pub fn is_made_by_us<K: Child>(object: &K) -> bool {
    let applied = |entry: &&ManagedFieldsEntry| entry.operation.as_deref() == Some("Apply");
    managed(object).filter(applied).any(|entry| entry.manager.as_deref() == Some(names::MANAGER))
}

/// The strategic merge patch that removes what others alone have set in the spec of an object that is wholly ours.
pub fn removal<K: Child>(object: &K) -> Option<Value> {
    let (ours, theirs): (Vec<_>, Vec<_>) =
        managed(object).partition(|entry| entry.manager.as_deref() == Some(names::MANAGER));
    let fields =
        |entry: &ManagedFieldsEntry| entry.fields_v1.as_ref().map(|fields| fields.0["f:spec"].clone());
    let mut known = Value::Null;
    ours.into_iter().filter_map(fields).for_each(|fields| unite(&mut known, fields));
    let mut patch = Value::Null;
    for mut fields in theirs.into_iter().filter_map(fields) {
        for path in K::LEFT_ALONE {
            forget(&mut fields, path);
        }
        if let Some(change) = undo(&fields, &known) {
            unite(&mut patch, change);
        }
    }
    (K::WHOLLY_OURS && !patch.is_null()).then(|| json!({"spec": patch}))
}

fn managed<K: Child>(object: &K) -> impl Iterator<Item = &ManagedFieldsEntry> {
    // What controllers say of an object in its status is theirs.
    object
        .meta()
        .managed_fields
        .iter()
        .flatten()
        .filter(|entry| entry.subresource.as_deref() != Some("status"))
}

/// What undoes `theirs` where it is not part of `ours`; both are managed fields in the notation of Kubernetes' `FieldsV1`.
fn undo(theirs: &Value, ours: &Value) -> Option<Value> {
    let (mut fields, mut items) = (Map::new(), Vec::new());
    for (key, inner) in theirs.as_object().into_iter().flatten() {
        let known = &ours[key.as_str()];
        let change = undo(inner, known).filter(|_| !known.is_null());
        match key.split_once(':') {
            Some(("f", name)) if known.is_null() => drop(fields.insert(name.into(), Value::Null)),
            Some(("f", name)) => drop(change.map(|change| fields.insert(name.into(), change))),
            Some(("k", keys)) => items.extend(element(keys, known.is_null(), change)),
            // Members of sets and positions in lists that are replaced as a whole; a dot is the element itself.
            _ => {}
        }
    }
    match (fields.is_empty(), items.is_empty()) {
        (true, true) => None,
        (_, false) => Some(items.into()),
        (false, true) => Some(fields.into()),
    }
}

/// The patch of a list's element with these keys.
fn element(keys: &str, foreign: bool, change: Option<Value>) -> Option<Value> {
    let mut element: Map<String, Value> = serde_json::from_str(keys).ok()?;
    match change {
        _ if foreign => drop(element.insert("$patch".into(), "delete".into())),
        Some(Value::Object(change)) => element.extend(change),
        _ => return None,
    }
    Some(element.into())
}

fn forget(fields: &mut Value, path: &[&str]) {
    let Some((last, parents)) = path.split_last() else { return };
    let parent = parents.iter().try_fold(fields, |fields, name| fields.get_mut(format!("f:{name}")));
    if let Some(Value::Object(parent)) = parent {
        parent.remove(&format!("f:{last}"));
    }
}

/// Adds `more` to `into`: objects field by field, lists one after the other.
fn unite(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            more.into_iter().for_each(|(key, value)| unite(into.entry(key).or_insert(Value::Null), value));
        }
        (Value::Array(into), Value::Array(more)) => into.extend(more),
        (into, more) => *into = more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::{
        apps::v1::Deployment,
        core::v1::{ConfigMap, Service},
    };
    use serde::de::DeserializeOwned;

    fn object<K: DeserializeOwned>(theirs: &Value) -> K {
        let ours = json!({"f:spec": {
            "f:selector": {}, "f:replicas": {},
            "f:template": {"f:metadata": {"f:annotations": {"f:a": {}}}, "f:spec": {"f:containers": {"k:{\"name\":\"stockbot\"}": {
                ".": {}, "f:name": {}, "f:image": {}, "f:env": {"k:{\"name\":\"POD_NAME\"}": {".": {}, "f:name": {}}},
            }}}},
        }});
        let entry = |manager: &str, operation: &str, fields: &Value| json!({"manager": manager, "operation": operation, "fieldsType": "FieldsV1", "fieldsV1": fields});
        let managed = [entry(names::MANAGER, "Apply", &ours), entry("kubectl-edit", "Update", theirs)];
        serde_json::from_value(json!({"metadata": {"managedFields": managed}})).unwrap()
    }

    #[test]
    fn what_others_add_is_taken_back_and_what_is_ours_too_is_not() {
        let stockbot = "k:{\"name\":\"stockbot\"}";
        for (theirs, patch) in [
            (json!({"f:replicas": {}}), None),
            (json!({"f:paused": {}}), None),
            (
                json!({"f:template": {"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/restartedAt": {}}}}}),
                None,
            ),
            (
                json!({"f:template": {"f:spec": {"f:hostNetwork": {}}}}),
                Some(json!({"template": {"spec": {"hostNetwork": null}}})),
            ),
            (
                json!({"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"side\"}": {".": {}, "f:image": {}}}}}}),
                Some(json!({"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}})),
            ),
            (
                json!({"f:template": {"f:spec": {"f:containers": {stockbot: {
                    "f:image": {}, "f:env": {"k:{\"name\":\"EXTRA\"}": {".": {}, "f:value": {}}},
                }}}}}),
                Some(json!({"template": {"spec": {"containers": [
                    {"name": "stockbot", "env": [{"name": "EXTRA", "$patch": "delete"}]}
                ]}}})),
            ),
        ] {
            let found = removal(&object::<Deployment>(&json!({"f:spec": theirs})));
            assert_eq!(found, patch.map(|patch| json!({"spec": patch})), "{theirs}");
        }
    }

    #[test]
    fn a_field_of_a_service_is_taken_back_but_keys_of_a_config_map_are_left() {
        let theirs = json!({"f:spec": {"f:sessionAffinity": {}}, "f:data": {"f:other": {}}});
        assert_eq!(removal(&object::<Service>(&theirs)), Some(json!({"spec": {"sessionAffinity": null}})));
        assert_eq!(removal(&object::<ConfigMap>(&theirs)), None);
        assert!(is_made_by_us(&object::<ConfigMap>(&theirs)));
    }
}
