//! What is noted of a request that was answered: invalid ones are counted, broken rules listed, everything logged.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::Refused;
use super::extract::Caller;
use super::payload::Payload;
use crate::id::Id;
use crate::net::Peer;
use crate::server::Server;

/// What is known of a request before its handler runs.
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its query.
    pub query: Option<String>,
    /// The route's pattern, without the version.
    pub route: String,
    /// Who sent it.
    pub caller: Caller,
    /// Its body.
    pub payload: Arc<Payload>,
}

impl Seen {
    /// The request, for the list of violations.
    #[must_use]
    pub fn request(&self) -> Value {
        json!({ "method": self.method, "path": self.path, "body": self.payload.json })
    }

    /// The bot that sent it, if one did.
    #[must_use]
    pub fn bot(&self) -> Option<Id> {
        match self.caller {
            Caller::Bot(id) => Some(id),
            _ => None,
        }
    }
}

/// Counts invalid requests and notes violations; what a fault answered is not the client's doing.
pub fn account(server: &Server, peer: &Peer, seen: &Seen, response: &Response, injected: bool) {
    let status = response.status().as_u16();
    let shared = response.headers().get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
    if matches!(status, 401 | 403 | 429) && !shared {
        server.limits().invalid(peer.ip, Instant::now());
        if let Some(id) = seen.bot()
            && let Some(application) = server.world().applications.get_mut(&id)
        {
            application.invalid_requests += 1;
        }
    }
    if !injected
        && let Some(refused) = response.extensions().get::<Refused>()
        && let Some(rule) = rule_broken(status, refused)
    {
        server.violations.add(rule, seen.bot(), &refused.body, &seen.request());
    }
}

/// The name of the rule a refusal stands for; refusals that are no fault of the client have none.
fn rule_broken(status: u16, refused: &Refused) -> Option<&'static str> {
    match (status, refused.code) {
        (_, 50_035) => Some("rest.form"),
        (_, 50_006) => Some("rest.empty_message"),
        (_, 50_109) => Some("rest.json"),
        (_, 40_333) => Some("rest.user_agent"),
        (_, 40_060) => Some("interaction.answered_twice"),
        (_, 10_062) => Some("interaction.unknown_or_late"),
        (_, 30_046) => Some("rest.late_edits"),
        (_, 30_034) => Some("rest.command_creates"),
        (429, _) if refused.body["global"] == json!(true) => Some("rest.global_limit"),
        (429, _) => Some("rest.bucket_limit"),
        (401, 0) => Some("rest.token"),
        (404, 0) => Some("rest.route"),
        (405, _) => Some("rest.method"),
        (400, _) => Some("rest.request"),
        _ => None,
    }
}

/// The body of an answer in JSON, for the log; refusals tell theirs themselves.
pub async fn told(response: Response) -> (Response, Option<String>) {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let json = kind.is_some_and(|kind| kind == "application/json");
    if !json || response.extensions().get::<Refused>().is_some() {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (Response::from_parts(parts, Body::from(bytes)), Some(text))
}

/// The fault that hit a request, when it came, and what was answered.
pub type Outcome = (Option<u64>, Instant, Option<String>);

/// Writes an entry.
pub fn log(server: &Server, peer: &Peer, seen: &Seen, response: &Response, outcome: Outcome) {
    let (fault, started, body) = outcome;
    let mut entry = seen.payload.log();
    entry["method"] = json!(seen.method);
    entry["path"] = json!(seen.path);
    entry["query"] = json!(seen.query);
    entry["route"] = json!(seen.route);
    entry["application_id"] = json!(seen.bot());
    entry["ip"] = json!(peer.ip);
    entry["status"] = json!(response.status().as_u16());
    entry["ms"] = json!(u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    if let Some(refused) = response.extensions().get::<Refused>() {
        entry["response"] = refused.body.clone();
    }
    if let Some(number) = fault {
        entry["fault"] = json!(number);
    }
    server.log.add_with("rest", &entry, "response", body.as_deref());
}
