//! The `PodMonitor` kind of the Prometheus operator, as far as the operator writes it. Its definition is that project's: none
//! is printed here, and not every cluster has it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// Name of the definition by which a cluster has the kind.
pub const DEFINITION: &str = "podmonitors.monitoring.coreos.com";

/// Which pods Prometheus asks for metrics, and where.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "PodMonitor",
    namespaced,
    schema = "disabled",
    derive = "PartialEq"
)]
#[serde(rename_all = "camelCase")]
pub struct PodMonitorSpec {
    /// The pods.
    pub selector: LabelSelector,
    /// Label of the pods whose value becomes the label `job`.
    pub job_label: String,
    /// Labels of the pods that every series gets.
    pub pod_target_labels: Vec<String>,
    /// Where they are asked.
    pub pod_metrics_endpoints: Vec<Endpoint>,
}

/// One way to ask a pod.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Name of the container's port.
    pub port: String,
    /// Path of the URL.
    pub path: String,
}
