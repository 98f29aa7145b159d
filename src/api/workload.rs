//! The parts of `DiscordBot.spec` that shape the pods: probes, resources, template extras, network policy.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{Affinity, EnvVar, ResourceRequirements, Toleration, TopologySpreadConstraint},
    apimachinery::pkg::api::resource::Quantity,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stockbot_config::{
    Span,
    schema::{OBJECT_NAME, within},
};

/// When an image is pulled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PullPolicy {
    /// At every start.
    Always,
    /// If the node does not have it.
    #[default]
    IfNotPresent,
    /// Never; the node must have it.
    Never,
}

impl PullPolicy {
    /// As Kubernetes writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// The kubelet's startup probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct StartupProbe {
    /// Seconds between two probes.
    #[schemars(range(min = 1, max = 300))]
    pub period_seconds: i32,
    /// Failures after which the container is killed; with the period, the longest start.
    #[schemars(range(min = 1, max = 1000))]
    pub failure_threshold: i32,
}

impl Default for StartupProbe {
    fn default() -> Self {
        Self { period_seconds: 2, failure_threshold: 60 }
    }
}

/// A probe of the kubelet besides the startup probe; each has defaults of its own.
macro_rules! kubelet_probe {
    ($(#[$doc:meta])* $name:ident, $period:literal, $timeout:literal, $failures:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            /// Seconds between two probes.
            #[schemars(range(min = 1, max = 300))]
            pub period_seconds: i32,
            /// Seconds until a probe counts as failed.
            #[schemars(range(min = 1, max = 60))]
            pub timeout_seconds: i32,
            /// Failures after which the kubelet acts.
            #[schemars(range(min = 1, max = 100))]
            pub failure_threshold: i32,
        }

        impl Default for $name {
            fn default() -> Self {
                Self { period_seconds: $period, timeout_seconds: $timeout, failure_threshold: $failures }
            }
        }
    };
}
kubelet_probe!(
    /// The kubelet's liveness probe: do the process's own loops move. Past the threshold the container is restarted.
    LivenessProbe,
    10,
    2,
    3
);
kubelet_probe!(
    /// The kubelet's readiness probe: warm and able to take over. Past the threshold the pod is not ready.
    ReadinessProbe,
    2,
    2,
    2
);

/// The operator's own probe of each pod's `/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DeepProbe {
    /// Time between two probes of a bot that is ready; while it is not, every two seconds.
    #[schemars(extend("x-kubernetes-validations" = within("1s", "1h")))]
    pub period: Span,
    /// Time until a probe counts as failed.
    #[schemars(extend("x-kubernetes-validations" = within("100ms", "1m")))]
    pub timeout: Span,
    /// Failures in a row after which the bot is Degraded.
    #[schemars(range(min = 1, max = 100))]
    pub failure_threshold: i32,
}

impl Default for DeepProbe {
    fn default() -> Self {
        Self { period: Span::seconds(15), timeout: Span::seconds(5), failure_threshold: 3 }
    }
}

/// Probes of the kubelet and of the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Probes {
    /// The kubelet's startup probe.
    pub startup: StartupProbe,
    /// The kubelet's liveness probe: do the process's own loops move. Past the threshold the container is restarted.
    pub liveness: LivenessProbe,
    /// The kubelet's readiness probe: warm and able to take over. Past the threshold the pod is not ready.
    pub readiness: ReadinessProbe,
    /// The operator's own probe of each pod's `/status`.
    pub deep: DeepProbe,
}

/// Extras of the pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTemplate {
    /// Labels besides the operator's own; those cannot be changed.
    #[schemars(extend("maxProperties" = 50))]
    pub labels: BTreeMap<String, String>,
    /// Annotations besides the operator's own.
    #[schemars(extend("maxProperties" = 50))]
    pub annotations: BTreeMap<String, String>,
    /// Labels that a node must have.
    #[schemars(extend("maxProperties" = 50))]
    pub node_selector: BTreeMap<String, String>,
    /// Taints that are tolerated.
    #[schemars(length(max = 50))]
    pub tolerations: Vec<Toleration>,
    /// Where pods are placed relative to nodes and other pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// How pods are spread over zones and nodes.
    #[schemars(length(max = 20), extend(
        "x-kubernetes-list-type" = "map",
        "x-kubernetes-list-map-keys" = ["topologyKey", "whenUnsatisfiable"]
    ))]
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    /// Priority class; empty = the cluster's default.
    #[schemars(length(max = 253), regex(pattern = optional(OBJECT_NAME)))]
    pub priority_class_name: String,
    /// Runtime class; empty = the cluster's default.
    #[schemars(length(max = 253), regex(pattern = optional(OBJECT_NAME)))]
    pub runtime_class_name: String,
    /// Environment variables besides the operator's own. Never put a secret here.
    #[schemars(length(max = 100), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub env: Vec<EnvVar>,
}

/// Who may reach the pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NetworkPolicySpec {
    /// True: only the bot's HTTP port may be reached.
    pub enabled: bool,
}

impl Default for NetworkPolicySpec {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// The pattern, or nothing.
fn optional(pattern: &str) -> String {
    format!("^$|{pattern}")
}

/// A small bot with room for a busy hour; the limit is the figure of product.md, section D12.
#[must_use]
pub fn default_resources() -> ResourceRequirements {
    let amounts = |pairs: &[(&str, &str)]| {
        Some(pairs.iter().map(|(name, amount)| ((*name).into(), Quantity((*amount).into()))).collect())
    };
    ResourceRequirements {
        claims: None,
        requests: amounts(&[("cpu", "50m"), ("memory", "64Mi")]),
        limits: amounts(&[("memory", "512Mi")]),
    }
}
