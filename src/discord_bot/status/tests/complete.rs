//! The contract of a bot's status as a table: every condition with every reason, every field and every phase is told in some case,
//! and nothing else is.

use std::collections::BTreeSet;

use super::*;
use crate::{
    api::{definitions, fixtures::fields},
    cluster::reports::ProbeError,
    controller::status_writer::HasStatus as _,
};

/// The closed sets of reasons.
const CONDITIONS: [(&str, &[&str]); 9] = [
    ("Ready", &["AllReady", "Stopped", "PodsNotReady", "GatewayDisconnected", "DisplaysNotReady", "Stalled"]),
    (
        "Progressing",
        &[
            "RolloutInProgress",
            "WaitingForRolloutSlot",
            "WaitingForIdentifyBudget",
            "Starting",
            "Stopping",
            "Complete",
        ],
    ),
    (
        "Degraded",
        &[
            "CrashLooping",
            "ProbeFailing",
            "DatabaseUnavailable",
            "BreakerOpen",
            "DisplayFailing",
            "AsExpected",
        ],
    ),
    (
        "Stalled",
        &[
            "SecretNotFound",
            "SecretKeyMissing",
            "TokenInvalid",
            "DisallowedIntents",
            "ShardingInvalid",
            "ImageIncompatible",
            "GuildNotFound",
            "NameTaken",
            "RolloutFailed",
            "NotStalled",
        ],
    ),
    ("TokenValid", &["Accepted", "Rejected", "Unknown"]),
    ("DatabaseReady", &["Migrated", "Unreachable", "MigrationFailed", "SchemaTooNew", "Unknown"]),
    ("GatewayConnected", &["Connected", "Resuming", "Disconnected", "Unknown"]),
    ("IdentifyBudgetLow", &["BelowReserve", "Sufficient"]),
    ("Paused", &["PausedByAnnotation", "NotPaused"]),
];

/// Conditions that are False when all is well.
const TROUBLES: [&str; 5] = ["Progressing", "Degraded", "Stalled", "IdentifyBudgetLow", "Paused"];

/// The reasons with which a condition is as it is when all is well, and those with which nothing is known.
const WELL: [&str; 11] = [
    "AllReady",
    "Stopped",
    "Complete",
    "AsExpected",
    "NotStalled",
    "Accepted",
    "Migrated",
    "Connected",
    "Sufficient",
    "NotPaused",
    "Unknown",
];

const FIELDS: [&str; 22] = [
    "observedGeneration",
    "phase",
    "replicas",
    "readyReplicas",
    "selector",
    "shop",
    "image",
    "applicationId",
    "botUser.id",
    "botUser.name",
    "shards.desired",
    "shards.connected",
    "sessionStarts.remaining",
    "sessionStarts.total",
    "sessionStarts.resetAt",
    "displays.desired",
    "displays.ready",
    "restarts",
    "lastError.time",
    "lastError.message",
    "schemaVersion",
    "conditions",
];

/// What the snapshot of messages shows, and what is the same there for every bot or in the operator's own words.
fn cases() -> Vec<Case> {
    let mut silent = works();
    for report in silent.pods.iter_mut().filter_map(|pod| pod.report.as_mut()) {
        (report.error, report.failures) = (Some(ProbeError::Unreachable), 3);
    }
    let refused = |reason| Outcome::Stalled { reason, message: "the operator's words".into() };
    let refusals = ["NameTaken", "RolloutFailed"].map(|reason| Case { outcome: refused(reason), ..works() });
    let everything = says(|status| {
        status.application_id = Some("1".into());
        status.bot_user = Some(stockbot_config::status::BotUser { id: "1".into(), name: "GrowShop".into() });
        status.database.schema_version = Some("7".into());
        status.last_error = Some(LastError { time: Timestamp::UNIX_EPOCH, message: "words".into() });
    });
    let mut known: Vec<Case> = messages::all().map(|(_, case)| case).collect();
    known.extend(refusals);
    known.extend([works(), silent, everything]);
    known
}

#[test]
fn every_reason_of_every_condition_is_told_and_no_other() {
    let wanted: BTreeSet<_> = CONDITIONS
        .iter()
        .flat_map(|(kind, reasons)| reasons.iter().map(move |reason| format!("{kind}/{reason}")))
        .collect();
    let (unread, stalled) = DiscordBot::UNREADABLE;
    let of_unreadable = [format!("Ready/{unread}"), format!("Stalled/{stalled}")];
    let told: BTreeSet<_> = cases()
        .iter()
        .flat_map(|case| status(case).conditions)
        .map(|condition| format!("{}/{}", condition.type_, condition.reason))
        .chain(of_unreadable)
        .collect();
    assert_eq!(told, wanted);
}

#[test]
fn a_reason_says_on_which_side_its_condition_is() {
    for condition in cases().iter().flat_map(|case| status(case).conditions) {
        let Condition { type_, status, reason, .. } = condition;
        let wanted = match (reason.as_str(), TROUBLES.contains(&type_.as_str())) {
            ("Unknown", _) => "Unknown",
            (reason, trouble) if WELL.contains(&reason) != trouble => "True",
            _ => "False",
        };
        assert_eq!(status, wanted, "{type_}/{reason}");
    }
}

#[test]
fn every_field_and_every_phase_is_told_and_no_other() {
    let statuses: Vec<_> = cases().iter().map(status).collect();
    let told: BTreeSet<_> =
        statuses.iter().flat_map(|status| fields(&serde_json::to_value(status).unwrap())).collect();
    let wanted: BTreeSet<_> = FIELDS.iter().map(ToString::to_string).collect();
    assert_eq!(told, wanted);

    let definition = serde_json::to_value(&definitions()[0]).unwrap();
    let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"];
    let phases: BTreeSet<_> = statuses.iter().map(|status| status.phase.as_str()).collect();
    let all = schema["properties"]["phase"]["enum"].as_array().unwrap();
    assert_eq!(phases.len(), all.len(), "{phases:?} of {all:?}");
}
