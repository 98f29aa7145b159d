//! What keeps a bot from running, as its containers tell it: by exit code, termination message and waiting reason.

use stockbot_config::exit::Reason;

use super::observed::{Observed, Outcome};
use crate::{
    api::conditions::Finding,
    cluster::pod::{Container, PodState},
    discord_bot::halt::HaltReason,
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
    let guild = &observed.bot.spec.guild_id;
    let outside = observed.newest(|status| status.guild_found) == Some(false);
    let not_member = || {
        let message =
            format!("the bot is not a member of Discord server {guild}; invite it or correct spec.guildId");
        ("GuildNotFound", message)
    };
    let of_pods = || observed.current_pods().find_map(|pod| of_pod(observed, pod));
    mount(observed).or_else(of_pods).or_else(|| outside.then(not_member))
}

/// A Secret that the operator may not read, and the kubelet cannot find. Its words are those of Kubernetes' volume plugins.
fn mount(observed: &Observed<'_>) -> Option<(&'static str, String)> {
    let said = observed.mount_failure.filter(|_| observed.current_pods().any(|pod| pod.unstarted()))?;
    let reason = if said.contains("references non-existent secret key") {
        "SecretKeyMissing"
    } else if said.contains("secret") && said.contains("not found") {
        "SecretNotFound"
    } else {
        return None;
    };
    Some((reason, format!("a Secret cannot be mounted; create it or correct the reference to it: {said}")))
}

fn refused(observed: &Observed<'_>, reason: HaltReason, said: &str) -> String {
    let secret = &observed.bot.spec.token_secret_ref.name;
    let what_to_do = match reason {
        HaltReason::TokenInvalid => {
            format!("Discord rejected the token; put a valid one into Secret {secret}")
        }
        HaltReason::DisallowedIntents => {
            "Discord refused the gateway intents; enable them in the developer portal or change the spec so that they are not needed".into()
        }
        HaltReason::ShardingInvalid => {
            "Discord refused the number of shards; set spec.discord.shards to 0 or a larger number".into()
        }
        HaltReason::ImageIncompatible => {
            "Discord refused the version of its API that the image speaks; set spec.image to a newer version".into()
        }
    };
    with_words(what_to_do, said)
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
    Some((reason, with_words(what_to_do.into(), &failure.message)))
}

/// What the pods wait for, in words; `None` if nothing unusual is known.
pub fn waiting(observed: &Observed<'_>) -> Option<String> {
    let live = observed.deployment?;
    let of_pod = |pod: &PodState| {
        let stuck = [&pod.migrate, &pod.bot_container].into_iter().find_map(stuck);
        let failed = pod
            .failure()
            .filter(|_| !pod.ready)
            .map(|exit| with_words(format!("a container ended with exit code {}", exit.code), &exit.message));
        let unplaced = pod.unschedulable.clone().map(|why| format!("no node takes the pod: {why}"));
        failed.or(stuck).or(unplaced)
    };
    let unmounted = observed.mount_failure.filter(|_| observed.current_pods().any(|pod| pod.unstarted()));
    live.failure
        .clone()
        .or_else(|| unmounted.map(str::to_owned))
        .or_else(|| observed.current_pods().find_map(|pod| of_pod(pod)))
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
