//! Bounds for what has none of its own: every leaf of the Kubernetes types that the specs embed, and of the statuses.
//!
//! `format: int32` binds nobody: a number that the API server takes and these types cannot hold would make the object
//! unreadable to the operator. What a field means beyond that (a percentage, a port) stands beside the field.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::core::Rule;
use stockbot_config::schema::{DATA_KEY, OBJECT_NAME};

/// The integers that a JSON number holds exactly, whoever reads it.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Longest text of a leaf that has no bound of its own, characters.
const LONGEST: i64 = 32_768;
/// Most elements of a list or map that has no bound of its own.
const MOST: i64 = 100;
/// An amount of CPU or memory as Kubernetes writes it, not below zero.
const AMOUNT: &str = r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$";
/// The name of an environment variable.
const VARIABLE: &str = "^[ -<>-~]+$";
/// What Kubernetes itself allows in numbers of pods' specs.
const NUMBERS: [(&str, f64, f64); 4] = [
    ("weight", 1.0, 100.0),
    ("maxSkew", 1.0, 1_000.0),
    ("minDomains", 1.0, 1_000.0),
    ("tolerationSeconds", 0.0, 2_147_483_647.0),
];
/// Names in pods' specs that Kubernetes refuses only after it has taken them, by the field that holds them.
const TEXTS: [(&str, &str, &str); 6] = [
    ("imagePullSecrets", "name", OBJECT_NAME),
    ("secretKeyRef", "name", OBJECT_NAME),
    ("secretKeyRef", "key", DATA_KEY),
    ("configMapKeyRef", "name", OBJECT_NAME),
    ("configMapKeyRef", "key", DATA_KEY),
    ("env", "name", VARIABLE),
];

/// A rule about an object's name. Names do not change, so it is only held against new objects: one that was made before the
/// rule can still be changed, and deleted.
pub fn named(rule: &str, message: &'static str) -> Rule {
    Rule::new(format!("oldSelf.hasValue() || {rule}")).message(message).optional_old_self(true)
}

/// The definition with bounds on every leaf.
pub fn bounded(mut definition: CustomResourceDefinition) -> CustomResourceDefinition {
    let versions = definition.spec.versions.iter_mut();
    let schemas = versions.filter_map(|version| version.schema.as_mut()?.open_api_v3_schema.as_mut());
    // The root is the object itself, whose metadata is the API server's business.
    let parts = schemas.filter_map(|schema| schema.properties.as_mut());
    for (name, part) in parts.flatten().filter(|(name, _)| matches!(name.as_str(), "spec" | "status")) {
        bind(part, "", name);
    }
    definition
}

/// Bounds `schema`, which is called `name` within `parent`.
fn bind(schema: &mut JSONSchemaProps, parent: &str, name: &str) {
    if schema.x_kubernetes_int_or_string == Some(true) {
        schema.pattern.get_or_insert_with(|| AMOUNT.into());
        number(schema, (0.0, EXACT));
        schema.max_length.get_or_insert(32);
        return;
    }
    match schema.type_.as_deref() {
        Some("integer") => number(schema, range(schema, name)),
        Some("string") => text(schema, parent, name),
        Some("array") => drop(schema.max_items.get_or_insert(MOST)),
        _ => {}
    }
    for (field, inner) in schema.properties.iter_mut().flatten() {
        bind(inner, name, field);
    }
    if let Some(JSONSchemaPropsOrArray::Schema(items)) = &mut schema.items {
        // The elements of a list go by the list's name.
        bind(items, parent, name);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        schema.max_properties.get_or_insert(MOST);
        bind(values, name, "");
    }
}

fn range(schema: &JSONSchemaProps, name: &str) -> (f64, f64) {
    let known = NUMBERS.iter().find(|(known, ..)| *known == name).map(|(_, least, most)| (*least, *most));
    known.unwrap_or(match schema.format.as_deref() {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        _ => (-EXACT, EXACT),
    })
}

fn number(schema: &mut JSONSchemaProps, (least, most): (f64, f64)) {
    schema.minimum.get_or_insert(least);
    schema.maximum.get_or_insert(most);
}

fn text(schema: &mut JSONSchemaProps, parent: &str, name: &str) {
    if let Some((.., pattern)) = TEXTS.iter().find(|(holder, known, _)| *holder == parent && *known == name) {
        schema.pattern.get_or_insert_with(|| (*pattern).into());
        schema.max_length.get_or_insert(253);
    }
    if schema.enum_.is_none() && schema.format.is_none() {
        schema.max_length.get_or_insert(LONGEST);
    }
}
