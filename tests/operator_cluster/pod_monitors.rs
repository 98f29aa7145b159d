//! A kind that not every cluster has: written where it is, taken up when it comes, done without when it goes.

use k8s_openapi::{
    api::apps::v1::Deployment,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, ResourceExt as _,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde_json::json;
use stockbot_harness::eventually;
use stockbot_operator::api::pod_monitor::{DEFINITION, PodMonitor};

use crate::{BOT, SOON, world::World};

/// Label of the test's definition.
const OURS: &str = "stockbot.dev/test";

/// The definition as the Prometheus operator names it, without its schema.
fn definition() -> CustomResourceDefinition {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    let version = json!({"name": "v1", "served": true, "storage": true, "schema": schema});
    let names = json!({"kind": "PodMonitor", "plural": "podmonitors", "singular": "podmonitor"});
    let spec = json!({"group": "monitoring.coreos.com", "scope": "Namespaced", "names": names, "versions": [version]});
    let metadata = json!({"name": DEFINITION, "labels": {OURS: "true"}});
    serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
}

/// Removes a definition of an earlier test; never the one of a cluster that is used for more than tests.
async fn remove(definitions: &Api<CustomResourceDefinition>) {
    if let Some(found) = definitions.get_opt(DEFINITION).await.unwrap() {
        assert!(
            found.labels().contains_key(OURS),
            "this cluster has the Prometheus operator: test on another"
        );
        definitions.delete(DEFINITION, &DeleteParams::default()).await.unwrap();
    }
    eventually(SOON, "the definition is gone", || async {
        match definitions.get_opt(DEFINITION).await.unwrap() {
            None => Ok(()),
            Some(left) => Err(left.status),
        }
    })
    .await;
}

async fn comes(world: &World, definitions: &Api<CustomResourceDefinition>) -> PodMonitor {
    definitions.create(&PostParams::default(), &definition()).await.unwrap();
    let api = world.api::<PodMonitor>();
    // The kind itself is served a moment after its definition is there.
    eventually(SOON, "PodMonitor", || async { api.get(BOT).await.map_err(|error| error.to_string()) }).await
}

#[tokio::test]
async fn a_pod_monitor_is_written_once_its_kind_is_there_and_kept_as_it_should_be() {
    let world = World::alone().await;
    let definitions: Api<CustomResourceDefinition> = Api::all(world.client.clone());
    remove(&definitions).await;
    let operator = world.operator(&[]);
    let uid = world.bot("").await.uid().unwrap();
    world.pods(1).await;

    let monitor = comes(&world, &definitions).await;
    assert_eq!(monitor.owner_references()[0].uid, uid);
    let expected = json!({
        "selector": {"matchLabels": {"app.kubernetes.io/instance": BOT, "app.kubernetes.io/name": "stockbot"}},
        "jobLabel": "app.kubernetes.io/name",
        "podTargetLabels": ["stockbot.dev/bot"],
        "podMetricsEndpoints": [{"port": "http", "path": "/metrics"}],
    });
    assert_eq!(serde_json::to_value(&monitor.spec).unwrap(), expected);

    let elsewhere = json!({"spec": {"podMetricsEndpoints": [{"port": "http", "path": "/other"}]}});
    let api = world.api::<PodMonitor>();
    api.patch(BOT, &PatchParams::default(), &Patch::Merge(&elsewhere)).await.unwrap();
    let as_before = |one: Option<&PodMonitor>| one.is_some_and(|one| one.spec == monitor.spec);
    world.until(BOT, "PodMonitor as before", as_before).await;
    api.delete(BOT, &DeleteParams::default()).await.unwrap();
    world.until(BOT, "another PodMonitor", as_before).await;

    // Without the kind the bot is looked after as ever, and the watch that ended is not missed.
    remove(&definitions).await;
    world.bot("  terminationGracePeriodSeconds: 31\n").await;
    let rolled = |one: Option<&Deployment>| {
        one.is_some_and(|one| {
            one.spec.template.spec.as_ref().unwrap().termination_grace_period_seconds == Some(31)
        })
    };
    world.until(BOT, "Deployment as wanted", rolled).await;
    assert_eq!(operator.get("/livez").await.unwrap().0, 200);
    comes(&world, &definitions).await;
    remove(&definitions).await;
}
