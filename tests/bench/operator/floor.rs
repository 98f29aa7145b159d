//! The floor: what the cluster itself needs for the same children, written by a client that does nothing else.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, ListParams, PostParams},
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::{Value, json};
use stockbot_operator::api::names;

use crate::{PATIENCE, bots::CONCURRENCY, clean::namespace};

/// Children to write, with their kind; those of one bot are together, the Deployment last.
type Children = Vec<Vec<(ApiResource, Value)>>;

/// The children of the first bots of a namespace, as the operator has made them.
pub async fn children(client: &Client, namespace: &str, count: usize) -> Children {
    let kinds = [
        ApiResource::erase::<ServiceAccount>(&()),
        ApiResource::erase::<ConfigMap>(&()),
        ApiResource::erase::<Service>(&()),
        ApiResource::erase::<NetworkPolicy>(&()),
        ApiResource::erase::<Deployment>(&()),
    ];
    let mut children: Children = vec![Vec::new(); count];
    for kind in kinds {
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &kind);
        let params = ListParams::default().labels(&names::children_selector());
        let found = api.list(&params).await.unwrap().items;
        for (of_bot, object) in children.iter_mut().zip(found) {
            of_bot.push((kind.clone(), bare(&object)));
        }
    }
    children
}

/// As somebody would write it: nothing that the API server has added.
fn bare(object: &DynamicObject) -> Value {
    let mut bare = serde_json::to_value(object).unwrap();
    let metadata = &object.metadata;
    bare["metadata"] =
        json!({"name": metadata.name, "labels": metadata.labels, "annotations": metadata.annotations});
    bare.as_object_mut().unwrap().remove("status");
    if let Some(spec) = bare.get_mut("spec").and_then(Value::as_object_mut) {
        for address in ["clusterIP", "clusterIPs"] {
            if spec.get(address).is_some_and(|address| !address.to_string().contains("None")) {
                spec.remove(address);
            }
        }
    }
    bare
}

/// Writes them into a namespace of their own until all Deployments are available: how long that takes.
pub async fn write(client: &Client, children: Children) -> Duration {
    let (namespace, count) = (namespace(client, "operator-bench-floor").await, children.len());
    let begun = Instant::now();
    let writing = stream::iter(children).for_each_concurrent(CONCURRENCY, |of_bot| {
        let namespace = &namespace;
        async move {
            for (kind, child) in of_bot {
                let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &kind);
                api.create(&PostParams::default(), &serde_json::from_value(child).unwrap()).await.unwrap();
            }
        }
    });
    tokio::join!(writing, available(client, &namespace, count));
    begun.elapsed()
}

async fn available(client: &Client, namespace: &str, count: usize) {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), namespace);
    let mut ready = std::collections::BTreeSet::new();
    let mut events =
        std::pin::pin!(watcher(deployments, watcher::Config::default()).default_backoff().applied_objects());
    while ready.len() < count {
        let event = tokio::time::timeout(PATIENCE, events.next()).await;
        let Some(event) = event.expect("Deployments become available") else { break };
        let Ok(deployment) = event else { continue };
        if deployment.status.and_then(|status| status.available_replicas) == Some(1) {
            ready.insert(deployment.metadata.name);
        }
    }
}
