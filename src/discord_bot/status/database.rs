//! The `DatabaseReady` condition: reachable and migrated?

use stockbot_config::{
    exit::{DEPENDENCY_UNAVAILABLE, Reason},
    status::DatabaseState,
};

use super::observed::Observed;
use crate::{api::conditions::Finding, cluster::pod::PodState};

/// What is known of the database, and in which words.
pub fn state(observed: &Observed<'_>) -> (DatabaseState, String) {
    let ended = observed.current_pods().filter(|pod| !pod.ready).find_map(|pod| of_end(pod));
    ended.unwrap_or_else(|| {
        let told = observed.newest(|status| {
            let database = &status.database;
            (database.state != DatabaseState::Unknown)
                .then(|| (database.state, database.message.clone().unwrap_or_default()))
        });
        told.unwrap_or_default()
    })
}

fn of_end(pod: &PodState) -> Option<(DatabaseState, String)> {
    let end = pod.failure()?;
    let migrating = pod.migrate.failed.as_ref() == Some(end);
    let state = match end.reason {
        Reason::SchemaTooNew => DatabaseState::SchemaTooNew,
        Reason::DatabaseUnavailable => DatabaseState::Unreachable,
        Reason::MigrationFailed | Reason::DatabaseUnsuitable => DatabaseState::MigrationFailed,
        // A bot of an earlier release says no more than its code; its migration knows no other dependency.
        Reason::Unknown if migrating && end.code == i32::from(DEPENDENCY_UNAVAILABLE) => {
            DatabaseState::Unreachable
        }
        Reason::Crashed if migrating => DatabaseState::MigrationFailed,
        _ => return None,
    };
    Some((state, end.message.clone()))
}

/// No migration was begun: the database itself is not what the bot needs.
fn unsuitable(observed: &Observed<'_>) -> bool {
    let is = |pod: &PodState| pod.failure().is_some_and(|end| end.reason == Reason::DatabaseUnsuitable);
    observed.current_pods().any(|pod| !pod.ready && is(pod))
}

/// `DatabaseReady`.
pub fn database_ready(observed: &Observed<'_>) -> Finding {
    let secret = &observed.bot.spec.database.url_secret_ref.name;
    let (state, said) = state(observed);
    let (status, reason, message) = match state {
        DatabaseState::Migrated => (Some(true), "Migrated", "reachable and migrated".into()),
        DatabaseState::Unreachable => (
            Some(false),
            "Unreachable",
            format!("the database cannot be reached; start it or correct the URL in Secret {secret}"),
        ),
        DatabaseState::MigrationFailed if unsuitable(observed) => {
            (Some(false), "MigrationFailed", "the database cannot be used as it is; correct it".into())
        }
        DatabaseState::MigrationFailed => (
            Some(false),
            "MigrationFailed",
            "a migration failed; the pods' migrate container has the log".into(),
        ),
        DatabaseState::SchemaTooNew => (
            Some(false),
            "SchemaTooNew",
            "the database was migrated by a newer image; use that or a later one".into(),
        ),
        DatabaseState::Unknown => (None, "Unknown", "not known until a pod has asked the database".into()),
    };
    let message = if said.is_empty() { message } else { format!("{message} ({said})") };
    Finding::new("DatabaseReady", status, reason, message)
}
