//! How the bot ends: the exit code (api.md section 4) and, as JSON in the container's termination message, the exact reason.
//! The operator turns both into conditions. Must not: hold a secret, or make anybody read a reason out of prose.

use serde::{Deserialize, Serialize};

/// Ended as asked.
pub const CLEAN: u8 = 0;
/// A mistake of the program, or a migration that failed.
pub const CRASHED: u8 = 1;
/// The configuration file or a mounted Secret is malformed.
pub const BAD_CONFIGURATION: u8 = 64;
/// Discord refused the token.
pub const TOKEN_REJECTED: u8 = 65;
/// Discord refused the intents or the sharding.
pub const GATEWAY_REFUSED: u8 = 66;
/// The database schema is newer than this binary.
pub const SCHEMA_TOO_NEW: u8 = 67;
/// Postgres or Discord could not be reached at start.
pub const DEPENDENCY_UNAVAILABLE: u8 = 69;

/// Why the bot ended. A code stands for several; the first of them is what the code alone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The configuration file cannot be read, or not by this version.
    ConfigurationInvalid,
    /// A mounted Secret is missing, empty or not what it should be.
    SecretInvalid,
    /// The configuration contradicts what the database holds.
    ConfigurationConflicts,
    /// The database can never be used as it is: its encoding, or rights that are missing.
    DatabaseUnsuitable,
    /// Discord refused the token.
    TokenRejected,
    /// Discord refused the intents.
    IntentsRefused,
    /// Discord refused the sharding.
    ShardingRefused,
    /// Discord refused the version of its API that this program speaks.
    ApiVersionRefused,
    /// The database schema is newer than this binary.
    SchemaTooNew,
    /// Postgres could not be reached.
    DatabaseUnavailable,
    /// Discord could not be reached.
    DiscordUnavailable,
    /// A mistake of the program.
    Crashed,
    /// A migration failed and was rolled back.
    MigrationFailed,
    /// One that this version does not know: a newer bot gave it.
    #[serde(other)]
    Unknown,
}

impl Reason {
    const ALL: [Self; 13] = [
        Self::ConfigurationInvalid,
        Self::SecretInvalid,
        Self::ConfigurationConflicts,
        Self::DatabaseUnsuitable,
        Self::TokenRejected,
        Self::IntentsRefused,
        Self::ShardingRefused,
        Self::ApiVersionRefused,
        Self::SchemaTooNew,
        Self::DatabaseUnavailable,
        Self::DiscordUnavailable,
        Self::Crashed,
        Self::MigrationFailed,
    ];

    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::ConfigurationInvalid
            | Self::SecretInvalid
            | Self::ConfigurationConflicts
            | Self::DatabaseUnsuitable => BAD_CONFIGURATION,
            Self::TokenRejected => TOKEN_REJECTED,
            Self::IntentsRefused | Self::ShardingRefused | Self::ApiVersionRefused => GATEWAY_REFUSED,
            Self::SchemaTooNew => SCHEMA_TOO_NEW,
            Self::DatabaseUnavailable | Self::DiscordUnavailable => DEPENDENCY_UNAVAILABLE,
            Self::Crashed | Self::MigrationFailed | Self::Unknown => CRASHED,
        }
    }

    /// What a code alone says; [`Self::Unknown`] where it may be one of several dependencies, or is none of ours.
    #[must_use]
    pub fn of_code(code: i32) -> Self {
        let of_code = |reason: &&Self| i32::from(reason.code()) == code;
        match Self::ALL.iter().find(of_code) {
            None | Some(Self::DatabaseUnavailable) => Self::Unknown,
            Some(reason) => *reason,
        }
    }
}

/// What the bot leaves behind when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Termination {
    /// Why.
    pub reason: Reason,
    /// The same for people: what is wrong and what to do.
    pub message: String,
}

impl Termination {
    /// Longest message, characters: Kubernetes keeps 4,096 bytes of JSON.
    const LONGEST: usize = 600;

    /// The termination message.
    #[must_use]
    pub fn to_text(&self) -> String {
        let message = self.message.chars().take(Self::LONGEST).collect();
        // Strings and a unit variant always have JSON.
        serde_json::to_string(&Self { message, ..*self }).unwrap_or_default()
    }

    /// Reads a termination message. What is no message of the contract (the end of the log of a process that was killed or
    /// panicked, the words of an older bot) is told by its code, with its last line as the words.
    #[must_use]
    pub fn read(code: i32, text: &str) -> Self {
        let by_code = |reason| if reason == Reason::Unknown { Reason::of_code(code) } else { reason };
        match serde_json::from_str(text.trim()) {
            Ok(Self { reason, message }) => Self { reason: by_code(reason), message },
            Err(_) => Self { reason: Reason::of_code(code), message: last_words(text) },
        }
    }
}

/// The last line of a log, without its JSON.
fn last_words(log: &str) -> String {
    let line = log.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let fields: Option<serde_json::Value> = serde_json::from_str(line).ok();
    let said = fields.as_ref().map(|line| (&line["fields"]["message"], &line["fields"]["reason"]));
    match said.map(|(message, reason)| (message.as_str(), reason.as_str())) {
        Some((_, Some(words)) | (Some(words), None)) => words.to_owned(),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_being_written_and_read_again() {
        for reason in Reason::ALL {
            let told = Termination { reason, message: "do this".into() };
            assert_eq!(Termination::read(reason.code().into(), &told.to_text()), told);
        }
    }

    #[test]
    fn a_long_message_fits_into_what_kubernetes_keeps() {
        let told = Termination { reason: Reason::Crashed, message: "\u{1}".repeat(10_000) };
        assert!(told.to_text().len() <= 4_096);
        assert_eq!(Termination::read(1, &told.to_text()).reason, Reason::Crashed);
    }

    #[test]
    fn what_is_no_message_of_the_contract_is_told_by_its_code() {
        let log = "{\"fields\":{\"message\":\"starting\"}}\n{\"level\":\"ERROR\",\"fields\":{\"message\":\"the bot ends\",\"reason\":\"no token\"}}\n";
        for (code, text, reason, message) in [
            (65, "Discord rejected the token", Reason::TokenRejected, "Discord rejected the token"),
            (64, log, Reason::ConfigurationInvalid, "no token"),
            (66, "", Reason::IntentsRefused, ""),
            (69, "the database is away", Reason::Unknown, "the database is away"),
            (137, "OOMKilled", Reason::Unknown, "OOMKilled"),
            (1, "one\ntwo\n\n", Reason::Crashed, "two"),
            (64, r#"{"reason":"NewOne","message":"do this"}"#, Reason::ConfigurationInvalid, "do this"),
        ] {
            assert_eq!(
                Termination::read(code, text),
                Termination { reason, message: message.into() },
                "{text}"
            );
        }
    }
}
