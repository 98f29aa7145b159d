//! Why the process ends, as an exit code for Kubernetes and a sentence for people (api.md section 4).

use std::{fs::OpenOptions, io::Write as _, process::ExitCode};

use stockbot_config::{
    ConfigError,
    exit::{Reason, Termination},
    mounts,
};
use stockbot_store::StoreError;

use crate::secret::SecretError;

/// A reason to end; the message says what to do and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Exit {
    /// Why, for the operator.
    pub reason: Reason,
    message: String,
}

impl Exit {
    /// An end for that reason.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    /// Discord refused the token.
    #[must_use]
    pub fn token_rejected() -> Self {
        let message = "Discord rejected the bot token; reset it in the Developer Portal and put the new one into the Secret";
        Self::new(Reason::TokenRejected, message)
    }

    /// A mistake of the program.
    pub fn crashed(message: impl Into<String>) -> Self {
        Self::new(Reason::Crashed, message)
    }

    /// May the same start succeed later, without anybody's doing?
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self.reason, Reason::DatabaseUnavailable | Reason::DiscordUnavailable)
    }

    /// Logs the reason, leaves it where Kubernetes looks for it, and gives the exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        let code = self.reason.code();
        tracing::error!(exit_code = code, reason = %self, "the bot ends");
        // Outside a pod the file does not exist; inside it is a mount, so it is never created here.
        if let Ok(mut file) = OpenOptions::new().write(true).open(mounts::TERMINATION_LOG) {
            let told = Termination { reason: self.reason, message: self.message.clone() };
            let _ = file.write_all(told.to_text().as_bytes());
        }
        ExitCode::from(code)
    }
}

impl From<ConfigError> for Exit {
    fn from(error: ConfigError) -> Self {
        Self::new(Reason::ConfigurationInvalid, error.to_string())
    }
}

impl From<SecretError> for Exit {
    fn from(error: SecretError) -> Self {
        Self::new(Reason::SecretInvalid, error.to_string())
    }
}

impl From<StoreError> for Exit {
    fn from(error: StoreError) -> Self {
        let reason = match &error {
            StoreError::SchemaTooNew { .. } => Reason::SchemaTooNew,
            StoreError::BadUrl(_) => Reason::SecretInvalid,
            StoreError::CurrencyChanged { .. } => Reason::ConfigurationConflicts,
            StoreError::WrongEncoding { .. } | StoreError::MissingRight(_) => Reason::DatabaseUnsuitable,
            StoreError::MigrationFailed(_) | StoreError::SchemaIncomplete(_) => Reason::MigrationFailed,
            error if error.is_unavailable() => Reason::DatabaseUnavailable,
            _ => Reason::Crashed,
        };
        Self::new(reason, error.to_string())
    }
}
