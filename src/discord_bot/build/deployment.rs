//! The Deployment. A new pod is warm before an old one goes (maxSurge 1, maxUnavailable 0); that two pods never hold one
//! shard is the business of the bot's leases in Postgres, not of pod identity.

use k8s_openapi::{
    api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment},
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};

use super::{
    super::{halt, validate::Validated},
    metadata, pod_template,
};
use crate::api::{annotation::Annotation, names};

/// Revisions kept for `kubectl rollout undo`.
const HISTORY: i32 = 3;

/// Builds it.
#[must_use]
pub fn build(bot: &Validated) -> Deployment {
    let template = pod_template::build(bot);
    let annotations = template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    let revision = annotations.and_then(|all| all.get(names::REVISION)).cloned().unwrap_or_default();
    let halt = halt::decide(bot, &revision);
    let mut metadata = metadata(bot, bot.key.name.clone(), "bot");
    let halted = halt.as_ref().and_then(Annotation::annotation).map(|text| (names::HALTED.to_owned(), text));
    let marks = bot.secret_marks.annotation().map(|text| (names::SECRET_MARKS.to_owned(), text));
    let generation = bot.generation.map(|number| (names::GENERATION.to_owned(), number.to_string()));
    let cause = (names::CAUSE.to_owned(), bot.cause.clone());
    metadata.annotations = Some([halted, marks, generation, Some(cause)].into_iter().flatten().collect());
    Deployment {
        metadata,
        spec: DeploymentSpec {
            replicas: Some(if halt.is_some() { 0 } else { bot.wanted }),
            revision_history_limit: Some(HISTORY),
            selector: LabelSelector {
                match_labels: Some(names::selector(&bot.key.name)),
                ..LabelSelector::default()
            },
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".into()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(IntOrString::Int(1)),
                    max_unavailable: Some(IntOrString::Int(0)),
                }),
            }),
            template,
            ..DeploymentSpec::default()
        },
        ..Deployment::default()
    }
}
