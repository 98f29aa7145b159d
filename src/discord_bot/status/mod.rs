//! Fifth step: what the status should say. The status writer writes it.

mod conditions;
mod database;
mod observed;
mod phase;
#[cfg(test)]
mod tests;
mod token;
mod trouble;

use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};

pub use observed::{Observed, Outcome};

use crate::{
    api::{
        DiscordBot, DiscordBotStatus,
        conditions::merge,
        names,
        status::{BotUserStatus, DisplaysStatus, LastErrorStatus, SessionStartsStatus, ShardsStatus},
    },
    controller::status_writer::HasStatus,
};

/// The status for what was observed; `old` gives transition times and what is remembered while no pod answers.
#[must_use]
pub fn compute(observed: &Observed<'_>, old: &DiscordBotStatus, now: Timestamp) -> DiscordBotStatus {
    let generation = observed.bot.metadata.generation;
    let deployment = observed.deployment.cloned().unwrap_or_default();
    DiscordBotStatus {
        observed_generation: generation,
        phase: phase::phase(observed),
        replicas: deployment.replicas,
        ready_replicas: deployment.ready,
        selector: names::selector_text(&observed.key.name),
        shop: observed.bot.spec.shop.name.clone().unwrap_or_else(|| observed.key.name.clone()),
        image: observed.image.clone(),
        application_id: observed
            .newest(|status| status.application_id.clone())
            .or(old.application_id.clone()),
        bot_user: observed
            .newest(|status| status.bot_user.clone())
            .map(|user| BotUserStatus { id: user.id, name: user.name })
            .or(old.bot_user.clone()),
        shards: ShardsStatus { desired: observed.shards_desired(), connected: observed.shards_connected() },
        session_starts: observed
            .newest(|status| status.session_starts.clone())
            .map(|starts| SessionStartsStatus {
                remaining: starts.remaining,
                total: starts.total,
                reset_at: Time(starts.reset_at),
            })
            .or(old.session_starts.clone()),
        displays: DisplaysStatus {
            desired: i32::try_from(observed.displays.len()).unwrap_or(i32::MAX),
            ready: observed.displays_ready(),
        },
        restarts: observed.restarts(),
        last_error: last_error(observed, old, now),
        schema_version: observed
            .newest(|status| status.database.schema_version.clone())
            .or(old.schema_version.clone()),
        conditions: merge(&old.conditions, conditions::all(observed), generation, now),
    }
}

/// The newest failure known: of this reconcile, of a container, or one that a pod tells of.
fn last_error(observed: &Observed<'_>, old: &DiscordBotStatus, now: Timestamp) -> Option<LastErrorStatus> {
    let old = old.last_error.clone();
    if let Outcome::Failing { message } = &observed.outcome {
        // The same failure again is no news: its first time is kept, or every retry would be a write.
        return old
            .filter(|old| old.message == *message)
            .or_else(|| Some(LastErrorStatus { time: Time(now), message: message.clone() }));
    }
    let exits = observed.pods.iter().filter_map(|pod| {
        let exit = pod.state.failure()?;
        let message = format!("exit code {}: {}", exit.code, exit.message);
        Some(LastErrorStatus { time: Time(exit.at?), message })
    });
    let told = observed.statuses().filter_map(|status| {
        let LastError { time, message } = status.last_error.clone()?;
        Some(LastErrorStatus { time: Time(time), message })
    });
    let newest = exits.chain(told).chain(old).max_by(|a, b| a.time.cmp(&b.time));
    newest.map(|error| LastErrorStatus { message: error.message.chars().take(1_000).collect(), ..error })
}

use stockbot_config::status::LastError;

impl HasStatus for DiscordBot {
    type Status = DiscordBotStatus;
    const UNREADABLE: (&'static str, &'static str) = ("Stalled", "RolloutFailed");

    fn status(&self) -> Option<&DiscordBotStatus> {
        self.status.as_ref()
    }

    fn conditions(status: &DiscordBotStatus) -> &[Condition] {
        &status.conditions
    }

    fn without_figures(status: &DiscordBotStatus) -> DiscordBotStatus {
        DiscordBotStatus { session_starts: None, ..status.clone() }
    }
}
