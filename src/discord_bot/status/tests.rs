//! Tables: what is observed, and which conditions follow.

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use stockbot_config::{
    DisplayConfig,
    exit::Reason,
    fingerprint,
    status::{
        BotStatus, DatabaseState, DisplayState, DisplayStatus, GatewayState, ProductCounts, SessionStarts,
        Shards, TokenState,
    },
};

use super::{Observed, Outcome, compute};
use crate::{
    api::{DiscordBot, DiscordBotStatus, conditions::find},
    cluster::{
        cache::Key,
        deployment::DeploymentState,
        pod::{Container, PodState},
    },
    discord_bot::{
        fetch::Pod,
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
    let Case { key, bot, outcome, deployment, pods, displays } = case;
    let observed = Observed {
        key,
        bot,
        image: "stockbot:1".into(),
        outcome: outcome.clone(),
        deployment: deployment.as_ref(),
        pods,
        displays,
        mount_failure: None,
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

#[test]
fn a_bot_that_works_is_ready_and_nothing_else() {
    let case = works();
    is(
        &case,
        &[
            "Ready=True/AllReady",
            "Progressing=False/Complete",
            "Degraded=False/AsExpected",
            "Stalled=False/NotStalled",
            "TokenValid=True/Accepted",
            "DatabaseReady=True/Migrated",
            "GatewayConnected=True/Connected",
            "Paused=False/NotPaused",
        ],
    );
    assert_eq!(phase(&case), "Running");
    assert_eq!(status(&case).observed_generation, Some(1));
}

#[test]
fn nothing_is_known_before_the_first_pod() {
    let case = Case { deployment: None, pods: Vec::new(), ..works() };
    is(
        &case,
        &[
            "Ready=False/PodsNotReady",
            "TokenValid=Unknown/Unknown",
            "DatabaseReady=Unknown/Unknown",
            "GatewayConnected=Unknown/Unknown",
        ],
    );
    assert_eq!(phase(&case), "Pending");
}

#[test]
fn a_stopped_bot_is_ready_once_its_pods_are_gone() {
    let stopped = |replicas| Case {
        bot: bot("  running: false\n"),
        deployment: Some(DeploymentState { replicas, ..DeploymentState::default() }),
        pods: Vec::new(),
        ..works()
    };
    is(&stopped(1), &["Ready=False/PodsNotReady", "Progressing=True/Stopping"]);
    is(&stopped(0), &["Ready=True/Stopped", "Progressing=False/Complete", "Degraded=False/AsExpected"]);
    assert_eq!(phase(&stopped(0)), "Stopped");
}

#[test]
fn a_rollout_is_not_ready_until_the_new_pod_is() {
    let rolling = DeploymentState { replicas: 2, updated: 1, ready: 1, ..deployment() };
    let old = PodState { revision: Some("old".into()), name: "growshop-0".into(), ..running() };
    let new = PodState { ready: false, bot_container: Container::default(), ..running() };
    let pods = vec![pod(old, Some(connected())), pod(new, None)];
    let case = Case { deployment: Some(rolling), pods, ..works() };
    is(
        &case,
        &[
            "Ready=False/PodsNotReady",
            "Progressing=True/RolloutInProgress",
            "GatewayConnected=True/Connected",
        ],
    );
    assert_eq!(phase(&case), "Updating");
}

#[test]
fn a_deployment_that_its_controller_has_not_seen_is_not_rolled_out() {
    let unseen = DeploymentState { observed: false, ..deployment() };
    is(&Case { deployment: Some(unseen), ..works() }, &["Ready=False/PodsNotReady"]);
}

#[test]
fn what_a_pod_says_becomes_conditions() {
    let cases = vec![
        (
            says(|s| s.gateway.shards.connected = 0),
            vec!["Ready=False/GatewayDisconnected", "GatewayConnected=False/Disconnected"],
        ),
        (
            says(|s| (s.gateway.state, s.gateway.shards.connected) = (GatewayState::Resuming, 0)),
            vec!["GatewayConnected=False/Resuming"],
        ),
        (
            says(|s| (s.gateway.state, s.gateway.shards.connected) = (GatewayState::WaitingForBudget, 0)),
            vec!["Progressing=True/WaitingForIdentifyBudget", "GatewayConnected=False/Disconnected"],
        ),
        (says(|s| s.token = TokenState::Rejected), vec!["TokenValid=False/Rejected"]),
        (
            says(|s| s.database.state = DatabaseState::Unreachable),
            vec![
                "DatabaseReady=False/Unreachable",
                "Degraded=True/DatabaseUnavailable",
                "Ready=True/AllReady",
            ],
        ),
        (says(|s| s.guild_found = Some(false)), vec!["Stalled=True/GuildNotFound", "Ready=False/Stalled"]),
        (
            says(|s| drop(s.breakers.insert("discord".into(), "Open".into()))),
            vec!["Degraded=True/BreakerOpen"],
        ),
        (
            says(|s| drop(s.breakers.insert("discord".into(), "Closed".into()))),
            vec!["Degraded=False/AsExpected"],
        ),
    ];
    for (case, wanted) in &cases {
        is(case, wanted);
    }
}

#[test]
fn two_pods_share_the_shards() {
    let standby = PodState { name: "growshop-2".into(), uid: "other".into(), ..running() };
    let mut waiting = connected();
    waiting.gateway.state = GatewayState::Standby;
    waiting.gateway.shards.connected = 0;
    let case = Case {
        bot: bot("  replicas: 2\n"),
        deployment: Some(DeploymentState { wanted: 2, replicas: 2, updated: 2, ready: 2, ..deployment() }),
        pods: vec![pod(running(), Some(connected())), pod(standby, Some(waiting))],
        ..works()
    };
    is(&case, &["Ready=True/AllReady", "GatewayConnected=True/Connected"]);
}

#[test]
fn the_budget_is_low_at_the_reserve() {
    let with = |remaining| {
        says(|status| {
            status.session_starts =
                Some(SessionStarts { remaining, total: 1000, reset_at: Timestamp::UNIX_EPOCH });
        })
    };
    is(&with(51), &["IdentifyBudgetLow=False/Sufficient"]);
    is(&with(50), &["IdentifyBudgetLow=True/BelowReserve"]);
    is(&works(), &["IdentifyBudgetLow=Unknown/Sufficient"]);
}

#[test]
fn a_display_counts_only_as_it_is_wanted_now() {
    is(&shows(DisplayState::Published), &["Ready=True/AllReady"]);
    is(&shows(DisplayState::Hidden), &["Ready=True/AllReady"]);
    is(&shows(DisplayState::NotYetPublished), &["Ready=False/DisplaysNotReady", "Degraded=False/AsExpected"]);
    is(
        &shows(DisplayState::MissingPermissions),
        &["Ready=False/DisplaysNotReady", "Degraded=True/DisplayFailing"],
    );
    let mut changed = shows(DisplayState::Published);
    let mut settings = changed.displays[0].settings.clone();
    settings.title = "New".into();
    changed.displays = vec![DisplayConfig::new("main".into(), settings)];
    is(&changed, &["Ready=False/DisplaysNotReady"]);
    assert_eq!(status(&changed).displays.desired, 1);
}

#[test]
fn what_a_container_ended_for_becomes_reasons() {
    // The words never decide: here they always speak of something else.
    let words = "a shard of the database's intents";
    for (container, reason, wanted) in [
        (
            "migrate",
            Reason::ConfigurationInvalid,
            vec!["Stalled=True/ImageIncompatible", "Ready=False/Stalled"],
        ),
        (
            "migrate",
            Reason::SecretInvalid,
            vec!["Stalled=True/SecretKeyMissing", "DatabaseReady=Unknown/Unknown"],
        ),
        ("bot", Reason::ConfigurationConflicts, vec!["Stalled=True/RolloutFailed"]),
        (
            "migrate",
            Reason::DatabaseUnsuitable,
            vec!["Stalled=True/RolloutFailed", "DatabaseReady=False/MigrationFailed"],
        ),
        (
            "migrate",
            Reason::SchemaTooNew,
            vec!["Stalled=True/ImageIncompatible", "DatabaseReady=False/SchemaTooNew"],
        ),
        (
            "migrate",
            Reason::DatabaseUnavailable,
            vec![
                "DatabaseReady=False/Unreachable",
                "Degraded=True/DatabaseUnavailable",
                "Stalled=False/NotStalled",
            ],
        ),
        ("migrate", Reason::MigrationFailed, vec!["DatabaseReady=False/MigrationFailed"]),
        ("migrate", Reason::Crashed, vec!["DatabaseReady=False/MigrationFailed"]),
        ("bot", Reason::TokenRejected, vec!["Stalled=True/TokenInvalid", "TokenValid=False/Rejected"]),
        ("bot", Reason::IntentsRefused, vec!["Stalled=True/DisallowedIntents"]),
        ("bot", Reason::ShardingRefused, vec!["Stalled=True/ShardingInvalid"]),
        ("bot", Reason::ApiVersionRefused, vec!["Stalled=True/ImageIncompatible"]),
        (
            "bot",
            Reason::DiscordUnavailable,
            vec!["DatabaseReady=Unknown/Unknown", "Stalled=False/NotStalled"],
        ),
        ("bot", Reason::DatabaseUnavailable, vec!["DatabaseReady=False/Unreachable"]),
        (
            "bot",
            Reason::Crashed,
            vec!["Stalled=False/NotStalled", "Degraded=False/AsExpected", "Ready=False/PodsNotReady"],
        ),
    ] {
        let case = starts(|pod| {
            let ended = ended(reason, words, 1);
            if container == "migrate" { pod.migrate = ended } else { pod.bot_container = ended }
        });
        is(&case, &wanted);
        let all = status(&case).conditions;
        assert!(all.iter().any(|condition| condition.message.contains(words)), "{reason:?} is told nowhere");
    }
}

#[test]
fn a_bot_that_failed_too_often_is_degraded() {
    is(&starts(|pod| pod.bot_container = ended(Reason::Crashed, "panic", 2)), &["Degraded=False/AsExpected"]);
    let looping = starts(|pod| pod.bot_container = ended(Reason::Crashed, "panic", 3));
    is(&looping, &["Degraded=True/CrashLooping"]);
    assert_eq!((phase(&looping), status(&looping).restarts), ("Degraded", 3));
    let recovered = Case {
        pods: vec![pod(
            PodState {
                bot_container: Container { running: true, ..ended(Reason::Crashed, "panic", 3) },
                ..running()
            },
            Some(connected()),
        )],
        ..works()
    };
    is(&recovered, &["Degraded=False/AsExpected", "Ready=True/AllReady"]);
    assert_eq!(status(&recovered).restarts, 0);
}

#[test]
fn an_image_that_cannot_be_pulled_is_named() {
    let case = starts(|pod| {
        pod.migrate.waiting = Some(("ImagePullBackOff".into(), "registry says no".into()));
    });
    let message = condition(&case, "Ready").message;
    assert!(message.contains("registry says no") && message.contains("spec.image"), "{message}");
}

#[test]
fn a_halt_is_told_even_without_pods() {
    let halt = Halt { reason: HaltReason::TokenInvalid, until: "x".into(), message: "401".into() };
    let live =
        DeploymentState { halted: halt.annotation(), replicas: 0, updated: 0, ready: 0, ..deployment() };
    let case = Case { deployment: Some(live), pods: Vec::new(), ..works() };
    is(&case, &["Ready=False/Stalled", "Stalled=True/TokenInvalid", "TokenValid=False/Rejected"]);
    assert_eq!(phase(&case), "Failed");
}

#[test]
fn outcomes_of_the_reconcile_are_told() {
    let stalled = Outcome::Stalled { reason: "NameTaken", message: "Service growshop exists".into() };
    is(
        &Case { outcome: stalled.clone(), deployment: None, pods: Vec::new(), ..works() },
        &["Stalled=True/NameTaken", "Ready=False/Stalled"],
    );
    assert_eq!(phase(&Case { outcome: stalled, ..works() }), "Degraded", "it still serves");
    is(
        &Case { outcome: Outcome::Paused, ..works() },
        &["Paused=True/PausedByAnnotation", "Ready=True/AllReady"],
    );
    is(
        &Case { outcome: Outcome::Waiting, ..works() },
        &["Progressing=True/WaitingForRolloutSlot", "Ready=True/AllReady"],
    );
    let failing = Case {
        outcome: Outcome::Failing { message: "forbidden by quota".into() },
        deployment: None,
        pods: Vec::new(),
        ..works()
    };
    assert!(condition(&failing, "Ready").message.contains("forbidden by quota"));
    assert_eq!(status(&failing).last_error.unwrap().message, "forbidden by quota");
}

#[test]
fn a_pod_that_does_not_answer_often_enough_is_a_loss() {
    let mut case = works();
    let report = case.pods[0].report.as_mut().unwrap();
    (report.failures, report.error) = (2, Some(crate::cluster::reports::ProbeError::Unreachable));
    is(&case, &["Degraded=False/AsExpected"]);
    case.pods[0].report.as_mut().unwrap().failures = 3;
    is(&case, &["Degraded=True/ProbeFailing"]);
}
