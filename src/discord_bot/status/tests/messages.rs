//! Every message that a bot's conditions can carry, as the person on call reads it: a snapshot to be read when a word changes.
//! Each case shows the conditions that it has and a bot that works has not.

use std::fmt::Write as _;

use super::*;

/// A bot that works, but whose database or Discord is in trouble, as its pod says.
fn troubles() -> Vec<(&'static str, Case)> {
    let gateway =
        |state, connected| says(|s| (s.gateway.state, s.gateway.shards.connected) = (state, connected));
    let database = |state, words: &str| {
        says(|s| (s.database.state, s.database.message) = (state, (!words.is_empty()).then(|| words.into())))
    };
    vec![
        ("resuming", gateway(GatewayState::Resuming, 0)),
        ("disconnected", gateway(GatewayState::Disconnected, 0)),
        ("no session starts left", gateway(GatewayState::WaitingForBudget, 0)),
        ("few session starts left", says(|s| s.session_starts = Some(starts_left(40)))),
        ("enough session starts left", says(|s| s.session_starts = Some(starts_left(900)))),
        ("database away", database(DatabaseState::Unreachable, "connection refused")),
        ("database too new", database(DatabaseState::SchemaTooNew, "")),
        ("database not asked", database(DatabaseState::Unknown, "")),
        ("token rejected", says(|s| s.token = TokenState::Rejected)),
        ("not in its Discord server", says(|s| s.guild_found = Some(false))),
        ("a breaker is open", says(|s| drop(s.breakers.insert("discord".into(), "Open".into())))),
        ("display without channel", shows(DisplayState::ChannelNotFound)),
        ("display not published yet", shows(DisplayState::NotYetPublished)),
        ("another bot has its application", Case { rival: Some("older".into()), ..works() }),
    ]
}

fn starts_left(remaining: i32) -> SessionStarts {
    SessionStarts { remaining, total: 1000, reset_at: Timestamp::UNIX_EPOCH }
}

/// A bot that does not come up.
fn failures() -> Vec<(&'static str, Case)> {
    let ends = |reason| starts(|pod| pod.bot_container = ended(reason, "the bot's words", 1));
    let waits = |reason: &str| {
        starts(|pod| pod.bot_container.waiting = Some((reason.into(), "the kubelet's words".into())))
    };
    let event = |reason: &str, message: &str| Case {
        pod_event: Some(PodEvent { reason: reason.into(), message: message.into() }),
        ..starts(|_| {})
    };
    let halt = |reason, hidden| {
        let halt = Halt { reason, until: "x".into(), message: "the bot's words".into() };
        let live =
            DeploymentState { halted: halt.annotation(), replicas: 0, updated: 0, ready: 0, ..deployment() };
        Case { deployment: Some(live), pods: Vec::new(), hidden, ..works() }
    };
    vec![
        ("nothing is there yet", Case { deployment: None, pods: Vec::new(), ..works() }),
        ("its pod starts", starts(|_| {})),
        ("no node", starts(|pod| pod.unschedulable = Some("0/3 nodes are available".into()))),
        ("no image", waits("ImagePullBackOff")),
        ("container not made", waits("CreateContainerConfigError")),
        ("Secret not found", event("FailedMount", "secret \"growshop-discord\" not found")),
        ("Secret without key", event("FailedMount", "references non-existent secret key: token")),
        ("no sandbox", event("FailedCreatePodSandBox", "memory limit too low")),
        ("bad configuration", ends(Reason::ConfigurationInvalid)),
        ("contradiction to the database", ends(Reason::ConfigurationConflicts)),
        ("bad Secret", ends(Reason::SecretInvalid)),
        ("unsuitable database", ends(Reason::DatabaseUnsuitable)),
        ("schema too new", ends(Reason::SchemaTooNew)),
        ("database away at start", ends(Reason::DatabaseUnavailable)),
        ("Discord away at start", ends(Reason::DiscordUnavailable)),
        (
            "migration failed",
            starts(|pod| pod.migrate = ended(Reason::MigrationFailed, "the bot's words", 1)),
        ),
        ("crashed", ends(Reason::Crashed)),
        ("crash-looping", starts(|pod| pod.bot_container = ended(Reason::Crashed, "the bot's words", 3))),
        ("halted: token", halt(HaltReason::TokenInvalid, false)),
        ("halted: token, Secrets hidden", halt(HaltReason::TokenInvalid, true)),
        ("halted: intents", halt(HaltReason::DisallowedIntents, false)),
        ("halted: sharding", halt(HaltReason::ShardingInvalid, false)),
        ("halted: version of the API", halt(HaltReason::ImageIncompatible, false)),
    ]
}

/// What the operator itself does, or waits for.
fn outcomes() -> Vec<(&'static str, Case)> {
    let old = PodState { revision: Some("old".into()), name: "growshop-0".into(), ..running() };
    let new = PodState { ready: false, bot_container: Container::default(), ..running() };
    let rolling = DeploymentState { replicas: 2, updated: 1, ready: 1, ..deployment() };
    let pods = vec![pod(old.clone(), Some(connected())), pod(new, None)];
    let failing = Outcome::Failing { message: "the API server cannot be reached".into() };
    let unapplied = || Some(DeploymentState { generation: Some(0), ..deployment() });
    let stopped = |replicas| Case {
        bot: bot("  running: false\n"),
        deployment: Some(DeploymentState { replicas, ..DeploymentState::default() }),
        pods: Vec::new(),
        ..works()
    };
    let paused = DeploymentState { paused: true, updated: 0, ..deployment() };
    let stuck = Some(Key::new("shops", "other"));
    vec![
        ("rolls", Case { deployment: Some(rolling.clone()), pods, ..works() }),
        (
            "old pod still stops",
            Case {
                deployment: Some(DeploymentState { ready: 2, ..rolling }),
                pods: vec![pod(running(), Some(connected())), pod(old, Some(connected()))],
                ..works()
            },
        ),
        ("waits for its slot", Case { outcome: Outcome::Waiting { stuck: None }, ..works() }),
        ("waits for another bot", Case { outcome: Outcome::Waiting { stuck }, ..works() }),
        ("paused", Case { outcome: Outcome::Paused, ..works() }),
        ("paused with a change", Case { outcome: Outcome::Paused, deployment: unapplied(), ..works() }),
        ("rollouts paused by hand", Case { deployment: Some(paused), ..works() }),
        ("fails", Case { outcome: failing.clone(), ..works() }),
        ("fails with a change", Case { outcome: failing, deployment: unapplied(), ..works() }),
        ("stops", stopped(1)),
        ("is stopped", stopped(0)),
    ]
}

/// All of them.
pub fn all() -> impl Iterator<Item = (&'static str, Case)> {
    troubles().into_iter().chain(failures()).chain(outcomes())
}

fn told(case: &Case) -> Vec<String> {
    let one =
        |found: Condition| format!("  {}={}/{}: {}", found.type_, found.status, found.reason, found.message);
    status(case).conditions.into_iter().map(one).collect()
}

#[test]
fn every_message_reads_well() {
    let usual = told(&works());
    let mut text = format!("works:\n{}\n", usual.join("\n"));
    for (name, case) in all() {
        let _ = writeln!(text, "{name}:");
        for line in told(&case).into_iter().filter(|line| !usual.contains(line)) {
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    insta::assert_snapshot!(text);
}
