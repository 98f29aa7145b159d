//! The NetworkPolicy: nothing but the HTTP port can be reached. What the bot itself reaches (Discord, Postgres) is known by
//! name and not by address, which a NetworkPolicy cannot express, so egress is left open.

use k8s_openapi::{
    api::networking::v1::{NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPort, NetworkPolicySpec},
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};
use stockbot_config::mounts::HTTP_PORT;

use super::{super::validate::Validated, metadata};
use crate::api::names;

/// Builds it, if the spec enables it.
#[must_use]
pub fn build(bot: &Validated) -> Option<NetworkPolicy> {
    let http = NetworkPolicyPort {
        port: Some(IntOrString::Int(HTTP_PORT.into())),
        protocol: Some("TCP".into()),
        ..NetworkPolicyPort::default()
    };
    bot.spec.network_policy.enabled.then(|| NetworkPolicy {
        metadata: metadata(bot, bot.key.name.clone(), "bot"),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector {
                match_labels: Some(names::selector(&bot.key.name)),
                ..LabelSelector::default()
            }),
            policy_types: Some(vec!["Ingress".into()]),
            ingress: Some(vec![NetworkPolicyIngressRule { ports: Some(vec![http]), ..Default::default() }]),
            ..NetworkPolicySpec::default()
        }),
    })
}
