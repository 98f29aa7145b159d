//! The pod template. It depends on the Secrets' versions and on what only a restart can change, never on displays.

use k8s_openapi::{
    api::core::v1::{
        Capabilities, ConfigMapVolumeSource, Container, ContainerPort, EnvVar, EnvVarSource, HTTPGetAction,
        ObjectFieldSelector, PodSecurityContext, PodSpec, PodTemplateSpec, Probe, SeccompProfile,
        SecurityContext, Volume, VolumeMount,
    },
    apimachinery::pkg::{apis::meta::v1::ObjectMeta, util::intstr::IntOrString},
};
use stockbot_config::{fingerprint, mounts, tuning::Features};

use super::{super::validate::Validated, secrets_volume};
use crate::{
    api::{names, workload::Probes},
    cluster::pod::{BOT, MIGRATE},
};

/// Name of the HTTP port.
pub const PORT_NAME: &str = "http";
/// The user and group that the image is made for (as in distroless images).
const NOBODY: i64 = 65_532;
const CONFIG_VOLUME: &str = "config";

/// Builds it; the annotation [`names::REVISION`] is the fingerprint of everything else in it.
#[must_use]
pub fn build(bot: &Validated) -> PodTemplateSpec {
    let mut template = PodTemplateSpec { metadata: Some(metadata(bot)), spec: Some(spec(bot)) };
    let revision = fingerprint(&template);
    let annotations = template.metadata.get_or_insert_default().annotations.get_or_insert_default();
    annotations.insert(names::REVISION.into(), revision);
    template
}

fn metadata(bot: &Validated) -> ObjectMeta {
    let mut labels = bot.spec.pod_template.labels.clone();
    labels.extend(names::labels(&bot.key.name, "bot"));
    let mut annotations = bot.spec.pod_template.annotations.clone();
    annotations.insert(names::CONFIG_HASH.into(), fingerprint(&bot.config.needs_restart()));
    annotations.insert(names::SECRETS_HASH.into(), bot.secret_marks.all());
    annotations.insert(names::TOKEN_HASH.into(), bot.token_hash.clone());
    if let Some(at) = &bot.restarted_at {
        annotations.insert(names::RESTARTED_AT.into(), at.clone());
    }
    ObjectMeta { labels: Some(labels), annotations: Some(annotations), ..ObjectMeta::default() }
}

fn spec(bot: &Validated) -> PodSpec {
    let extras = &bot.spec.pod_template;
    let named = |name: &String| (!name.is_empty()).then(|| name.clone());
    PodSpec {
        service_account_name: Some(bot.key.name.clone()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        image_pull_secrets: listed(bot.spec.image_pull_secrets.clone()),
        security_context: Some(pod_security()),
        init_containers: Some(vec![container(bot, MIGRATE, "migrate")]),
        containers: vec![bot_container(bot)],
        volumes: Some(vec![config_volume(bot), secrets_volume::build(&bot.mounted)]),
        termination_grace_period_seconds: Some(bot.spec.termination_grace_period_seconds),
        node_selector: Some(extras.node_selector.clone()).filter(|labels| !labels.is_empty()),
        tolerations: listed(extras.tolerations.clone()),
        affinity: extras.affinity.clone(),
        topology_spread_constraints: listed(extras.topology_spread_constraints.clone()),
        priority_class_name: named(&extras.priority_class_name),
        runtime_class_name: named(&extras.runtime_class_name),
        ..PodSpec::default()
    }
}

fn bot_container(bot: &Validated) -> Container {
    let Probes { startup, liveness, readiness, deep: _ } = &bot.spec.probes;
    let probe = |path: &str, period: i32, timeout: Option<i32>, failures: i32| {
        Some(Probe {
            http_get: Some(HTTPGetAction {
                path: Some(path.into()),
                port: IntOrString::String(PORT_NAME.into()),
                ..HTTPGetAction::default()
            }),
            period_seconds: Some(period),
            timeout_seconds: timeout,
            failure_threshold: Some(failures),
            ..Probe::default()
        })
    };
    Container {
        ports: Some(vec![ContainerPort {
            name: Some(PORT_NAME.into()),
            container_port: mounts::HTTP_PORT.into(),
            protocol: Some("TCP".into()),
            ..ContainerPort::default()
        }]),
        startup_probe: probe("/livez", startup.period_seconds, None, startup.failure_threshold),
        liveness_probe: probe(
            "/livez",
            liveness.period_seconds,
            Some(liveness.timeout_seconds),
            liveness.failure_threshold,
        ),
        readiness_probe: probe(
            "/readyz",
            readiness.period_seconds,
            Some(readiness.timeout_seconds),
            readiness.failure_threshold,
        ),
        ..container(bot, BOT, "run")
    }
}

/// What both containers have in common: one image, one configuration, one set of Secrets.
fn container(bot: &Validated, name: &str, command: &str) -> Container {
    let mount = |volume: &str, path: &str| VolumeMount {
        name: volume.into(),
        mount_path: path.into(),
        read_only: Some(true),
        ..VolumeMount::default()
    };
    Container {
        name: name.into(),
        image: Some(bot.image.clone()),
        image_pull_policy: Some(bot.spec.image_pull_policy.as_str().into()),
        args: Some([command, "--config", mounts::CONFIG_FILE].map(Into::into).into()),
        env: Some(environment(bot)),
        resources: Some(bot.spec.resources.clone()),
        security_context: Some(container_security()),
        termination_message_path: Some(mounts::TERMINATION_LOG.into()),
        termination_message_policy: Some("FallbackToLogsOnError".into()),
        volume_mounts: Some(vec![
            mount(CONFIG_VOLUME, mounts::CONFIG_DIR),
            mount(secrets_volume::NAME, mounts::SECRETS_DIR),
        ]),
        ..Container::default()
    }
}

/// The user's variables, except those that are the operator's own.
fn environment(bot: &Validated) -> Vec<EnvVar> {
    let Features { tracking, cache, websocket } = bot.spec.features;
    let value = |name: &str, value: bool| EnvVar {
        name: name.into(),
        value: Some(value.to_string()),
        ..EnvVar::default()
    };
    let field = ObjectFieldSelector { api_version: Some("v1".into()), field_path: "metadata.name".into() };
    let pod_name = EnvVar {
        name: mounts::POD_NAME_ENV.into(),
        value_from: Some(EnvVarSource { field_ref: Some(field), ..EnvVarSource::default() }),
        ..EnvVar::default()
    };
    let mut variables = vec![
        pod_name,
        value("DISCORD_ENABLE_TRACKING", tracking),
        value("DISCORD_CACHE_ENABLED", cache),
        value("DISCORD_WEBSOCKET_ENABLED", websocket),
    ];
    let own = variables.len();
    for variable in &bot.spec.pod_template.env {
        if variables[..own].iter().all(|known| known.name != variable.name) {
            variables.push(variable.clone());
        }
    }
    variables
}

fn config_volume(bot: &Validated) -> Volume {
    Volume {
        name: CONFIG_VOLUME.into(),
        config_map: Some(ConfigMapVolumeSource {
            name: names::config_map(&bot.key.name),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// What the *restricted* Pod Security Standard asks for.
fn pod_security() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(NOBODY),
        run_as_group: Some(NOBODY),
        fs_group: Some(NOBODY),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

fn container_security() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: Some(true),
        capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".into()]) }),
        ..SecurityContext::default()
    }
}

/// Kubernetes leaves an empty list out; so do we, or every look would find a difference.
fn listed<T>(items: Vec<T>) -> Option<Vec<T>> {
    Some(items).filter(|items| !items.is_empty())
}
