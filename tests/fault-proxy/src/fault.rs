//! What can happen to a request. Pure.

use std::fmt;

use http::StatusCode;
use serde_json::{Value, json};

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The process is killed; the API server never sees the request.
    KillBefore,
    /// The API server does what is asked; the process is killed before it learns that.
    KillAfterCommit,
    /// The API server does what is asked; the connection ends without its reply.
    LostReply,
    /// The API server refuses with this code, and does nothing.
    Refuse(u16),
    /// The connection is reset; the API server never sees the request.
    Reset,
    /// The API server does what is asked; the connection ends in the middle of its reply, or of an event.
    HalfBody,
    /// No reply comes, and the connection stays open; the API server never sees the request.
    Stall,
    /// The connection of a watch ends before an event.
    WatchCut,
    /// An event is swallowed; the watch ends, as a server ends one that is too slow for it.
    EventDropped,
    /// A watch stays open, and nothing more comes through it.
    Silence,
}

impl Fault {
    /// Does somebody have to kill the process?
    #[must_use]
    pub fn kills(self) -> bool {
        matches!(self, Self::KillBefore | Self::KillAfterCommit)
    }

    /// Codes that an API server, or what stands before it, refuses with.
    pub const REFUSALS: [u16; 7] = [409, 410, 422, 429, 500, 503, 504];

    /// The faults that can happen once to any request with that verb, but those of its process.
    #[must_use]
    pub fn of_verb(verb: &str) -> Vec<Self> {
        let refusals = Self::REFUSALS.map(Self::Refuse);
        let broken = [Self::Reset, Self::HalfBody, Self::Stall];
        let watched =
            if verb == "watch" { &[Self::WatchCut, Self::EventDropped, Self::Silence][..] } else { &[] };
        refusals.iter().chain(&broken).chain(watched).copied().collect()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse(code) => write!(formatter, "{code}"),
            other => write!(formatter, "{other:?}"),
        }
    }
}

/// The body of a refusal, as the API server writes it.
#[must_use]
pub fn refusal(code: StatusCode) -> Value {
    let reason = match code.as_u16() {
        409 => "Conflict",
        410 => "Expired",
        422 => "Invalid",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "InternalError",
    };
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": format!("a planned fault: {code}"), "reason": reason, "code": code.as_u16(),
    })
}
