//! The Service: reaches `/status`, `/metrics` and `POST /deposits` of the pods.

use k8s_openapi::{
    api::core::v1::{Service, ServicePort, ServiceSpec},
    apimachinery::pkg::util::intstr::IntOrString,
};
use stockbot_config::mounts::HTTP_PORT;

use super::{super::validate::Validated, metadata, pod_template::PORT_NAME};
use crate::api::names;

/// Builds it.
#[must_use]
pub fn build(bot: &Validated) -> Service {
    let port = ServicePort {
        name: Some(PORT_NAME.into()),
        port: HTTP_PORT.into(),
        protocol: Some("TCP".into()),
        target_port: Some(IntOrString::String(PORT_NAME.into())),
        ..ServicePort::default()
    };
    Service {
        metadata: metadata(bot, bot.key.name.clone(), "bot"),
        spec: Some(ServiceSpec {
            selector: Some(names::selector(&bot.key.name)),
            ports: Some(vec![port]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}
