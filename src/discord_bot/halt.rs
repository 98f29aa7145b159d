//! When a bot must not be started again: Discord refused its token, its intents or its sharding. Every further start would
//! cost a session start or an invalid request, so the Deployment is scaled to 0 until what was refused has changed.
//!
//! The decision is kept in an annotation of the Deployment: it outlives the pods that caused it and the operator.

use serde::{Deserialize, Serialize};
use stockbot_config::exit::Reason;

use super::validate::Validated;
use crate::{
    api::annotation::Annotation,
    cluster::pod::{End, PodState},
};

/// What was refused; each is a reason of the Stalled condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HaltReason {
    /// The token.
    TokenInvalid,
    /// The gateway intents.
    DisallowedIntents,
    /// The sharding.
    ShardingInvalid,
    /// The version of its API that the image speaks.
    ImageIncompatible,
}

impl HaltReason {
    /// As it is written in a condition.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TokenInvalid => "TokenInvalid",
            Self::DisallowedIntents => "DisallowedIntents",
            Self::ShardingInvalid => "ShardingInvalid",
            Self::ImageIncompatible => "ImageIncompatible",
        }
    }

    /// What an end of the bot says, if it must not be started again.
    #[must_use]
    pub fn of(failure: &End) -> Option<Self> {
        match failure.reason {
            Reason::TokenRejected => Some(Self::TokenInvalid),
            Reason::IntentsRefused => Some(Self::DisallowedIntents),
            Reason::ShardingRefused => Some(Self::ShardingInvalid),
            Reason::ApiVersionRefused => Some(Self::ImageIncompatible),
            _ => None,
        }
    }
}

/// Why a bot is scaled to 0 although it should run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// What was refused.
    pub reason: HaltReason,
    /// Fingerprint of what has to change: of the token's Secret, or of the whole pod template.
    pub until: String,
    /// The bot's words.
    pub message: String,
}

impl Annotation for Halt {}

/// Must the bot stay stopped? `revision` is the fingerprint of its new pod template.
#[must_use]
pub fn decide(bot: &Validated, revision: &str) -> Option<Halt> {
    let until = |reason| match reason {
        HaltReason::TokenInvalid => bot.token_hash.clone(),
        _ => revision.to_owned(),
    };
    let mut pods = bot.pods.iter().map(|pod| &*pod.state).filter(|pod| !pod.deleting);
    if pods.clone().any(|pod| pod.ready) {
        // A pod of the rollout before still serves; it must not be stopped for a mistake in the new one.
        return None;
    }
    let kept = bot.deployment.as_ref().and_then(|live| Halt::parse(live.halted.as_deref()?));
    if let Some(halt) = kept.filter(|halt| halt.until == until(halt.reason)) {
        return Some(halt);
    }
    pods.find_map(|pod| refused(pod, &until))
}

fn refused(pod: &PodState, until: &impl Fn(HaltReason) -> String) -> Option<Halt> {
    let failure = pod.failure()?;
    let reason = HaltReason::of(failure)?;
    let until = until(reason);
    let made_with = match reason {
        HaltReason::TokenInvalid => &pod.token_hash,
        _ => &pod.revision,
    };
    let message: String = failure.message.chars().take(500).collect();
    (made_with.as_deref() == Some(until.as_str())).then_some(Halt { reason, until, message })
}
