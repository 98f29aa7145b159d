//! What stands in front of Discord's API: it marks every answer with `Via`, shuts out banned addresses and a few
//! agents, and answers in HTML without the mark. Clients tell by the mark whether a 429 is one to wait for.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::{ApiError, Retry};
use crate::faults::Effect;

/// The mark of an answer that came from Discord itself.
const VIA: HeaderValue = HeaderValue::from_static("1.1 google");
/// What agents that are shut out call themselves: these libraries by their first words.
const BLOCKED: [&str; 2] = ["Python-urllib/", "Java/1."];
/// And browsers, where a bot's token is sent.
const BROWSER: &str = "Mozilla/";

/// Marks an answer of Discord's own.
#[must_use]
pub fn via(mut response: Response) -> Response {
    response.headers_mut().insert(header::VIA, VIA);
    response
}

/// The answer to a banned address.
pub fn banned(left: Duration) -> Response {
    page(StatusCode::TOO_MANY_REQUESTS, Some(left))
}

/// An answer that Discord never saw: a page, no JSON, no bucket and no mark.
fn page(status: StatusCode, retry: Option<Duration>) -> Response {
    let words = status.canonical_reason().unwrap_or("Unknown");
    let title = if retry.is_some() {
        "Access denied | You are being rate limited (error 1015)".to_owned()
    } else {
        format!("{} {words}", status.as_u16())
    };
    let body = format!("<!DOCTYPE html><html><title>{title}</title></html>");
    let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")], body).into_response();
    if let Some(left) = retry {
        let seconds = HeaderValue::from(left.as_secs().max(1));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Whether a request gets 40333 for what it calls itself, which few do.
#[must_use]
pub fn blocks(headers: &HeaderMap, as_bot: bool) -> bool {
    let agent = agent(headers);
    BLOCKED.iter().any(|start| agent.starts_with(start)) || (as_bot && agent.starts_with(BROWSER))
}

/// The refusal of such a request.
#[must_use]
pub fn blocked() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, 40_333, "internal network error")
}

/// Whether a request calls itself `DiscordBot (url, version)`, as the reference demands of bots, though nothing
/// refuses those that do not; the comma is often missing in practice.
#[must_use]
pub fn in_form(headers: &HeaderMap) -> bool {
    let inside = agent(headers).strip_prefix("DiscordBot (").and_then(|rest| rest.split_once(')'));
    inside.is_some_and(|(inside, _)| inside.split([',', ' ']).filter(|part| !part.is_empty()).count() >= 2)
}

/// What a request calls itself.
#[must_use]
pub fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The answer a fault asks for.
pub fn injected(status: u16, effect: &Effect) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let limited = status == StatusCode::TOO_MANY_REQUESTS;
    let asked = effect.retry_after.unwrap_or(1.0);
    let after = Duration::try_from_secs_f64(asked).unwrap_or(Duration::from_secs(1));
    if effect.cloudflare {
        return page(status, limited.then_some(after));
    }
    let words = format!("{}: {}", status.as_u16(), status.canonical_reason().unwrap_or("Unknown"));
    let mut error = ApiError::new(status, effect.code.unwrap_or(0), &words);
    if limited {
        let scope = if effect.global { "global" } else { "shared" };
        error.retry = Some(Retry { after, global: effect.global, scope });
    }
    via(error.into_response())
}
