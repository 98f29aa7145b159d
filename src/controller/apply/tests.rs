//! What is written of a child, and what its refusal means; the API server is a function.

use super::*;
use crate::{
    client::stub::{Stub, refusal},
    cluster::footprint::Footprint,
};
use k8s_openapi::api::core::v1::ConfigMap;

fn config(keys: &[&str]) -> ConfigMap {
    let data = keys.iter().map(|key| ((*key).to_owned(), "value".to_owned())).collect();
    ConfigMap { data: Some(data), ..ConfigMap::default() }
}

#[test]
fn a_field_that_is_not_wanted_any_more_is_noticed() {
    let live = Footprint::of(&document(&config(&["kept", "dropped"]), None).unwrap());
    assert!(live.covers(&document(&config(&["kept", "dropped"]), Some("uid")).unwrap()));
    assert!(!live.covers(&document(&config(&["kept"]), Some("uid")).unwrap()));
}

#[test]
fn a_new_object_can_only_be_created_and_a_known_one_only_be_changed() {
    let new = document(&config(&[]), None).unwrap();
    assert_eq!((&new["metadata"]["resourceVersion"], &new["metadata"]["uid"]), (&json!("1"), &Value::Null));
    let known = document(&config(&[]), Some("uid")).unwrap();
    assert_eq!(
        (&known["metadata"]["resourceVersion"], &known["metadata"]["uid"]),
        (&Value::Null, &json!("uid"))
    );
}

/// A writer of growshop's children, and an empty cache of its `ConfigMap`s.
fn writing<'a>(stub: &'a Stub, metrics: &'a Metrics, bot: &'a Key) -> (ChildWriter<'a>, Cache<Live>) {
    (ChildWriter::new(&stub.client, metrics, bot, "bot-uid"), Cache::default())
}

/// The `ConfigMap` of growshop as the API server has it.
fn stored(version: &str, value: &str) -> Value {
    let owner = json!({"apiVersion": "stockbot.dev/v1alpha1", "kind": "DiscordBot", "name": "growshop", "uid": "bot-uid", "controller": true});
    json!({
        "apiVersion": "v1", "kind": "ConfigMap", "data": {"amount": value},
        "metadata": {
            "name": "growshop", "namespace": "shops", "uid": "u", "resourceVersion": version, "ownerReferences": [owner],
        },
    })
}

#[tokio::test]
async fn what_the_api_server_writes_in_its_own_way_is_written_once() {
    let stub = Stub::new(|_| (200, stored("7", "as the server writes it")));
    let (metrics, bot) = (Metrics::new().unwrap(), Key::new("shops", "growshop"));
    let (writer, cache) = writing(&stub, &metrics, &bot);
    let wanted: ConfigMap = serde_json::from_value(stored("", "as it was sent")).unwrap();
    assert!(writer.apply(&cache, &wanted).await.unwrap().written);
    assert!(!writer.apply(&cache, &wanted).await.unwrap().written);
    assert_eq!(stub.asked().len(), 1);
    let another: ConfigMap = serde_json::from_value(stored("", "another")).unwrap();
    assert!(!writer.apply(&cache, &another).await.unwrap().written, "the version stayed as it was");
    assert_eq!(stub.asked().len(), 2, "but it had to be asked for");
}

#[tokio::test]
async fn a_deletion_that_is_refused_is_looked_at_and_tried_again() {
    let stub = Stub::new(|asked| match asked.method.as_str() {
        "DELETE" => refusal(409, "Conflict", "try again"),
        _ => (200, stored("8", "still there")),
    });
    let (metrics, bot) = (Metrics::new().unwrap(), Key::new("shops", "growshop"));
    let (writer, cache) = writing(&stub, &metrics, &bot);
    let ours: ConfigMap = serde_json::from_value(stored("7", "ours")).unwrap();
    cache.put(bot.clone(), Live::of(&ours));
    let pruned = writer.prune::<ConfigMap>(&cache, "growshop").await;
    assert!(matches!(pruned, Err(ApplyError::Conflict { .. })), "{pruned:?}");
    assert_eq!(cache.get(&bot).unwrap().version(), 8, "it is not taken for gone");
}
