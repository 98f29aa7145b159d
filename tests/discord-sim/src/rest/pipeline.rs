//! What every REST request goes through before and after its handler: faults, the User-Agent rule, the ban,
//! the token, the rate limits; then the counting of invalid requests, the violations and the log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::error::{ApiError, Refused, Retry};
use super::extract::Caller;
use super::payload::Payload;
use super::ratelimit::{self, State as Bucket, Who};
use crate::faults::Effect;
use crate::id::Id;
use crate::net::Peer;
use crate::server::{Server, Shared};

/// What is known of a request before its handler runs.
struct Seen {
    method: String,
    path: String,
    query: Option<String>,
    /// The route's pattern, without `/api/v10`.
    route: String,
    caller: Caller,
    payload: Arc<Payload>,
}

/// Runs a request. See the module.
pub async fn run(
    State(server): State<Shared>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let payload = Arc::new(Payload::read(&parts, body, server.options.request_within).await);
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
        injected(status, &effect)
    } else {
        work(&server, &peer, &seen, parts, next).await
    };
    account(&server, &peer, &seen, &response);
    log(&server, &peer, &seen, &response, fault.map(|(number, _)| number), started);
    if effect.drop_reply {
        peer.cut();
    }
    if effect.half_body { half(response).await } else { response }
}

fn look(server: &Server, parts: &Parts, payload: Arc<Payload>) -> Seen {
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
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
        route: pattern.strip_prefix("/api/v10").unwrap_or(pattern).to_owned(),
        caller,
        payload,
    }
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

async fn work(server: &Server, peer: &Peer, seen: &Seen, mut parts: Parts, next: Next) -> Response {
    let now = Instant::now();
    if let Some(left) = server.limits().banned(peer.ip, now) {
        return banned(left);
    }
    if let Some(late) =
        seen.payload.broken.as_ref().filter(|error| error.status == StatusCode::REQUEST_TIMEOUT)
    {
        return late.clone().into_response();
    }
    // discord.py calls itself plain aiohttp where no bot token is sent, and Discord lets it.
    if !by_token(&seen.route) && !valid_user_agent(&parts.headers) {
        let words = "internal network error: a User-Agent like 'DiscordBot (url, version)' is required";
        return ApiError::new(StatusCode::FORBIDDEN, 40_333, words).into_response();
    }
    if seen.caller == Caller::Stranger && !by_token(&seen.route) {
        return ApiError::unauthorized().into_response();
    }
    let bucket = match limit(server, peer, seen, now) {
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

/// `DiscordBot (url, version)`, as the reference demands; the comma is often missing in practice.
fn valid_user_agent(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let Some((inside, _)) = agent.strip_prefix("DiscordBot (").and_then(|rest| rest.split_once(')')) else {
        return false;
    };
    inside.split([',', ' ']).filter(|part| !part.is_empty()).count() >= 2
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
    let path = path.strip_prefix("/api/v10").unwrap_or(path);
    let mut parts = path.split('/').skip(1);
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

/// The answer to a banned address: no JSON and no bucket, as from the network in front of Discord.
fn banned(left: Duration) -> Response {
    let seconds = left.as_secs().max(1).to_string();
    let body = "<html><title>Access denied | You are being rate limited (error 1015)</title></html>";
    (
        StatusCode::TOO_MANY_REQUESTS,
        [(header::RETRY_AFTER, seconds), (header::CONTENT_TYPE, "text/html".into())],
        body,
    )
        .into_response()
}

fn injected(status: u16, effect: &Effect) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let words = format!("{}: {}", status.as_u16(), status.canonical_reason().unwrap_or("Unknown"));
    let mut error = ApiError::new(status, effect.code.unwrap_or(0), &words);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let after =
            Duration::try_from_secs_f64(effect.retry_after.unwrap_or(1.0)).unwrap_or(Duration::from_secs(1));
        let scope = if effect.global { "global" } else { "shared" };
        error.retry = Some(Retry { after, global: effect.global, scope });
    }
    error.into_response()
}

/// Counts invalid requests and notes violations.
fn account(server: &Server, peer: &Peer, seen: &Seen, response: &Response) {
    let status = response.status().as_u16();
    let shared = response.headers().get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
    if matches!(status, 401 | 403 | 429) && !shared {
        server.limits().invalid(peer.ip, Instant::now());
        if let Some(id) = bot_of(seen)
            && let Some(application) = server.world().applications.get_mut(&id)
        {
            application.invalid_requests += 1;
        }
    }
    if let Some(refused) = response.extensions().get::<Refused>()
        && let Some(rule) = rule_broken(status, refused)
    {
        let request = json!({ "method": seen.method, "path": seen.path, "body": seen.payload.json });
        server.violations.add(rule, bot_of(seen), &refused.body, &request);
    }
}

fn bot_of(seen: &Seen) -> Option<Id> {
    match seen.caller {
        Caller::Bot(id) => Some(id),
        _ => None,
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

fn log(server: &Server, peer: &Peer, seen: &Seen, response: &Response, fault: Option<u64>, started: Instant) {
    let mut entry = seen.payload.log();
    entry["method"] = json!(seen.method);
    entry["path"] = json!(seen.path);
    entry["query"] = json!(seen.query);
    entry["route"] = json!(seen.route);
    entry["application_id"] = json!(bot_of(seen));
    entry["ip"] = json!(peer.ip);
    entry["status"] = json!(response.status().as_u16());
    entry["ms"] = json!(u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    if let Some(refused) = response.extensions().get::<Refused>() {
        entry["response"] = refused.body.clone();
    }
    if let Some(number) = fault {
        entry["fault"] = json!(number);
    }
    server.log.add("rest", &entry);
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
