//! When the pods of a bot may be rolled: at once if somebody asked for it, else one bot after the other.

use std::time::Instant;

use k8s_openapi::api::apps::v1::Deployment;

use super::validate::Validated;
use crate::{
    api::{annotation::Annotation as _, conditions::find, names},
    cluster::{cache::Key, context::Context, rollout_pace::Turn},
};

/// When a rollout may go that nobody asked for in this very bot: many others may need the same.
#[must_use]
pub fn slot(context: &Context, bot: &Validated, wanted: &Deployment) -> Turn {
    let Some(live) = &bot.deployment else { return Turn::NOW };
    let template = wanted.spec.template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    let revision = template.and_then(|all| all.get(names::REVISION));
    let serves = bot.pods.iter().any(|pod| pod.state.ready && !pod.state.deleting);
    // An operator of an earlier release wrote a cause of another kind.
    let asked_for = live.cause.as_ref() != Some(&bot.cause) && live.secret_marks.is_some();
    // A rollout that got stuck on a bad value goes on as soon as that is mended.
    let mended = live.secret_marks != bot.secret_marks.annotation() && !live.rolled_out();
    if live.revision.as_ref() == revision || asked_for || mended || !serves {
        return Turn::NOW;
    }
    context.process.rollout_pace.ask(&bot.key, Instant::now(), |before| is_through(context, before))
}

/// Has the last rollout of a bot ended well, or does it not matter any more?
fn is_through(context: &Context, key: &Key) -> bool {
    let Some(bot) = context.bot(key).filter(|bot| bot.spec.wanted() > 0) else { return true };
    let rolled = context.deployments.get(key).is_some_and(|live| live.state.rolled_out());
    let conditions = bot.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    rolled && find(conditions, "Ready").is_some_and(|ready| ready.status == "True")
}
