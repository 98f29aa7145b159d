//! Removes what the bench has made, also what an earlier one left that was killed.

use std::fmt::Debug;

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::{Namespace, Node, Pod};
use kube::{
    Api, Client, ResourceExt as _,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use serde::de::DeserializeOwned;
use serde_json::json;
use stockbot_harness::eventually;
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::{PATIENCE, bots::CONCURRENCY};

/// What is the bench's has this label.
pub const LABEL: &str = "stockbot.dev/bench";

/// A new namespace.
pub async fn namespace(client: &Client, prefix: &str) -> String {
    let document = json!({"metadata": {"generateName": format!("{prefix}-"), "labels": {LABEL: "true"}}});
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let made =
        namespaces.create(&PostParams::default(), &serde_json::from_value(document).unwrap()).await.unwrap();
    made.metadata.name.unwrap()
}

/// Removes everything.
pub async fn clean(client: &Client) {
    namespaces(client).await;
    let nodes: Api<Node> = Api::all(client.clone());
    nodes.delete_collection(&DeleteParams::default(), &ListParams::default().labels(LABEL)).await.unwrap();
}

/// Removes the namespaces with all that is in them, and waits until they are gone. No operator is there any more that would let
/// the bots go.
pub async fn namespaces(client: &Client) {
    let (all, ours) = (Api::<Namespace>::all(client.clone()), ListParams::default().labels(LABEL));
    for namespace in all.list(&ours).await.unwrap() {
        let name = namespace.name_any();
        release(&Api::<StockDisplay>::namespaced(client.clone(), &name)).await;
        release(&Api::<DiscordBot>::namespaced(client.clone(), &name)).await;
        let _ = all.delete(&name, &DeleteParams::default()).await;
    }
    eventually(PATIENCE, "the namespaces are gone", || async {
        let left = all.list(&ours).await.unwrap().items;
        // Of an earlier bench nobody plays the nodes any more, and pods would wait for them.
        for namespace in &left {
            let pods: Api<Pod> = Api::namespaced(client.clone(), &namespace.name_any());
            let at_once = DeleteParams::default().grace_period(0);
            let _ = pods.delete_collection(&at_once, &ListParams::default()).await;
        }
        if left.is_empty() { Ok(()) } else { Err(left.len()) }
    })
    .await;
}

/// Takes the operator's finalizers away.
async fn release<K>(api: &Api<K>)
where
    K: kube::Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let all = api.list_metadata(&ListParams::default()).await.unwrap().items;
    let (patch, params) = (Patch::Merge(json!({"metadata": {"finalizers": null}})), PatchParams::default());
    stream::iter(all)
        .for_each_concurrent(CONCURRENCY, |object| {
            let (patch, params) = (&patch, &params);
            // One that is gone by now needs nothing.
            async move { drop(api.patch_metadata(&object.name_any(), params, patch).await) }
        })
        .await;
}
