//! What others keep in the same namespace, and the operator must not: Secrets and `ConfigMaps`.

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{
    Api, Client,
    api::{DeleteParams, ListParams, PostParams},
};
use serde_json::json;

use crate::bots::CONCURRENCY;

/// Objects of each of the two kinds.
const OBJECTS: usize = 100;
/// Size of each: 100 MB in all.
const SIZE: usize = 500_000;
const LABEL: &str = "stockbot.dev/bench-foreign";

/// Creates them.
pub async fn create(client: &Client, namespace: &str) {
    let (secrets, configs) = apis(client, namespace);
    let content = "x".repeat(SIZE);
    stream::iter(0..OBJECTS)
        .for_each_concurrent(CONCURRENCY, |index| {
            let (secrets, configs, content) = (&secrets, &configs, &content);
            async move {
                let metadata = json!({"name": format!("foreign-{index}"), "labels": {LABEL: "true"}});
                let secret = json!({"metadata": metadata, "stringData": {"content": content}});
                let config = json!({"metadata": metadata, "data": {"content": content}});
                let params = PostParams::default();
                secrets.create(&params, &serde_json::from_value(secret).unwrap()).await.unwrap();
                configs.create(&params, &serde_json::from_value(config).unwrap()).await.unwrap();
            }
        })
        .await;
}

/// Deletes them.
pub async fn delete(client: &Client, namespace: &str) {
    let (secrets, configs) = apis(client, namespace);
    let (params, these) = (DeleteParams::default(), ListParams::default().labels(LABEL));
    secrets.delete_collection(&params, &these).await.unwrap();
    configs.delete_collection(&params, &these).await.unwrap();
}

fn apis(client: &Client, namespace: &str) -> (Api<Secret>, Api<ConfigMap>) {
    (Api::namespaced(client.clone(), namespace), Api::namespaced(client.clone(), namespace))
}
