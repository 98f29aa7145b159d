//! Tables: what is observed, and which conditions follow. Here: what the tables start from.

mod complete;
mod messages;
mod pods;
mod spec;
mod told;

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use stockbot_config::{
    DisplayConfig,
    exit::Reason,
    fingerprint,
    status::{
        BotStatus, DatabaseState, DisplayState, DisplayStatus, GatewayState, LastError, ProductCounts,
        SessionStarts, Shards, TokenState,
    },
};

use super::{Observed, Outcome, compute};
use crate::{
    api::{DiscordBot, DiscordBotStatus, annotation::Annotation as _, conditions::find},
    cluster::{
        cache::Key,
        deployment::DeploymentState,
        pod::{Container, PodState},
        reports::ProbeError,
    },
    discord_bot::{
        fetch::{Pod, PodEvent},
        fixtures::{bot, deployment, display, ended, key, pod, running},
        halt::{Halt, HaltReason},
    },
};

/// Everything of [`Observed`], owned.
struct Case {
    key: Key,
    bot: DiscordBot,
    outcome: Outcome,
    deployment: Option<DeploymentState>,
    pods: Vec<Pod>,
    displays: Vec<DisplayConfig>,
    pod_event: Option<PodEvent>,
    hidden: bool,
    rival: Option<String>,
}

/// A bot that works and has no display.
fn works() -> Case {
    Case {
        key: key(),
        bot: bot(""),
        outcome: Outcome::Applied,
        deployment: Some(deployment()),
        pods: vec![pod(running(), Some(connected()))],
        displays: Vec::new(),
        pod_event: None,
        hidden: false,
        rival: None,
    }
}

fn connected() -> BotStatus {
    let mut status = BotStatus {
        ready: true,
        token: TokenState::Accepted,
        guild_found: Some(true),
        ..BotStatus::default()
    };
    status.gateway.state = GatewayState::Connected;
    status.gateway.shards = Shards { desired: 1, connected: 1 };
    status.database.state = DatabaseState::Migrated;
    status
}

/// A bot that works but for what its pod says.
fn says(change: impl FnOnce(&mut BotStatus)) -> Case {
    let mut status = connected();
    change(&mut status);
    Case { pods: vec![pod(running(), Some(status))], ..works() }
}

/// A bot whose only pod is like this, and not ready.
fn starts(change: impl FnOnce(&mut PodState)) -> Case {
    let mut state = PodState { ready: false, bot_container: Container::default(), ..running() };
    change(&mut state);
    let deployment = DeploymentState { ready: 0, ..deployment() };
    Case { pods: vec![pod(state, None)], deployment: Some(deployment), ..works() }
}

/// A bot that works but for one display in that state.
fn shows(state: DisplayState) -> Case {
    let display = display("main", 1_100_000_000_000_000_010, 1);
    let settings = display.spec.settings.clone();
    let told = DisplayStatus {
        name: "main".into(),
        settings_hash: fingerprint(&settings),
        state,
        message: String::new(),
        message_id: None,
        message_url: None,
        last_published_at: None,
        last_error: None,
        buttons_present: true,
        products: ProductCounts::default(),
        health: None,
    };
    Case {
        displays: vec![DisplayConfig::new("main".into(), settings)],
        ..says(|status| status.displays = vec![told])
    }
}

fn status(case: &Case) -> DiscordBotStatus {
    let Case { key, bot, outcome, deployment, pods, displays, pod_event, hidden, rival } = case;
    let observed = Observed {
        key,
        bot,
        image: "stockbot:1".into(),
        outcome: outcome.clone(),
        deployment: deployment.as_ref(),
        pods,
        displays,
        pod_event: pod_event.as_ref(),
        hidden: *hidden,
        rival: rival.as_deref(),
    };
    compute(&observed, &DiscordBotStatus::default(), Timestamp::UNIX_EPOCH)
}

fn condition(case: &Case, kind: &str) -> Condition {
    find(&status(case).conditions, kind).unwrap().clone()
}

#[track_caller]
fn is(case: &Case, wanted: &[&str]) {
    for wanted in wanted {
        let (kind, _) = wanted.split_once('=').unwrap();
        let found = condition(case, kind);
        assert_eq!(format!("{kind}={}/{}", found.status, found.reason), *wanted, "{}", found.message);
    }
}

fn phase(case: &Case) -> &'static str {
    status(case).phase.as_str()
}
