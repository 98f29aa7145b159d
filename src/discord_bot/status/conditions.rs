//! The other conditions of a bot (table in api.md section 1). Each is a function of what was observed.

use std::collections::BTreeSet;

use stockbot_config::status::{DatabaseState, DisplayState, GatewayState};

use super::super::displays::{is_shown, words};
use super::{
    database::{self, database_ready},
    observed::{Observed, Outcome},
    token::token_valid,
    trouble::{paused_rollouts, stall, stalled, waiting},
};
use crate::{
    api::{conditions::Finding, names},
    cluster::cache::Key,
};

/// Every condition, Ready first.
pub fn all(observed: &Observed<'_>) -> Vec<Finding> {
    let known = [
        ready(observed),
        progressing(observed),
        degraded(observed),
        stalled(observed),
        token_valid(observed),
        database_ready(observed),
        gateway_connected(observed),
        paused(observed),
    ];
    // Before Discord was asked for the first time there is nothing to say of the budget.
    known.into_iter().chain(identify_budget_low(observed)).collect()
}

fn ready(observed: &Observed<'_>) -> Finding {
    let finding = |status, reason, message: String| Finding::new("Ready", Some(status), reason, message);
    if let Some((_, message)) = stall(observed) {
        return finding(false, "Stalled", message);
    }
    if observed.wanted() == 0 {
        return match observed.pods_left() {
            _ if !observed.applied() => finding(false, "PodsNotReady", unapplied(observed)),
            0 => finding(true, "Stopped", "stopped as wanted".into()),
            left => finding(false, "PodsNotReady", format!("{} still stopping", are(left, "pod"))),
        };
    }
    if !observed.rolled_out() {
        return finding(false, "PodsNotReady", unready(observed));
    }
    if !observed.connected() {
        let message = format!("{}{}", shards(observed), because(budget(observed)));
        return finding(false, "GatewayDisconnected", message);
    }
    let (shown, displays) = (observed.displays_ready(), observed.displays.len());
    if usize::try_from(shown).unwrap_or_default() < displays {
        let message =
            format!("{shown} of {displays} displays are published{}", because(unpublished(observed)));
        return finding(false, "DisplaysNotReady", message);
    }
    if !observed.applied() {
        return finding(false, "PodsNotReady", unapplied(observed));
    }
    let message = format!("{} ready, {} published", are(observed.ready_pods(), "pod"), are(shown, "display"));
    finding(true, "AllReady", message)
}

/// How many shards are connected.
fn shards(observed: &Observed<'_>) -> String {
    match (observed.shards_connected(), observed.shards_desired()) {
        (_, 0) => "not known until a pod tells of its shards".into(),
        (connected, desired) => format!("{connected} of {desired} shards are connected"),
    }
}

/// That the bot waits for session starts, if it does.
fn budget(observed: &Observed<'_>) -> Option<String> {
    let waits = observed.statuses().any(|status| status.gateway.state == GatewayState::WaitingForBudget);
    let reset = observed.newest(|status| status.session_starts.clone()).map(|starts| starts.reset_at);
    let until = reset.map_or_else(|| "Discord's daily reset".into(), |at| at.to_string());
    waits.then(|| format!("no session is started before {until}, the rest of today's is the reserve"))
}

/// What is said of the first display that is not published.
fn unpublished(observed: &Observed<'_>) -> Option<String> {
    let waits = |name: &str| format!("StockDisplay {name}: the bot has not published this version yet");
    observed.displays.iter().find_map(|display| match observed.display(display) {
        None => Some(waits(&display.name)),
        Some(told) => (!is_shown(told)).then(|| format!("StockDisplay {}: {}", display.name, words(told).1)),
    })
}

/// That the newest spec is not applied, and why, as far as this pass knows.
fn unapplied(observed: &Observed<'_>) -> String {
    let why = match &observed.outcome {
        Outcome::Failing { message } => Some(message.clone()),
        Outcome::Paused => {
            Some(format!("writes are paused; remove the annotation {} to go on", names::PAUSED))
        }
        _ => None,
    };
    format!("the newest spec is not applied yet{}", because(why))
}

/// What is missing until every pod is there, ready and of the newest version.
fn unready(observed: &Observed<'_>) -> String {
    let (ready, wanted) = (observed.ready_pods(), observed.wanted());
    let why = match &observed.outcome {
        Outcome::Failing { message } => Some(message.clone()),
        _ => waiting(observed),
    };
    if ready < wanted || why.is_some() {
        let new = if ready < observed.all_ready() { "new " } else { "" };
        return format!("{ready} of {wanted} {new}pods are ready{}", because(why));
    }
    let left = observed.pods_left() - ready;
    if left > 0 {
        return format!("the new pods are ready, {} still stopping", are(left, "old pod"));
    }
    "the new pods are ready; Kubernetes has not counted them yet".into()
}

fn because(why: Option<String>) -> String {
    why.map(|why| format!(": {why}")).unwrap_or_default()
}

/// "1 pod is", "2 pods are".
fn are(count: i32, what: &str) -> String {
    if count == 1 { format!("1 {what} is") } else { format!("{count} {what}s are") }
}

fn progressing(observed: &Observed<'_>) -> Finding {
    let (status, reason, message) = progress(observed);
    Finding::new("Progressing", Some(status), reason, message)
}

fn progress(observed: &Observed<'_>) -> (bool, &'static str, String) {
    if stall(observed).is_some() {
        return (false, "Complete", "waits for a change, see Stalled".into());
    }
    if let Outcome::Failing { message } = &observed.outcome {
        let reason = if observed.serves() { "RolloutInProgress" } else { "Starting" };
        return (true, reason, format!("{message}; it is tried again"));
    }
    if observed.outcome == Outcome::Paused && !observed.applied() {
        return (false, "Complete", unapplied(observed));
    }
    if observed.wanted() == 0 {
        return match observed.pods_left() {
            0 => (false, "Complete", "stopped".into()),
            left => (true, "Stopping", format!("{} stopping", are(left, "pod"))),
        };
    }
    if let Outcome::Waiting { stuck } = &observed.outcome {
        let wave = "a change that concerns many bots (of the operator, or of a Secret) is rolled out to one after the other";
        let holder = stuck.as_ref().map(|Key { namespace, name }| {
            format!("; that waits for DiscordBot {name} of namespace {namespace}, which is not ready again: mend or stop it")
        });
        return (true, "WaitingForRolloutSlot", format!("{wave}{}", holder.unwrap_or_default()));
    }
    if let Some(message) = budget(observed) {
        return (true, "WaitingForIdentifyBudget", message);
    }
    if observed.rolled_out() {
        let resume = paused_rollouts(observed).map(|resume| format!("; {resume}")).unwrap_or_default();
        return (false, "Complete", format!("the newest spec is rolled out{resume}"));
    }
    if observed.serves() {
        return (true, "RolloutInProgress", format!("{}; pods of before still serve", unready(observed)));
    }
    (true, "Starting", waiting(observed).unwrap_or_else(|| "pods are starting".into()))
}

fn degraded(observed: &Observed<'_>) -> Finding {
    let found = (observed.wanted() > 0).then(|| loss(observed)).flatten();
    let (reason, message) = found.unwrap_or(("AsExpected", String::new()));
    Finding::new("Degraded", Some(reason != "AsExpected"), reason, message)
}

/// What is lost while the bot runs, the worst first.
pub fn loss(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    let (state, said) = database::state(observed);
    if state == DatabaseState::Unreachable {
        return Some(("DatabaseUnavailable", format!("the database cannot be reached: {said}")));
    }
    if observed.crash_looping() {
        let restarts = observed.restarts();
        let why = waiting(observed).unwrap_or_else(|| {
            let pod = observed.current_pods().find(|pod| !pod.ready).map(|pod| pod.name.clone());
            format!("kubectl logs --previous {} tells why", pod.unwrap_or_default())
        });
        return Some(("CrashLooping", format!("the bot failed {restarts} times: {why}")));
    }
    let threshold = observed.bot.spec.probes.deep.failure_threshold;
    let silent =
        observed.pods.iter().filter(|pod| pod.state.probe_address().is_some() && pod.state.ready).find_map(
            |pod| {
                let report = pod.report.as_ref().filter(|report| report.failures >= threshold)?;
                report.error.as_ref().map(|error| (pod.state.name.clone(), error.clone()))
            },
        );
    if let Some((pod, error)) = silent {
        return Some(("ProbeFailing", format!("pod {pod}: {error}")));
    }
    let open = observed.newest(|status| {
        status.breakers.iter().find(|(_, state)| *state == "Open").map(|(dependency, _)| dependency.clone())
    });
    if let Some(dependency) = open {
        return Some((
            "BreakerOpen",
            format!("calls to {dependency} keep failing and are suspended for a while"),
        ));
    }
    display_failing(observed).or_else(|| told(observed))
}

fn display_failing(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    observed.displays.iter().find_map(|display| {
        let status = observed.display(display)?;
        let failing = matches!(
            status.state,
            DisplayState::ButtonsFailing
                | DisplayState::FallbackShown
                | DisplayState::ChannelNotFound
                | DisplayState::MissingPermissions
                | DisplayState::BreakerOpen
        );
        failing.then(|| ("DisplayFailing", format!("StockDisplay {}: {}", display.name, words(status).1)))
    })
}

/// What the pods tell of themselves that somebody has to mend.
fn told(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    let troubles: BTreeSet<String> =
        observed.statuses().flat_map(|status| status.troubles.values().cloned()).collect();
    let message = troubles.into_iter().collect::<Vec<_>>().join("; ");
    (!message.is_empty()).then_some(("ProbeFailing", message))
}

fn gateway_connected(observed: &Observed<'_>) -> Finding {
    let desired = observed.shards_desired();
    let any = |state| observed.statuses().any(|status| status.gateway.state == state);
    let (status, reason) = if observed.connected() {
        (Some(true), "Connected")
    } else if any(GatewayState::Resuming) {
        (Some(false), "Resuming")
    } else if any(GatewayState::Disconnected) || any(GatewayState::WaitingForBudget) || desired > 0 {
        (Some(false), "Disconnected")
    } else {
        (None, "Unknown")
    };
    Finding::new("GatewayConnected", status, reason, shards(observed))
}

fn identify_budget_low(observed: &Observed<'_>) -> Option<Finding> {
    let reserve = observed.bot.spec.discord.identify_reserve;
    // While no pod tells, what was told last still holds.
    let before = observed.bot.status.as_ref().and_then(|status| status.session_starts.as_ref());
    let told = observed
        .newest(|status| status.session_starts.as_ref().map(|starts| (starts.remaining, starts.total)));
    let (remaining, total) = told.or_else(|| before.map(|starts| (starts.remaining, starts.total)))?;
    let low = remaining <= reserve;
    let reason = if low { "BelowReserve" } else { "Sufficient" };
    // No exact number here: it changes with every start, and status.sessionStarts has it.
    let message = if low {
        format!(
            "of {total} session starts a day no more than the reserve of {reserve} are left: rollouts wait for the daily reset"
        )
    } else {
        format!("of {total} session starts a day more than the reserve of {reserve} are left")
    };
    Some(Finding::new("IdentifyBudgetLow", Some(low), reason, message))
}

fn paused(observed: &Observed<'_>) -> Finding {
    match observed.outcome {
        Outcome::Paused => Finding::new(
            "Paused",
            Some(true),
            "PausedByAnnotation",
            "nothing is written until the annotation stockbot.dev/paused is removed",
        ),
        _ => Finding::new("Paused", Some(false), "NotPaused", ""),
    }
}
