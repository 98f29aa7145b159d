//! What is kept of a bot's Deployment: how far its rollout is, and what the operator wrote into its annotations.

use k8s_openapi::api::apps::v1::Deployment;
use kube::ResourceExt as _;

use super::child::Child;
use crate::api::names;

/// What is kept of a Deployment's status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeploymentState {
    /// The controller has seen the newest spec.
    pub observed: bool,
    /// Pods wanted by its spec.
    pub wanted: i32,
    /// Pods of any revision.
    pub replicas: i32,
    /// Pods of the newest revision.
    pub updated: i32,
    /// Ready pods of any revision.
    pub ready: i32,
    /// The annotation that says why it is scaled to 0.
    pub halted: Option<String>,
    /// Somebody has paused its rollouts.
    pub paused: bool,
    /// The bot's generation that it was written for.
    pub generation: Option<i64>,
    /// Why pods cannot be created.
    pub failure: Option<String>,
    /// The annotation that says which contents of Secrets its pods were made for.
    pub secret_marks: Option<String>,
    /// Revision of its pod template.
    pub revision: Option<String>,
    /// The annotation that says what people changed last.
    pub cause: Option<String>,
}

impl DeploymentState {
    /// Every wanted pod is of the newest revision and ready, and no other is left.
    #[must_use]
    pub fn rolled_out(&self) -> bool {
        self.observed
            && self.updated >= self.wanted
            && self.replicas == self.updated
            && self.ready >= self.wanted
    }
}

impl Child for Deployment {
    type State = DeploymentState;
    const WHOLLY_OURS: bool = true;
    /// A pause is somebody's decision, and `kubectl rollout restart` leaves an annotation.
    const LEFT_ALONE: &'static [&'static [&'static str]] = &[&["paused"], &["template", "metadata"]];

    fn state(&self) -> DeploymentState {
        let spec = &self.spec;
        let status = self.status.clone().unwrap_or_default();
        let failure = status.conditions.into_iter().flatten().find(|condition| {
            condition.type_.as_deref() == Some("ReplicaFailure")
                && condition.status.as_deref() == Some("True")
        });
        let template = spec.template.metadata.as_ref();
        DeploymentState {
            observed: status.observed_generation >= self.metadata.generation,
            wanted: spec.replicas.unwrap_or(1),
            replicas: status.replicas.unwrap_or_default(),
            updated: status.updated_replicas.unwrap_or_default(),
            ready: status.ready_replicas.unwrap_or_default(),
            paused: spec.paused == Some(true),
            generation: self.annotations().get(names::GENERATION).and_then(|text| text.parse().ok()),
            halted: self.annotations().get(names::HALTED).cloned(),
            secret_marks: self.annotations().get(names::SECRET_MARKS).cloned(),
            cause: self.annotations().get(names::CAUSE).cloned(),
            failure: failure.and_then(|condition| condition.message),
            revision: template
                .and_then(|metadata| metadata.annotations.as_ref()?.get(names::REVISION))
                .cloned(),
        }
    }
}
