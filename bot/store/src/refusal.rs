//! What the server refuses, by SQLSTATE (Postgres manual, appendix A): what that means for a call, a connection and all others.
//!
//! Must not: pass on a refusal's detail, which quotes rows, or anything that quotes the database's URL.

use sqlx::{
    error::DatabaseError,
    postgres::{PgConnectOptions, PgDatabaseError},
};

use crate::StoreError;

/// What a failed statement says about the connections that were opened until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Nothing: the server did its work.
    Nothing,
    /// They may lead to a server that is gone or changed its part, or remember statements that do not fit any more.
    Connections,
}

impl Doubt {
    /// What this failure says.
    pub fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default();
                let gone = code.starts_with("08") || code.starts_with("57P");
                if gone || is_outdated(refusal.as_ref()) { Self::Connections } else { Self::Nothing }
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Self::Connections,
            _ => Self::Nothing,
        }
    }
}

/// Why no connection was opened.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// The server takes no more of them; which limit, and what to do.
    Full(String),
    /// Anything else.
    Failed(StoreError),
}

impl Unopened {
    /// What the driver said. Its texts name the user, the database and the host of the URL, so they are not passed on.
    pub fn new(error: sqlx::Error, options: &PgConnectOptions) -> Self {
        let why = match error {
            sqlx::Error::Database(refusal) => match refusal.code().unwrap_or_default().as_ref() {
                "53300" => return Self::Full(limit(refusal.as_ref())),
                code => format!("{} ({code})", unopened(code)),
            },
            sqlx::Error::Tls(why) => {
                format!("TLS: {}", why.to_string().replace(options.get_host(), "the URL's host"))
            }
            other => return Self::Failed(other.into()),
        };
        Self::Failed(StoreError::Unavailable(why))
    }
}

impl From<StoreError> for Unopened {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<Unopened> for StoreError {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::Full(why) => Self::Unavailable(why),
            Unopened::Failed(error) => error,
        }
    }
}

/// Which limit on connections was reached (53300), told by the place in the server that says so: its words are translated.
fn limit(refusal: &(dyn DatabaseError + 'static)) -> String {
    let limit = match routine(refusal) {
        Some("InitializeSessionUserId") => {
            "the role's connection limit is reached; raise it with `ALTER ROLE .. CONNECTION LIMIT ..`"
        }
        Some("CheckMyDatabase") => {
            "the database's connection limit is reached; raise it with `ALTER DATABASE .. CONNECTION LIMIT ..`"
        }
        _ => "the server's max_connections is reached; raise it",
    };
    format!("{limit}, or lower database.maxConnections of the bots (53300)")
}

/// Why the server lets nobody in, and what to do.
fn unopened(code: &str) -> &'static str {
    match code {
        "28P01" => "the server refused the user or the password of the URL; correct the Secret",
        "28000" => {
            "the server does not let this user in from here; see its pg_hba.conf and the URL's sslmode"
        }
        "3D000" => "the server has no database of the URL's name; create it or correct the URL",
        "42501" => "the user may not connect to the database; `GRANT CONNECT ON DATABASE ..` to it",
        "42704" | "22023" => "the server refused a setting in the URL's options; correct the URL",
        "57P03" => "the server is starting or stopping",
        _ => "the server refused the connection",
    }
}

/// The server's refusal of a statement.
pub(crate) fn refused(refusal: &(dyn DatabaseError + 'static)) -> StoreError {
    let code = refusal.code().unwrap_or_default();
    let message = format!("{} ({code})", refusal.message());
    match code.as_ref() {
        // Could not get a lock, deadlock, serialization failure, statement took too long.
        "55P03" | "40P01" | "40001" | "57014" => StoreError::Busy(message),
        "23505" => StoreError::Conflict(refusal.constraint().unwrap_or_default().to_owned()),
        "42501" => StoreError::MissingRight(denied(refusal).to_owned()),
        // Undefined table, schema, column, function.
        "42P01" | "3F000" | "42703" | "42883" => StoreError::SchemaIncomplete(message),
        _ if is_outdated(refusal) => StoreError::Outdated(message),
        // Connection, authentication, resources, shutdown.
        _ if ["08", "28", "53", "57"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable(message)
        }
        _ => StoreError::Unexpected(message),
    }
}

/// On which thing of the schema a right is missing; the database's own name is a part of the URL.
fn denied<'r>(refusal: &'r (dyn DatabaseError + 'static)) -> &'r str {
    let ours = ["table ", "schema ", "function ", "sequence "];
    let what = refusal.message().strip_prefix("permission denied for ");
    what.filter(|what| ours.iter().any(|kind| what.starts_with(kind))).unwrap_or("42501")
}

/// Was a statement refused before it did anything, because of what the session was before? The server only reads now (25006), a
/// prepared statement is gone (26000) or there twice (42P05: a pooler that the configuration does not name), or gives other
/// columns than when it was prepared (0A000 from the plan cache).
fn is_outdated(refusal: &(dyn DatabaseError + 'static)) -> bool {
    match refusal.code().unwrap_or_default().as_ref() {
        "25006" | "26000" | "42P05" => true,
        "0A000" => routine(refusal) == Some("RevalidateCachedQuery"),
        _ => false,
    }
}

/// The function of the server that refused.
fn routine<'r>(refusal: &'r (dyn DatabaseError + 'static)) -> Option<&'r str> {
    refusal.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::routine)
}
