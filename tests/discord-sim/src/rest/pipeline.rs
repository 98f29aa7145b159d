//! What every REST request goes through before and after its handler: faults, the ban, the token, the rate
//! limits; what is noted of it afterwards is in `record`.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::error::{ApiError, Retry};
use super::extract::Caller;
use super::payload::Payload;
use super::ratelimit::{self, State as Bucket, Who};
use super::record::Seen;
use super::{front, record, version};
use crate::faults::Effect;
use crate::net::Peer;
use crate::server::{Server, Shared};

/// Runs a request. See the module.
pub async fn run(
    State(server): State<Shared>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let patience = server.options.request_within;
    let payload = Arc::new(Payload::read(&parts, route(&parts), body, patience).await);
    let seen = look(&server, &parts, payload);
    let fault = hit(&server, &parts, &seen);
    let effect = fault.as_ref().map(|(_, effect)| effect.clone()).unwrap_or_default();
    if let Some(delay) = effect.delay {
        tokio::time::sleep(delay).await;
    }
    let response = if effect.reset {
        peer.cut();
        StatusCode::BAD_GATEWAY.into_response()
    } else if let Some(status) = effect.status {
        front::injected(status, &effect)
    } else {
        work(&server, &peer, &seen, parts, next).await
    };
    record::account(&server, &peer, &seen, &response, effect.status.is_some());
    let (response, body) =
        if server.log.has_file() { record::told(response).await } else { (response, None) };
    record::log(&server, &peer, &seen, &response, (fault.map(|(number, _)| number), started, body));
    if effect.drop_reply {
        peer.cut();
    }
    if effect.half_body { half(response).await } else { response }
}

fn look(server: &Server, parts: &Parts, payload: Arc<Payload>) -> Seen {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = match header {
        None => Caller::Nobody,
        Some(text) => {
            let world = server.world();
            let bot = text.strip_prefix("Bot ").and_then(|token| world.application_by_token(token.trim()));
            bot.map_or(Caller::Stranger, |application| Caller::Bot(application.id))
        }
    };
    let path =
        parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |original| &original.0);
    Seen {
        method: parts.method.as_str().to_owned(),
        path: path.path().to_owned(),
        query: path.query().map(str::to_owned),
        route: route(parts).to_owned(),
        caller,
        payload,
    }
}

/// The pattern of the route, without the version.
fn route(parts: &Parts) -> &str {
    version::without(parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str))
}

fn hit(server: &Server, parts: &Parts, seen: &Seen) -> Option<(u64, Effect)> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.map_or("", |text| text.trim_start_matches("Bot "));
    let id = match seen.caller {
        Caller::Bot(id) => id.to_string(),
        _ => String::new(),
    };
    server.faults().hit(&seen.method, &seen.path, &[token, &id])
}

async fn work(server: &Server, peer: &Peer, seen: &Seen, parts: Parts, next: Next) -> Response {
    let banned = server.limits().banned(peer.ip, Instant::now());
    if let Some(left) = banned {
        return front::banned(left);
    }
    if let Some(late) =
        seen.payload.broken.as_ref().filter(|error| error.status == StatusCode::REQUEST_TIMEOUT)
    {
        return late.clone().into_response();
    }
    let as_bot = seen.caller != Caller::Nobody && !by_token(&seen.route);
    if front::blocks(&parts.headers, as_bot) {
        return front::blocked().into_response();
    }
    if as_bot && !front::in_form(&parts.headers) {
        let detail = json!({ "user_agent": front::agent(&parts.headers) });
        server.violations.add("rest.user_agent", seen.bot(), &detail, &seen.request());
    }
    front::via(handle(server, peer, seen, parts, next).await)
}

async fn handle(server: &Server, peer: &Peer, seen: &Seen, mut parts: Parts, next: Next) -> Response {
    if seen.caller == Caller::Stranger && !by_token(&seen.route) {
        return ApiError::unauthorized().into_response();
    }
    let bucket = match limit(server, peer, seen, Instant::now()) {
        Ok(bucket) => bucket,
        Err(refusal) => return with_headers(refusal.0.into_response(), refusal.1.as_ref()),
    };
    parts.extensions.insert(seen.caller);
    parts.extensions.insert(seen.payload.clone());
    let response = next.run(Request::from_parts(parts, Body::empty())).await;
    with_headers(response, bucket.as_ref())
}

/// Routes that carry their own secret in the path, where the bot token plays no part.
fn by_token(route: &str) -> bool {
    route.starts_with("/interactions/") || route.starts_with("/webhooks/{webhook}/{token}")
}

type Refusal = (ApiError, Option<Bucket>);

fn limit(server: &Server, peer: &Peer, seen: &Seen, now: Instant) -> Result<Option<Bucket>, Box<Refusal>> {
    let who = match seen.caller {
        _ if by_token(&seen.route) => Who::Bot(0),
        Caller::Bot(id) => Who::Bot(id.0),
        _ => Who::Address(peer.ip),
    };
    let mut limits = server.limits();
    if !by_token(&seen.route)
        && let Some(after) = limits.global(who, now)
    {
        let retry = Retry { after, global: true, scope: "global" };
        return Err(Box::new((ApiError::rate_limited(retry), None)));
    }
    let Some(rule) = ratelimit::rule(&seen.method, &seen.route) else { return Ok(None) };
    let bucket = limits.take(who, rule, &seen.method, &seen.route, &top(&seen.path), now);
    if bucket.exceeded {
        let retry = Retry { after: bucket.reset_after, global: false, scope: "user" };
        return Err(Box::new((ApiError::rate_limited(retry), Some(bucket))));
    }
    Ok(Some(bucket))
}

/// The top-level id of a path: that of the channel or guild, or a webhook's with its token.
fn top(path: &str) -> String {
    let mut parts = version::without(path).split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("channels" | "guilds"), Some(id), _) => id.to_owned(),
        (Some("webhooks"), Some(id), Some(token)) => format!("{id}/{token}"),
        (Some("applications"), Some(_), Some("guilds")) => parts.next().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn with_headers(mut response: Response, bucket: Option<&Bucket>) -> Response {
    let Some(bucket) = bucket else { return response };
    let reset = bucket.reset_after.as_secs_f64();
    let at = jiff::Timestamp::now().as_millisecond();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit an f64 exactly")]
    let at = at as f64 / 1000.0 + reset;
    let fields = [
        ("x-ratelimit-bucket", bucket.bucket.clone()),
        ("x-ratelimit-limit", bucket.limit.to_string()),
        ("x-ratelimit-remaining", bucket.remaining.to_string()),
        ("x-ratelimit-reset-after", format!("{reset:.3}")),
        ("x-ratelimit-reset", format!("{at:.3}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Announces the whole answer and sends half of it; the connection then breaks.
async fn half(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let sent = bytes.slice(..bytes.len() / 2);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
    let chunks: [Result<Bytes, std::io::Error>; 2] = [Ok(sent), Err(broken)];
    Response::from_parts(parts, Body::from_stream(stream::iter(chunks)))
}

/// 404 for routes that do not exist.
pub async fn no_route() -> ApiError {
    ApiError::no_route()
}

/// 405 for methods a route does not have.
pub async fn no_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, 0, "405: Method Not Allowed")
}

/// A JSON answer.
pub type Answer = Result<axum::Json<Value>, ApiError>;
