//! What is wanted, and how far it is applied.

use super::*;

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
        &Case { outcome: Outcome::Waiting { stuck: None }, ..works() },
        &["Progressing=True/WaitingForRolloutSlot", "Ready=True/AllReady"],
    );
    let stuck = Some(Key::new("shops", "other"));
    let told = condition(&Case { outcome: Outcome::Waiting { stuck }, ..works() }, "Progressing").message;
    assert!(told.contains("waits for DiscordBot other of namespace shops"), "{told}");
    let failing = Case {
        outcome: Outcome::Failing { message: "forbidden by quota".into() },
        deployment: None,
        pods: Vec::new(),
        ..works()
    };
    assert!(condition(&failing, "Ready").message.contains("forbidden by quota"));
    assert_eq!(status(&failing).last_error.unwrap().message, "forbidden by quota");
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
