//! Why a child could not be written, in words that say what to do.

use kube::Resource;

use crate::client::words;

/// Why a child could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Somebody else's object has the name.
    #[error("{kind} {name} exists and {claim}")]
    NameTaken {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// Whose it is and what to do.
        claim: String,
    },
    /// Somebody made the object's content unchangeable.
    #[error(
        "{kind} {name} is marked immutable, so that it cannot be changed any more; delete it and the operator makes a new one: kubectl -n {namespace} delete {kind} {name}"
    )]
    Immutable {
        /// Kind of the object.
        kind: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The API server calls the object invalid: a value of the spec that only it can judge.
    #[error(
        "the API server refused {kind} {name}: {message}; correct the spec, or the policy that refuses it"
    )]
    Invalid {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// The API server's words.
        message: String,
    },
    /// Not allowed: missing RBAC, a quota, an admission policy.
    #[error("writing {kind} {name} is forbidden: {message}")]
    Forbidden {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// The API server's words.
        message: String,
    },
    /// The object changed meanwhile; the next attempt sees the change.
    #[error("{kind} {name} changed while it was being written")]
    Conflict {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
    },
    /// The API server stumbled: over itself, or over something in the object that nothing checks before.
    #[error("the API server cannot write {kind} {name}: {message}")]
    Internal {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// The API server's words.
        message: String,
    },
    /// Anything else.
    #[error("cannot write {kind} {name}: {}", words(.source))]
    Api {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// Why.
        source: Box<kube::Error>,
    },
    /// The object has no JSON; cannot happen with the types used.
    #[error("cannot serialise a child: {0}")]
    Serialise(#[from] serde_json::Error),
}

/// Its kind.
#[must_use]
pub fn kind<K: Resource<DynamicType = ()>>() -> String {
    K::kind(&()).into_owned()
}

/// What the API server's answer to a write means.
#[must_use]
pub fn refusal<K: Resource<DynamicType = ()>>(name: String, error: kube::Error) -> ApplyError {
    let kind = kind::<K>();
    match error {
        kube::Error::Api(status) if matches!(status.code, 400 | 422) => {
            ApplyError::Invalid { kind, name, message: status.message.clone() }
        }
        kube::Error::Api(status) if status.code == 403 => {
            ApplyError::Forbidden { kind, name, message: status.message.clone() }
        }
        kube::Error::Api(status) if status.code == 500 => {
            ApplyError::Internal { kind, name, message: in_order(&status.message) }
        }
        other => ApplyError::Api { kind, name, source: Box::new(other) },
    }
}

/// The lines of a list of errors, whose order changes from one answer to the next, on one line and in one order.
fn in_order(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    let rest: std::collections::BTreeSet<_> = lines.collect();
    rest.into_iter().fold(first, |all, line| format!("{all} {line};")).trim_end_matches(';').to_owned()
}
