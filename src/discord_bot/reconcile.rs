//! The five steps in a row, and how each way to fail is told.

use std::{sync::Arc, time::Duration};

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use kube::Resource as _;
use stockbot_config::DisplayConfig;

use super::{
    apply::{Applied, apply},
    build::{BuildError, build},
    displays::configured,
    fetch::{self, Fetched, PodEvent, fetch},
    mounted::mounted,
    retire::{self, Retirement},
    slot::slot,
    status::{self, Observed, Outcome},
    validate::{self, validate},
};
use crate::{
    api::{DiscordBot, conditions::find, names},
    cluster::{cache::Key, context::Context, rollout_pace::Turn},
    controller::{
        apply_error::ApplyError,
        driver::{Failure, Next, Reconciler},
        events::Events,
        finalizer,
        status_writer::{StatusWriter, Timing},
    },
};

/// How soon a name that somebody else's object has is tried again: that object is not watched.
const NAME_TAKEN: Duration = Duration::from_secs(15);
/// How soon to look again at what is said of a pod that does not start: events are not watched.
const UNSTARTED: Duration = Duration::from_secs(5);
/// How soon to look again whether the bot with the same application is gone.
const RIVAL: Duration = Duration::from_secs(30);
/// How soon to look again whether the live messages of a bot that is being deleted are gone.
const RETIRING: Duration = Duration::from_secs(1);
/// An internal error of the API server that comes as often as this in a row is about what is written.
const REPEATED: u32 = 3;

/// The reconciler of `DiscordBot`.
pub struct Bots {
    /// What the reconcilers share.
    pub context: Arc<Context>,
    /// Publishes what no condition tells of.
    pub events: Events,
    /// Writes statuses.
    pub statuses: StatusWriter<DiscordBot>,
}

/// How the steps up to apply ended.
struct Pass {
    outcome: Outcome,
    displays: Vec<DisplayConfig>,
    pod_event: Option<PodEvent>,
    /// Secrets that the operator may not read are mounted.
    hidden: bool,
    /// The Deployment was written just now: what comes of it will be seen in a moment.
    rolling: bool,
    result: Result<Next, Failure>,
}

impl Pass {
    fn new(outcome: Outcome, displays: Vec<DisplayConfig>, result: Result<Next, Failure>) -> Self {
        Self { outcome, displays, pod_event: None, hidden: false, rolling: false, result }
    }
}

impl Reconciler for Bots {
    type Object = DiscordBot;

    async fn reconcile(&self, bot: Arc<DiscordBot>) -> Result<Next, Failure> {
        let (context, key) = (&*self.context, Key::of(&*bot));
        if bot.metadata.deletion_timestamp.is_some() {
            return self.retire(&key, &bot).await;
        }
        let pass = Box::pin(run(context, &key, &bot)).await;
        let seen = fetch::watched(context, &key, &bot);
        let observed = Observed {
            key: &key,
            bot: &bot,
            image: validate::image(&bot.spec, &context.process.defaults),
            outcome: pass.outcome,
            deployment: seen.deployment.as_ref(),
            pods: &seen.pods,
            displays: &pass.displays,
            pod_event: pass.pod_event.as_ref(),
            hidden: pass.hidden,
            rival: seen.rival.as_deref(),
        };
        let old = self.statuses.newest(&bot);
        let new = status::compute(&observed, &old, Timestamp::now());
        let (waits, mounted) = (may_wait_for_secrets(&new.conditions), mounted(&bot.spec));
        context.secrets.set_waiting(&key, waits, mounted.iter().map(|file| file.secret.as_str()));
        let unprobed = seen.pods.iter().any(fetch::Pod::is_unprobed);
        // Of a Deployment that was written just now, or a pod that was not probed yet, more is known in a moment. A status
        // written now would, after a restart of the operator, say that nothing is known of bots that run.
        let passing = pass.rolling || unprobed || is_passing(&old.conditions, &new.conditions);
        let timing = if passing { Timing::Premature } else { Timing::Settled };
        let written = self.statuses.write(&bot, &old, new, timing).await;
        pass.result.and_then(|next| written.map(|look| next.or_sooner(look)))
    }

    fn forget(&self, key: &Key) {
        self.statuses.forget(key);
        self.context.rejections.forget(key);
    }
}

impl Bots {
    /// Lets the bot go when its live messages are gone, or it is no use to wait. Owner references take the children along.
    async fn retire(&self, key: &Key, bot: &DiscordBot) -> Result<Next, Failure> {
        if !finalizer::is_held(bot) {
            return Ok(Next::Change);
        }
        match Box::pin(retire::look(&self.context, key, bot, Timestamp::now())).await {
            Retirement::Waiting => return Ok(Next::After(RETIRING)),
            Retirement::Done => {}
            Retirement::LeftBehind(what) => {
                let note = format!(
                    "live messages could not be removed before the bot went, delete them by hand: {what}"
                );
                tracing::warn!(
                    namespace = key.namespace,
                    name = key.name,
                    what,
                    "live messages are left behind"
                );
                self.events.warn(&bot.object_ref(&()), "DisplayFailing", note).await;
            }
        }
        let released = finalizer::set(&self.context.process.client, bot, None).await;
        released.map(|()| Next::Change).map_err(|error| Failure::new("FinalizerUnwritable", error))
    }
}

/// A bot that shows something is held, when it is deleted, until that is gone. Without the right to do that it is not; nor is one
/// that is stopped, which could remove nothing, nor in a namespace that is being deleted: its pods go first, and the operator's
/// rights may go before the bot and its displays.
async fn mind_finalizer(context: &Context, key: &Key, bot: &DiscordBot, shows: bool, has_pods: bool) -> Next {
    let wanted = match (finalizer::is_held(bot), has_pods) {
        (false, true) if shows => Some(names::LIVE_MESSAGES),
        (true, false) if bot.spec.wanted() == 0 => None,
        (true, false) if fetch::namespace_ends(context, key).await => {
            for display in context.naming(key).iter().filter(|display| finalizer::is_held(&***display)) {
                let _ = finalizer::try_set(&context.process.client, &**display, None).await;
            }
            None
        }
        _ => return Next::Change,
    };
    finalizer::try_set(&context.process.client, bot, wanted).await
}

/// Could another value in a Secret mend the bot?
fn may_wait_for_secrets(conditions: &[Condition]) -> bool {
    let is = |kind, status| find(conditions, kind).is_some_and(|found| found.status == status);
    is("Stalled", "True") || is("TokenValid", "False") || is("DatabaseReady", "False")
}

/// Shards that change hands, and a display that takes up a change, make a ready bot unready for a moment: nobody need know.
fn is_passing(before: &[Condition], after: &[Condition]) -> bool {
    let was_ready = find(before, "Ready").is_some_and(|before| before.status == "True");
    let passing = ["GatewayDisconnected", "DisplaysNotReady"];
    was_ready && find(after, "Ready").is_some_and(|after| passing.contains(&after.reason.as_str()))
}

async fn run(context: &Context, key: &Key, bot: &DiscordBot) -> Pass {
    let paused = bot.metadata.annotations.as_ref().and_then(|all| all.get(names::PAUSED));
    if paused.is_some_and(|paused| paused == "true") {
        let displays = configured(&fetch::watched(context, key, bot).displays);
        return Pass::new(Outcome::Paused, displays, Ok(Next::Change));
    }
    match fetch(context, key, bot).await {
        Ok(fetched) => {
            let displays = configured(&fetched.displays);
            let has_pods = fetched.pods.iter().any(|pod| !pod.state.deleting);
            let look = mind_finalizer(context, key, bot, !displays.is_empty(), has_pods).await;
            let pass = Box::pin(change(context, key, bot, fetched, displays)).await;
            Pass { result: pass.result.map(|next| next.or_sooner(look)), ..pass }
        }
        Err(error) => {
            let displays = configured(&fetch::watched(context, key, bot).displays);
            failing(displays, Failure::new(error.reason(), error))
        }
    }
}

async fn change(
    context: &Context,
    key: &Key,
    bot: &DiscordBot,
    fetched: Fetched,
    displays: Vec<DisplayConfig>,
) -> Pass {
    let (hidden, pod_event) = (fetched.hidden, fetched.pod_event.clone());
    let unstarted = fetched.pods.iter().any(|pod| pod.state.unstarted());
    let rival = fetched.rival.is_some();
    let validated = match validate(key, bot, fetched, &context.process.defaults) {
        Ok(validated) => validated,
        // Nothing happens until it is mended, which a watch or the look at the Secrets will tell.
        Err(mistake) => {
            return stalled(context, displays, mistake.reason(), mistake.to_string(), Next::Change);
        }
    };
    let children = match build(&validated) {
        Ok(children) => children,
        // A display that goes or changes will be seen.
        Err(error @ BuildError::ConfigTooLarge) => {
            return stalled(context, displays, error.reason(), error.to_string(), Next::Change);
        }
        Err(error) => return failing(displays, Failure::new(error.reason(), error)),
    };
    let uid = bot.metadata.uid.as_deref().unwrap_or_default();
    let Turn { wait, stuck } = slot(context, &validated, &children.deployment);
    let waits = !wait.is_zero();
    match Box::pin(apply(context, key, uid, children, waits)).await {
        Ok(Applied { rolling }) => {
            context.rejections.forget(key);
            let outcome = if waits { Outcome::Waiting { stuck } } else { Outcome::Applied };
            let next = if waits { Next::After(wait) } else { Next::Change };
            let next = if unstarted { next.or_sooner(Next::After(UNSTARTED)) } else { next };
            let next = if rival { next.or_sooner(Next::After(RIVAL)) } else { next };
            Pass { pod_event, hidden, rolling, ..Pass::new(outcome, displays, Ok(next)) }
        }
        Err(error) => refused(context, bot, displays, error),
    }
}

fn stalled(
    context: &Context,
    displays: Vec<DisplayConfig>,
    reason: &'static str,
    message: String,
    next: Next,
) -> Pass {
    context.process.metrics.failures.with_label_values(&["DiscordBot", reason]).inc();
    Pass::new(Outcome::Stalled { reason, message }, displays, Ok(next))
}

fn refused(context: &Context, bot: &DiscordBot, displays: Vec<DisplayConfig>, error: ApplyError) -> Pass {
    let told = error.to_string();
    let reason = match &error {
        ApplyError::NameTaken { .. } => {
            return stalled(context, displays, "NameTaken", told, Next::After(NAME_TAKEN));
        }
        // It need not be the spec: policies, webhooks and the objects themselves change, and no watch tells.
        ApplyError::Invalid { .. } | ApplyError::Immutable { .. } => {
            return refusing(displays, told, "Refused", error);
        }
        ApplyError::Internal { kind, name, .. } => {
            let repeated = context.rejections.again(&Key::of(bot), &format!("{kind} {name}")) >= REPEATED;
            if repeated {
                let message = format!("{told}; correct the spec, or mend the API server");
                return refusing(displays, message, "ApiFailing", error);
            }
            "ApiFailing"
        }
        ApplyError::Forbidden { .. } => "Forbidden",
        // No news for the status: the next attempt sees what changed.
        ApplyError::Conflict { .. } => {
            return Pass::new(Outcome::Applied, displays, Err(Failure::new("Conflict", error)));
        }
        ApplyError::Api { .. } => "ApiUnavailable",
        ApplyError::Serialise(_) => "Unserialisable",
    };
    failing(displays, Failure::new(reason, error))
}

/// Somebody has to do something, and it is tried again with back-off: what they do may be nothing that a watch tells of.
fn refusing(displays: Vec<DisplayConfig>, message: String, reason: &'static str, error: ApplyError) -> Pass {
    let failing = failing(displays, Failure::new(reason, error));
    Pass { outcome: Outcome::Stalled { reason: "RolloutFailed", message }, ..failing }
}

fn failing(displays: Vec<DisplayConfig>, failure: Failure) -> Pass {
    Pass::new(Outcome::Failing { message: failure.to_string() }, displays, Err(failure))
}
