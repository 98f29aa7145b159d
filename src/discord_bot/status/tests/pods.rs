//! What becomes of pods and their containers.

use super::*;

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
fn a_pod_that_does_not_answer_often_enough_is_a_loss() {
    let mut case = works();
    let report = case.pods[0].report.as_mut().unwrap();
    (report.failures, report.error) = (2, Some(ProbeError::Unreachable));
    is(&case, &["Degraded=False/AsExpected"]);
    case.pods[0].report.as_mut().unwrap().failures = 3;
    is(&case, &["Degraded=True/ProbeFailing"]);
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
