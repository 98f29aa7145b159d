//! The `PodDisruptionBudget` of a bot with standbys. A single pod has none: it would block every drain.

use k8s_openapi::{
    api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec},
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};

use super::{super::validate::Validated, metadata};
use crate::api::names;

/// Builds it, for more than one replica.
#[must_use]
pub fn build(bot: &Validated) -> Option<PodDisruptionBudget> {
    (bot.wanted > 1).then(|| PodDisruptionBudget {
        metadata: metadata(bot, bot.key.name.clone(), "bot"),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(LabelSelector {
                match_labels: Some(names::selector(&bot.key.name)),
                ..LabelSelector::default()
            }),
            // A pod that is not ready protects nothing, so it may be evicted.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".into()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
}
