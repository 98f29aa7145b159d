//! Random JSON, and valid bodies with something changed in them.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Keys that mean something somewhere, so that random bodies get deep into the rules.
const KEYS: [&str; 56] = [
    "op",
    "d",
    "s",
    "t",
    "type",
    "data",
    "content",
    "embeds",
    "components",
    "custom_id",
    "title",
    "description",
    "fields",
    "name",
    "value",
    "flags",
    "nonce",
    "enforce_nonce",
    "message_reference",
    "message_id",
    "allowed_mentions",
    "parse",
    "users",
    "options",
    "choices",
    "attachments",
    "id",
    "label",
    "style",
    "url",
    "accessory",
    "component",
    "items",
    "media",
    "token",
    "intents",
    "shard",
    "properties",
    "session_id",
    "seq",
    "guild_id",
    "user_ids",
    "min_values",
    "max_values",
    "emoji",
    "footer",
    "interaction_id",
    "values",
    "by",
    "for",
    "times",
    "sessions",
    "match",
    "effect",
    "probability",
    "roles",
];

/// What stands at the edges: of integers, of lengths, of times, of text.
fn edge() -> impl Strategy<Value = Value> {
    let text = |text: &str| Just(Value::from(text));
    prop_oneof![
        Just(Value::from(u64::MAX)),
        Just(Value::from(i64::MIN)),
        Just(Value::from(1e300)),
        Just(Value::from(-0.5)),
        Just(Value::from("x".repeat(5000))),
        Just(Value::from("é".repeat(2001))),
        Just(Value::Array(vec![Value::Null; 300])),
        text("\u{0}\u{202e}🛒"),
        text("1e19s"),
        text("18446744073709551615"),
        text("-1"),
        text(""),
        text("@original"),
        text("*a*a*a*a*a*a*a*a*b"),
        text("{x}{y}*"),
        text("http://127.0.0.1:9/"),
        text("attachment://a.txt"),
        text("<@1> <@&2> @everyone"),
    ]
}

/// Any JSON.
pub fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0i64), -3i64..50, any::<i64>()].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof!["\\PC{0,8}", "[a-z]{1,4}"].prop_map(Value::from),
        edge(),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((any_key(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![6 => proptest::sample::select(&KEYS[..]).prop_map(str::to_owned), 1 => "\\PC{0,5}"]
}

/// One change of a body.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Something else stands there.
    Replace(Value),
    /// It is missing.
    Remove,
    /// It stands there many times (in lists), or under another key.
    Repeat(usize, String),
    /// Something is added to it.
    Add(String, Value),
}

/// Changes, each with the place it is made at.
pub fn any_edits() -> impl Strategy<Value = Vec<(usize, Edit)>> {
    let edit = prop_oneof![
        3 => edge().prop_map(Edit::Replace),
        3 => any_json().prop_map(Edit::Replace),
        2 => Just(Edit::Remove),
        2 => (prop_oneof![1usize..4, Just(30), Just(120)], any_key()).prop_map(|(n, key)| Edit::Repeat(n, key)),
        2 => (any_key(), any_json()).prop_map(|(key, value)| Edit::Add(key, value)),
    ];
    proptest::collection::vec((any::<usize>(), edit), 0..4)
}

/// A body after the changes.
pub fn edited(mut body: Value, edits: &[(usize, Edit)]) -> Value {
    for (place, edit) in edits {
        let count = count(&body);
        apply(&mut body, place % count, edit);
    }
    body
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(object) => object.values().map(count).sum(),
        _ => 0,
    }
}

/// Applies a change to the `place`th value, counted in writing order.
fn apply(value: &mut Value, place: usize, edit: &Edit) {
    if place == 0 {
        match (edit, value) {
            (Edit::Replace(with), value) => *value = with.clone(),
            (Edit::Add(key, added), Value::Object(object)) => drop(object.insert(key.clone(), added.clone())),
            (Edit::Add(_, added), Value::Array(list)) => list.push(added.clone()),
            (_, value) => *value = Value::Null,
        }
        return;
    }
    let mut left = place - 1;
    match value {
        Value::Array(list) => {
            let Some(index) = find(list.iter(), &mut left) else { return };
            match edit {
                Edit::Remove if left == 0 => drop(list.remove(index)),
                Edit::Repeat(times, _) if left == 0 => {
                    let item = list[index].clone();
                    list.extend(std::iter::repeat_n(item, *times));
                }
                _ => apply(&mut list[index], left, edit),
            }
        }
        Value::Object(object) => {
            let Some(index) = find(object.values(), &mut left) else { return };
            let key = object.keys().nth(index).cloned().unwrap_or_default();
            match edit {
                Edit::Remove if left == 0 => drop(object.remove(&key)),
                Edit::Repeat(_, other) if left == 0 => {
                    let item = object[&key].clone();
                    object.insert(other.clone(), item);
                }
                _ => apply(&mut object[&key], left, edit),
            }
        }
        _ => {}
    }
}

/// The child that holds the `left`th value; `left` is then the place within it.
fn find<'a>(children: impl Iterator<Item = &'a Value>, left: &mut usize) -> Option<usize> {
    for (index, child) in children.enumerate() {
        let size = count(child);
        if *left < size {
            return Some(index);
        }
        *left -= size;
    }
    None
}
