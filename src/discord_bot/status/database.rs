//! The `DatabaseReady` condition: reachable and migrated?

use stockbot_config::{exit, status::DatabaseState};

use super::observed::Observed;
use crate::{api::conditions::Finding, cluster::pod::PodState};

const SCHEMA_TOO_NEW: i32 = exit::SCHEMA_TOO_NEW as i32;
const UNAVAILABLE: i32 = exit::DEPENDENCY_UNAVAILABLE as i32;
/// Exit codes that say nothing of the database, or that another condition is about.
const ELSEWHERE: [i32; 3] =
    [exit::BAD_CONFIGURATION as i32, exit::TOKEN_REJECTED as i32, exit::GATEWAY_REFUSED as i32];

/// What is known of the database, and in which words.
pub fn state(observed: &Observed<'_>) -> (DatabaseState, String) {
    let ended = observed.current_pods().filter(|pod| !pod.ready).find_map(|pod| of_exit(pod));
    ended.unwrap_or_else(|| {
        let told = observed.newest(|status| {
            let database = &status.database;
            (database.state != DatabaseState::Unknown)
                .then(|| (database.state, database.message.clone().unwrap_or_default()))
        });
        told.unwrap_or_default()
    })
}

fn of_exit(pod: &PodState) -> Option<(DatabaseState, String)> {
    let exit = pod.failure()?;
    let migrating = pod.migrate.failed.as_ref() == Some(exit);
    let about_database =
        migrating || ["database", "postgres"].iter().any(|word| exit.message.to_lowercase().contains(word));
    let state = match exit.code {
        SCHEMA_TOO_NEW => DatabaseState::SchemaTooNew,
        UNAVAILABLE if about_database => DatabaseState::Unreachable,
        UNAVAILABLE => return None,
        code if ELSEWHERE.contains(&code) => return None,
        _ if migrating => DatabaseState::MigrationFailed,
        _ => return None,
    };
    Some((state, exit.message.clone()))
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
        DatabaseState::Unknown => (None, "Unknown", "no pod has asked the database yet".into()),
    };
    let message = if said.is_empty() { message } else { format!("{message} ({said})") };
    Finding::new("DatabaseReady", status, reason, message)
}
