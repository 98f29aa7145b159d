//! Tables: what is observed, and which conditions follow.

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
    api::{DiscordBot, DiscordBotStatus, conditions::find},
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
    assert!(find(&status(&works()).conditions, "IdentifyBudgetLow").is_none(), "nothing is known of it");
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
    (report.failures, report.error) = (2, Some(ProbeError::Unreachable));
    is(&case, &["Degraded=False/AsExpected"]);
    case.pods[0].report.as_mut().unwrap().failures = 3;
    is(&case, &["Degraded=True/ProbeFailing"]);
}

/// A Deployment that was last written for the generation before.
fn of_the_generation_before() -> DeploymentState {
    DeploymentState { generation: Some(0), ..deployment() }
}

#[test]
fn a_spec_that_is_not_applied_is_never_called_ready_or_stopped() {
    let failing = |more: &str| Case {
        bot: bot(more),
        outcome: Outcome::Failing { message: "the API server stumbles".into() },
        deployment: Some(of_the_generation_before()),
        ..works()
    };
    for more in ["", "  running: false\n"] {
        let case = failing(more);
        is(&case, &["Ready=False/PodsNotReady", "Progressing=True/RolloutInProgress"]);
        assert_eq!(
            condition(&case, "Ready").message,
            "the newest spec is not applied yet: the API server stumbles"
        );
        assert_eq!(phase(&case), "Updating", "its pod still serves");
    }
    let paused = Case { outcome: Outcome::Paused, ..failing("") };
    is(&paused, &["Ready=False/PodsNotReady", "Paused=True/PausedByAnnotation"]);
    let later =
        Case { deployment: Some(DeploymentState { generation: Some(1), ..deployment() }), ..failing("") };
    is(&later, &["Ready=True/AllReady"]);
}

#[test]
fn a_bot_is_stopped_when_its_last_pod_is_gone() {
    let stopping = |pods| Case {
        bot: bot("  running: false\n"),
        deployment: Some(DeploymentState { replicas: 0, updated: 0, ready: 0, ..deployment() }),
        pods,
        ..works()
    };
    let last = PodState { deleting: true, ..running() };
    let case = stopping(vec![pod(last, None)]);
    is(&case, &["Ready=False/PodsNotReady", "Progressing=True/Stopping"]);
    assert_eq!(
        (phase(&case), condition(&case, "Ready").message.as_str()),
        ("Updating", "1 pod is still stopping")
    );
    let evicted = PodState { finished: true, ready: false, ..running() };
    is(&stopping(vec![pod(evicted, None)]), &["Ready=True/Stopped"]);
}

#[test]
fn a_message_never_says_that_all_pods_are_ready_of_a_bot_that_is_not() {
    let leaving = DeploymentState { replicas: 2, ready: 2, ..deployment() };
    let old = PodState { name: "growshop-0".into(), revision: Some("old".into()), ..running() };
    let pods = vec![pod(running(), Some(connected())), pod(old, Some(connected()))];
    let case = Case { deployment: Some(leaving), pods, ..works() };
    assert_eq!(condition(&case, "Ready").message, "the new pods are ready, 1 old pod is still stopping");
    let unseen = Case { deployment: Some(DeploymentState { observed: false, ..deployment() }), ..works() };
    assert_eq!(
        condition(&unseen, "Ready").message,
        "the new pods are ready; Kubernetes has not counted them yet"
    );
}

#[test]
fn what_keeps_a_pod_from_being_ready_is_told_from_wherever_it_is_known() {
    let told = |case: &Case| condition(case, "Ready").message;
    let mut away = connected();
    let message = "Discord does not answer: connection refused";
    away.last_error = Some(LastError { time: Timestamp::UNIX_EPOCH, message: message.into() });
    let says = Case { pods: vec![pod(PodState { ready: false, ..running() }, Some(away))], ..starts(|_| {}) };
    assert_eq!(told(&says), format!("0 of 1 pods are ready: pod growshop-1 says: {message}"));

    let mut silent =
        Case { pods: vec![pod(PodState { ready: false, ..running() }, Some(connected()))], ..starts(|_| {}) };
    silent.pods[0].report.as_mut().unwrap().error = Some(ProbeError::Unreachable);
    assert_eq!(told(&silent), "0 of 1 pods are ready: pod growshop-1: it cannot be reached on port 8080");

    let event = PodEvent { reason: "FailedCreatePodSandBox".into(), message: "memory limit too low".into() };
    let unstarted = Case { pod_event: Some(event), ..starts(|_| {}) };
    assert_eq!(told(&unstarted), "0 of 1 pods are ready: memory limit too low");
}

#[test]
fn rollouts_that_somebody_paused_are_named_with_the_command() {
    let paused = |rolled_out: bool| {
        let updated = i32::from(rolled_out);
        Case { deployment: Some(DeploymentState { paused: true, updated, ..deployment() }), ..works() }
    };
    let command = "kubectl -n shops rollout resume deployment growshop";
    is(&paused(false), &["Stalled=True/RolloutFailed"]);
    assert!(condition(&paused(false), "Stalled").message.ends_with(command));
    is(&paused(true), &["Stalled=False/NotStalled", "Ready=True/AllReady"]);
    assert!(condition(&paused(true), "Progressing").message.ends_with(command));
}

#[test]
fn of_two_bots_of_one_application_the_later_one_is_stalled() {
    let case = Case { rival: Some("older".into()), ..works() };
    is(&case, &["Stalled=True/TokenInvalid"]);
    let message = condition(&case, "Stalled").message;
    assert!(
        message.starts_with("DiscordBot older uses the same Discord application; put the token"),
        "{message}"
    );
}

#[test]
fn where_secrets_may_not_be_read_the_message_says_how_to_have_a_mended_one_tried() {
    let halt = Halt { reason: HaltReason::TokenInvalid, until: "x".into(), message: String::new() };
    let live =
        DeploymentState { halted: halt.annotation(), replicas: 0, updated: 0, ready: 0, ..deployment() };
    let halted = |hidden| Case { deployment: Some(live.clone()), pods: Vec::new(), hidden, ..works() };
    let command = "kubectl -n shops annotate --overwrite discordbot growshop stockbot.dev/restartedAt=";
    assert!(condition(&halted(true), "Stalled").message.contains(command));
    assert!(!condition(&halted(false), "Stalled").message.contains(command), "a change is seen");
    let unusable =
        |hidden| Case { hidden, ..starts(|pod| pod.migrate = ended(Reason::SecretInvalid, "empty", 1)) };
    assert!(condition(&unusable(true), "Stalled").message.contains(command));
    assert!(!condition(&unusable(false), "Stalled").message.contains(command));
}

#[test]
fn a_halt_of_the_past_is_not_told_of_a_bot_that_serves() {
    let halt = Halt { reason: HaltReason::TokenInvalid, until: "x".into(), message: String::new() };
    let case =
        Case { deployment: Some(DeploymentState { halted: halt.annotation(), ..deployment() }), ..works() };
    is(&case, &["Stalled=False/NotStalled", "TokenValid=True/Accepted", "Ready=True/AllReady"]);
}

#[test]
fn a_guild_that_one_pod_has_lost_is_lost() {
    let standby = PodState { name: "growshop-0".into(), uid: "other".into(), ..running() };
    let lost = BotStatus { guild_found: Some(false), ..connected() };
    let case = Case { pods: vec![pod(standby, Some(connected())), pod(running(), Some(lost))], ..works() };
    is(&case, &["Stalled=True/GuildNotFound"]);
}
