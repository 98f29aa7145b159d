//! Third step: the children of a bot, as they should be. Pure: no I/O, no clock, no randomness.

pub mod config_map;
pub mod deployment;
pub mod network_policy;
pub mod pod_disruption_budget;
pub mod pod_monitor;
pub mod pod_template;
pub mod secrets_volume;
pub mod service;
pub mod service_account;
#[cfg(test)]
mod tests;

use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{ConfigMap, Service, ServiceAccount},
        networking::v1::NetworkPolicy,
        policy::v1::PodDisruptionBudget,
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};

use super::validate::Validated;
use crate::api::{names, pod_monitor::PodMonitor};

/// Every child of a bot; `None` = the bot should have none.
#[derive(Clone, Debug, PartialEq)]
pub struct Children {
    /// The pods' identity, without rights and without a token.
    pub service_account: ServiceAccount,
    /// The configuration file.
    pub config_map: ConfigMap,
    /// The pods.
    pub deployment: Deployment,
    /// Reaches the pods' HTTP port.
    pub service: Service,
    /// Keeps one pod while nodes are drained; only with more than one.
    pub pod_disruption_budget: Option<PodDisruptionBudget>,
    /// What may reach the pods, and what they may reach.
    pub network_policy: Option<NetworkPolicy>,
    /// Has Prometheus ask the pods; only written where the cluster has the kind.
    pub pod_monitor: PodMonitor,
}

/// Why children could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The configuration is no YAML; cannot happen with the types used.
    #[error("the configuration cannot be written as YAML: {0}")]
    Config(#[from] serde_yaml::Error),
    /// The configuration is larger than a ConfigMap may be; only displays can make it so. No exact number here: it changes with
    /// every display, and each of them tells what its bot waits for.
    #[error(
        "its displays make a configuration larger than the {} KiB that a ConfigMap holds; delete displays, shorten their texts, or bind some to another bot",
        config_map::LARGEST / 1024
    )]
    ConfigTooLarge,
}

impl BuildError {
    /// Reason: label of the failure metric.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Config(_) => "ConfigUnwritable",
            Self::ConfigTooLarge => "RolloutFailed",
        }
    }
}

/// Builds every child.
pub fn build(bot: &Validated) -> Result<Children, BuildError> {
    Ok(Children {
        service_account: service_account::build(bot),
        config_map: config_map::build(bot)?,
        deployment: deployment::build(bot),
        service: service::build(bot),
        pod_disruption_budget: pod_disruption_budget::build(bot),
        network_policy: network_policy::build(bot),
        pod_monitor: pod_monitor::build(bot),
    })
}

/// Metadata of a child called `name`.
fn metadata(bot: &Validated, name: String, component: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name),
        namespace: Some(bot.key.namespace.clone()),
        labels: Some(names::labels(&bot.key.name, component)),
        owner_references: Some(vec![bot.owner.clone()]),
        ..ObjectMeta::default()
    }
}
