//! The `PodMonitor`: has Prometheus ask the bot's pods for their metrics, where the Prometheus operator is installed.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::{super::validate::Validated, metadata, pod_template::PORT_NAME};
use crate::api::{
    names,
    pod_monitor::{Endpoint, PodMonitor, PodMonitorSpec},
};

/// Builds it.
#[must_use]
pub fn build(bot: &Validated) -> PodMonitor {
    PodMonitor {
        metadata: metadata(bot, bot.key.name.clone(), "bot"),
        spec: PodMonitorSpec {
            selector: LabelSelector {
                match_labels: Some(names::selector(&bot.key.name)),
                ..LabelSelector::default()
            },
            job_label: names::LABEL_NAME.into(),
            pod_target_labels: vec![names::LABEL_BOT.into()],
            pod_metrics_endpoints: vec![Endpoint { port: PORT_NAME.into(), path: "/metrics".into() }],
        },
    }
}
