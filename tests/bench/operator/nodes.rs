//! Nodes that kwok plays: pods are scheduled to them and become ready, on addresses of the loopback network.

use std::{env, time::Duration};

use k8s_openapi::api::core::v1::Node;
use kube::{Api, Client, api::PostParams};
use serde_json::json;
use stockbot_harness::{Process, eventually};

use crate::{clean::LABEL, cluster};

const NAME: &str = "operator-bench";
/// Addresses of the pods: this program answers there.
const PODS: &str = "127.64.0.1/10";

/// A running kwok with one node.
pub struct Nodes {
    _kwok: Process,
}

impl Nodes {
    /// Makes the node, and waits until it is ready.
    pub async fn start(client: &Client) -> Self {
        let program = env::var("STOCKBOT_BENCH_KWOK")
            .expect("STOCKBOT_BENCH_KWOK is not set: run the bench with tests/bench/run operator");
        let kubeconfig = cluster::kubeconfig();
        let args = [
            "--kubeconfig",
            &kubeconfig,
            "--manage-all-nodes=false",
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
            "--cidr",
            PODS,
            "--node-ip",
            "127.0.0.1",
            // Without a Lease the node would be taken for dead after a minute, and its pods for unready.
            "--node-lease-duration-seconds",
            "40",
        ];
        let kwok = Process::spawn(program, args, &[]).unwrap();
        let nodes: Api<Node> = Api::all(client.clone());
        let node = json!({
            "metadata": {"name": NAME, "annotations": {"kwok.x-k8s.io/node": "fake"}, "labels": {LABEL: "true"}},
            "spec": {"taints": [{"key": LABEL, "effect": "NoSchedule"}]},
            "status": {
                "allocatable": {"cpu": "100k", "memory": "100Ti", "pods": "100k"},
                "capacity": {"cpu": "100k", "memory": "100Ti", "pods": "100k"},
            },
        });
        nodes.create(&PostParams::default(), &serde_json::from_value(node).unwrap()).await.unwrap();
        eventually(Duration::from_mins(1), "the node is ready", || async {
            let conditions =
                nodes.get(NAME).await.unwrap().status.unwrap_or_default().conditions.unwrap_or_default();
            let ready = conditions.iter().any(|one| one.type_ == "Ready" && one.status == "True");
            if ready { Ok(()) } else { Err(kwok.output()) }
        })
        .await;
        Self { _kwok: kwok }
    }
}
