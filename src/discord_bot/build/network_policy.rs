//! The NetworkPolicy: only the HTTP port can be reached, and the pods reach name servers, Discord and Postgres. Discord and
//! Postgres are known by name, which a NetworkPolicy cannot express, so they are told by port: Discord's (443, or that of
//! `discord.apiUrl`), and any unprivileged one, for what a database listens to behind its Service is known to nobody here.

use k8s_openapi::{
    api::networking::v1::{
        NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPort,
        NetworkPolicySpec,
    },
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};
use stockbot_config::mounts::HTTP_PORT;

use super::{super::validate::Validated, metadata};
use crate::api::names;

/// Name servers; those of some distributions listen to the second one behind their Service.
const DNS: [i32; 2] = [53, 5353];
const HTTPS: i32 = 443;
/// The ports that need no privilege.
const UNPRIVILEGED: (i32, i32) = (1024, 65535);

/// Builds it, if the spec enables it.
#[must_use]
pub fn build(bot: &Validated) -> Option<NetworkPolicy> {
    bot.spec.network_policy.enabled.then(|| NetworkPolicy {
        metadata: metadata(bot, bot.key.name.clone(), "bot"),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector {
                match_labels: Some(names::selector(&bot.key.name)),
                ..LabelSelector::default()
            }),
            policy_types: Some(vec!["Ingress".into(), "Egress".into()]),
            ingress: Some(vec![NetworkPolicyIngressRule {
                ports: Some(vec![port("TCP", HTTP_PORT.into())]),
                ..NetworkPolicyIngressRule::default()
            }]),
            egress: Some(vec![NetworkPolicyEgressRule {
                ports: Some(reached(&bot.spec.discord.api_url)),
                ..NetworkPolicyEgressRule::default()
            }]),
        }),
    })
}

/// The ports that a bot reaches whose API has that URL.
fn reached(api_url: &str) -> Vec<NetworkPolicyPort> {
    let dns = DNS.into_iter().flat_map(|number| ["UDP", "TCP"].map(|protocol| port(protocol, number)));
    let api = api_port(api_url);
    let privileged = (api < UNPRIVILEGED.0 && api != HTTPS).then(|| port("TCP", api));
    let mut unprivileged = port("TCP", UNPRIVILEGED.0);
    unprivileged.end_port = Some(UNPRIVILEGED.1);
    dns.chain([port("TCP", HTTPS)]).chain(privileged).chain([unprivileged]).collect()
}

/// The port of a URL, by its scheme where it names none.
fn api_port(url: &str) -> i32 {
    let by_scheme = if url.starts_with("http://") { 80 } else { HTTPS };
    let parsed = url.parse::<http::Uri>().ok();
    parsed.and_then(|url| url.port_u16()).map_or(by_scheme, i32::from)
}

fn port(protocol: &str, number: i32) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(number)),
        protocol: Some(protocol.into()),
        ..NetworkPolicyPort::default()
    }
}
