//! Every bound of both definitions, asked of the API server itself: what is at it is taken, what is beyond it is refused.

#[path = "../operator_crds/leaves.rs"]
mod leaves;

use futures_util::{StreamExt as _, stream};
use kube::{
    Api,
    api::{ApiResource, DynamicObject, PostParams},
};
use leaves::{Leaf, instance, is_number, kinds, smallest};
use serde_json::{Value, json};
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::world::World;

/// Values at the bounds of a leaf, and values beyond them.
fn probes(schema: &Value) -> (Vec<Value>, Vec<Value>) {
    let number = |name: &str| schema[name].as_i64().or_else(|| schema[name].as_f64().map(whole));
    let size = |name: &str| schema[name].as_u64().and_then(|size| usize::try_from(size).ok());
    let (mut at, mut beyond) = (Vec::new(), Vec::new());
    if is_number(schema) {
        for (bound, step) in [("minimum", -1), ("maximum", 1)] {
            let Some(bound) = number(bound) else { continue };
            at.push(json!(bound));
            beyond.extend(bound.checked_add(step).map(|next| json!(next)));
        }
        beyond.push(json!("x y"));
    } else if !schema["enum"].is_null() {
        at.extend(schema["enum"].as_array().into_iter().flatten().cloned());
        beyond.push(json!("Nonsense"));
    } else if schema["type"] == "string" {
        beyond.extend(size("maxLength").map(|size| json!("x".repeat(size + 1))));
        beyond.push(json!(7));
        if schema["pattern"].is_null() && schema["format"].is_null() {
            at.extend(size("maxLength").map(|size| json!("x".repeat(size))));
        }
    } else if schema["type"] == "array" {
        let list = |size| json!(vec![smallest(&schema["items"]); size]);
        beyond.extend(size("maxItems").map(|size| list(size + 1)));
    } else if schema["type"] == "object" {
        let map = |size| {
            (0..size)
                .map(|number| (format!("k{number}"), smallest(&schema["additionalProperties"])))
                .collect()
        };
        beyond.extend(size("maxProperties").map(|size| Value::Object(map(size + 1))));
    } else if schema["type"] == "boolean" {
        at.extend([json!(true), json!(false)]);
        beyond.push(json!("yes"));
    }
    (at, beyond)
}

#[expect(clippy::cast_possible_truncation, reason = "bounds are whole and far below")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// A leaf in the API server's words.
fn place(path: &[String]) -> String {
    path.join(".").replace(".[]", "[0]").replace(".{}", "[x]")
}

/// The API server's answer, if it is a refusal.
async fn refusal(api: &Api<DynamicObject>, kind: &str, mut object: Value) -> Option<String> {
    object["apiVersion"] = "stockbot.dev/v1alpha1".into();
    object["kind"] = kind.into();
    object["metadata"] = json!({"name": "x"});
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    match api.create(&dry, &serde_json::from_value(object).unwrap()).await {
        Ok(_) => None,
        Err(kube::Error::Api(status)) if matches!(status.code, 400 | 422) => Some(status.message.clone()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_is_at_a_bound_is_taken_and_what_is_beyond_it_is_refused() {
    let world = World::empty().await;
    let resources = [ApiResource::erase::<DiscordBot>(&()), ApiResource::erase::<StockDisplay>(&())];
    let mut asked = 0;
    for ((schema, leaves), resource) in kinds().into_iter().zip(resources) {
        let api = Api::namespaced_with(world.client.clone(), &world.namespace, &resource);
        let cases = leaves.iter().filter(|leaf| leaf.path[0] == "spec").flat_map(|Leaf { path, schema }| {
            let (at, beyond) = probes(schema);
            let at = at.into_iter().map(|value| (path, value, true));
            at.chain(beyond.into_iter().map(|value| (path, value, false))).collect::<Vec<_>>()
        });
        let cases: Vec<_> = cases.collect();
        asked += cases.len();
        let wrong: Vec<String> = stream::iter(cases)
            .map(|(path, value, good)| {
                let object = instance(&schema, path, &value);
                let (api, kind) = (&api, &resource.kind);
                async move {
                    let (refused, place) = (refusal(api, kind, object).await, place(path));
                    // What else is wrong with so small an object does not matter.
                    let of_it =
                        refused.as_ref().filter(|words| !good || words.contains(&format!("{place}: ")));
                    let value = value.to_string().chars().take(40).collect::<String>();
                    (of_it.is_none() != good).then(|| format!("{place}: {value}: {refused:?}"))
                }
            })
            .buffered(16)
            .filter_map(std::future::ready)
            .collect()
            .await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    assert!(asked > 500, "{asked}");
}
