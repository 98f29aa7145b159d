//! What keeps a bot from running, as its containers tell it: by exit code, termination message and waiting reason.

use stockbot_config::exit::Reason;

use super::observed::{Observed, Outcome};
use crate::{
    api::conditions::Finding,
    cluster::{
        cache::Key,
        pod::{Container, PodState},
    },
    discord_bot::{fetch::Pod, halt::HaltReason},
};

/// The Stalled condition: only somebody's change helps.
pub fn stalled(observed: &Observed<'_>) -> Finding {
    let (reason, message) = stall(observed).unwrap_or(("NotStalled", String::new()));
    Finding::new("Stalled", Some(reason != "NotStalled"), reason, message)
}

/// Why only somebody's change helps, and what to change.
pub fn stall(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    if let Outcome::Stalled { reason, message } = &observed.outcome {
        return Some((reason, message.clone()));
    }
    if observed.wanted() == 0 {
        return None;
    }
    if let Some(halt) = observed.halt() {
        return Some((halt.reason.as_str(), refused(observed, halt.reason, &halt.message)));
    }
    let of_pods = || observed.current_pods().find_map(|pod| of_pod(observed, pod));
    let paused = || {
        let unfinished = observed.applied() && !observed.rolled_out();
        Some(("RolloutFailed", paused_rollouts(observed).filter(|_| unfinished)?))
    };
    mount(observed).or_else(of_pods).or_else(|| outside(observed)).or_else(|| rival(observed)).or_else(paused)
}

/// The bot is not a member of its Discord server, or not any more.
fn outside(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    let guild = &observed.bot.spec.guild_id;
    let message =
        || format!("the bot is not a member of Discord server {guild}; invite it or correct spec.guildId");
    let outside = observed.statuses().any(|status| status.guild_found == Some(false));
    outside.then(|| ("GuildNotFound", message()))
}

/// Two bots of one application each get what is meant for the other.
fn rival(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    let (rival, secret) = (observed.rival?, &observed.bot.spec.token_secret_ref.name);
    let message = format!(
        "DiscordBot {rival} uses the same Discord application; put the token of another application into Secret {secret}, or delete one of the two"
    );
    Some(("TokenInvalid", message))
}

/// Somebody has paused the Deployment's rollouts, and what ends that.
pub fn paused_rollouts(observed: &Observed<'_>) -> Option<String> {
    let Key { namespace, name } = observed.key;
    let paused = observed.deployment.is_some_and(|live| live.paused);
    let words = || {
        format!(
            "rollouts of the Deployment are paused; go on with: kubectl -n {namespace} rollout resume deployment {name}"
        )
    };
    paused.then(words)
}

/// A Secret that the operator may not read, and the kubelet cannot find. Its words are those of Kubernetes' volume plugins.
fn mount(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    let event = observed.pod_event.filter(|event| event.reason == "FailedMount")?;
    let said = unstarted(observed)?;
    let reason = if event.message.contains("references non-existent secret key") {
        "SecretKeyMissing"
    } else if event.message.contains("secret") && event.message.contains("not found") {
        "SecretNotFound"
    } else {
        return None;
    };
    let what_to_do = "a Secret cannot be mounted; create it or correct the reference to it, and the pod starts within two minutes";
    Some((reason, format!("{what_to_do}: {said}")))
}

/// What is said of a pod that does not start.
fn unstarted<'a>(observed: &Observed<'a>) -> Option<&'a str> {
    let waits = observed.current_pods().any(|pod| pod.unstarted());
    observed.pod_event.filter(|_| waits).map(|event| event.message.as_str())
}

fn refused(observed: &Observed<'_>, reason: HaltReason, said: &str) -> String {
    let secret = &observed.bot.spec.token_secret_ref.name;
    let what_to_do = match reason {
        HaltReason::TokenInvalid => {
            format!("Discord rejected the token; put a valid one into Secret {secret}{}", retry(observed))
        }
        HaltReason::DisallowedIntents => format!(
            "Discord refused the gateway intents; enable them in the Developer Portal, then have it tried again: {}",
            observed.restart_command()
        ),
        HaltReason::ShardingInvalid => {
            "Discord refused the number of shards; set spec.discord.shards to 0 or a larger number".into()
        }
        HaltReason::ImageIncompatible => {
            "Discord refused the version of its API that the image speaks; set spec.image to a newer version"
                .into()
        }
    };
    with_words(what_to_do, said)
}

/// What else to do where the operator cannot see that a Secret was mended.
fn retry(observed: &Observed<'_>) -> String {
    if !observed.hidden {
        return String::new();
    }
    format!(", then have it tried again, since the operator may not read it: {}", observed.restart_command())
}

fn with_words(what_to_do: String, said: &str) -> String {
    if said.is_empty() { what_to_do } else { format!("{what_to_do} (the bot says: {said})") }
}

fn of_pod(observed: &Observed<'_>, pod: &PodState) -> Option<(&'static str, String)> {
    let failure = pod.failure().filter(|_| !pod.ready)?;
    if let Some(reason) = HaltReason::of(failure) {
        return Some((reason.as_str(), refused(observed, reason, &failure.message)));
    }
    let (reason, what_to_do) = match failure.reason {
        Reason::ConfigurationInvalid => (
            "ImageIncompatible",
            "the image does not understand its configuration; set spec.image to the operator's version",
        ),
        Reason::SchemaTooNew => (
            "ImageIncompatible",
            "the database was migrated by a newer image; set spec.image to that version or a later one",
        ),
        Reason::SecretInvalid => ("SecretKeyMissing", "a value of a Secret cannot be used; correct it"),
        Reason::ConfigurationConflicts => {
            ("RolloutFailed", "the spec contradicts what the database holds; correct the spec")
        }
        Reason::DatabaseUnsuitable => ("RolloutFailed", "the database cannot be used as it is; correct it"),
        _ => return None,
    };
    let again = if failure.reason == Reason::SecretInvalid { retry(observed) } else { String::new() };
    Some((reason, with_words(format!("{what_to_do}{again}"), &failure.message)))
}

/// What the pods wait for, in words; `None` if nothing unusual is known.
pub fn waiting(observed: &Observed<'_>) -> Option<String> {
    let live = observed.deployment?;
    let of_pod = |pod: &PodState| {
        let stuck = [&pod.migrate, &pod.bot_container].into_iter().find_map(stuck);
        let failed = pod.failure().filter(|_| !pod.ready).map(|exit| {
            with_words(
                format!("container {} ended with exit code {}", pod.failed_container(), exit.code),
                &exit.message,
            )
        });
        let unplaced = pod.unschedulable.clone().map(|why| format!("no node takes the pod: {why}"));
        failed.or(stuck).or(unplaced)
    };
    live.failure
        .clone()
        .or_else(|| observed.current_pods().find_map(|pod| of_pod(pod)))
        .or_else(|| unstarted(observed).map(str::to_owned))
        .or_else(|| observed.current().find_map(unready))
}

/// Why a pod that runs is not ready: in its own words, or why it gives none.
fn unready(pod: &Pod) -> Option<String> {
    let report = pod.report.as_ref().filter(|_| !pod.state.ready && pod.state.probe_address().is_some())?;
    if let Some(error) = &report.error {
        return Some(format!("pod {}: {error}", pod.state.name));
    }
    let said = report.status.as_ref()?.last_error.as_ref()?;
    Some(format!("pod {} says: {}", pod.state.name, said.message))
}

fn stuck(container: &Container) -> Option<String> {
    let (reason, message) = container.waiting.as_ref()?;
    match reason.as_str() {
        "PodInitializing" | "ContainerCreating" | "CrashLoopBackOff" | "" => None,
        "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => Some(format!(
            "the image cannot be had ({reason}): {message}; check spec.image, imagePullPolicy and imagePullSecrets"
        )),
        _ => Some(format!("{reason}: {message}")),
    }
}
