//! Why the process ends, as an exit code for Kubernetes and a sentence for people (api.md section 4).

use std::process::ExitCode;

use stockbot_config::{ConfigError, exit, mounts};
use stockbot_store::StoreError;

use crate::secret::SecretError;

/// A reason to end; the message says what to do and holds no secret.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Exit {
    /// The configuration or a mounted Secret is malformed.
    #[error("{0}")]
    BadConfiguration(String),
    /// Discord refused the token.
    #[error(
        "Discord rejected the bot token; reset it in the Developer Portal and put the new one into the Secret"
    )]
    TokenRejected,
    /// Discord refused intents or sharding.
    #[error("{0}")]
    GatewayRefused(String),
    /// The schema is newer than this binary.
    #[error("{0}")]
    SchemaTooNew(String),
    /// Postgres or Discord could not be reached.
    #[error("{0}")]
    Unavailable(String),
    /// A task ended that must not end: a mistake of the program.
    #[error("{0}")]
    Crashed(String),
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::BadConfiguration(_) => exit::BAD_CONFIGURATION,
            Self::TokenRejected => exit::TOKEN_REJECTED,
            Self::GatewayRefused(_) => exit::GATEWAY_REFUSED,
            Self::SchemaTooNew(_) => exit::SCHEMA_TOO_NEW,
            Self::Unavailable(_) => exit::DEPENDENCY_UNAVAILABLE,
            Self::Crashed(_) => 1,
        }
    }

    /// Logs the reason, leaves it where Kubernetes looks for it, and gives the exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        tracing::error!(exit_code = self.code(), reason = %self, "the bot ends");
        // Outside a pod the file does not exist; inside it is a mount, so it is never created here.
        if let Ok(mut file) = std::fs::OpenOptions::new().write(true).open(mounts::TERMINATION_LOG) {
            let _ = std::io::Write::write_all(&mut file, self.to_string().as_bytes());
        }
        ExitCode::from(self.code())
    }
}

impl From<ConfigError> for Exit {
    fn from(error: ConfigError) -> Self {
        Self::BadConfiguration(error.to_string())
    }
}

impl From<SecretError> for Exit {
    fn from(error: SecretError) -> Self {
        Self::BadConfiguration(error.to_string())
    }
}

impl From<StoreError> for Exit {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::SchemaTooNew { .. } => Self::SchemaTooNew(error.to_string()),
            StoreError::BadUrl(_) | StoreError::CurrencyChanged { .. } => {
                Self::BadConfiguration(error.to_string())
            }
            error if error.is_unavailable() => Self::Unavailable(error.to_string()),
            error => Self::Crashed(error.to_string()),
        }
    }
}
