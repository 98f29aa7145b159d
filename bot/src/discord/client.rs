//! Sends one REST call: waits for the rate limit, tries again what may be tried again, and turns answers into values or errors.
//!
//! Repeated: a 429, and a failure before anything was sent, always; a try whose outcome is unknown (no answer, 5xx) only if the
//! call is safe to repeat ([`Call::repeatable`]). One unknown try makes the whole call doubtful, whatever came after it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use backon::Retryable as _;
use bytes::Bytes;
use reqwest::Response;
use serde_json::Value;
use stockbot_config::tuning::Retry;
use twilight_http_ratelimiting::Permit;

use super::{
    answer::{self, Answer},
    call::Call,
    error::{Effect, RestError},
    limits::{Limits, PATIENCE},
    sent::Sent,
    tries::Tries,
};
use crate::secret::Secret;

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest download of an attachment.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The REST client of one token. Cheap to clone.
#[derive(Clone)]
pub struct Rest {
    http: reqwest::Client,
    base: Arc<str>,
    token: Secret,
    limits: Arc<Limits>,
    tries: Tries,
    /// Longest wait for a rate limit.
    patience: Duration,
}

/// A try that failed, and whether another one makes sense.
struct Failed {
    error: RestError,
    again: bool,
}

impl Rest {
    /// A client for the API at `base` (like `https://discord.com/api/v10`). Needs a runtime.
    pub fn new(base: &str, token: Secret, retry: &Retry) -> Result<Self, reqwest::Error> {
        let agent =
            concat!("DiscordBot (", env!("CARGO_PKG_REPOSITORY"), ", ", env!("CARGO_PKG_VERSION"), ")");
        let http = reqwest::Client::builder().user_agent(agent).connect_timeout(CONNECT_TIMEOUT).build()?;
        let (base, limits) = (base.trim_end_matches('/').into(), Arc::new(Limits::new()));
        Ok(Self { http, base, token, limits, tries: Tries::of(retry), patience: PATIENCE })
    }

    /// The same client for calls that are rather not made than later than this.
    #[must_use]
    pub fn within(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The same client for calls that are tried in this way.
    pub(super) fn tried(&self, tries: Tries) -> Self {
        Self { tries, ..self.clone() }
    }

    /// The same client for a caller who tries again by himself.
    pub(super) fn once(&self) -> Self {
        self.tried(self.tries.once())
    }

    /// See [`Limits::used_by_others`].
    pub(super) async fn used_by_others(&self, call: &Call, limit: u16, left: u16, within: Duration) {
        self.limits.used_by_others(&call.endpoint(), limit, left, within).await;
    }

    /// Sends the call; an answer without content is `Null`.
    pub async fn send(&self, call: Call) -> Result<Value, RestError> {
        let (begun, doubtful) = (Instant::now(), AtomicBool::new(false));
        let attempt = async || {
            let result = self.attempt(&call).await;
            if let Err(failed) = &result
                && failed.error.effect() == Effect::Unknown
            {
                doubtful.store(true, Ordering::Relaxed);
            }
            result
        };
        let result = attempt
            .retry(self.tries.pauses())
            .when(|failed| failed.again)
            .adjust(|failed, delay| {
                let wait = delay.map(|delay| failed.error.retry_after().unwrap_or(delay))?;
                (begun.elapsed() + wait <= self.tries.budget).then_some(wait)
            })
            .notify(|failed, _| tracing::debug!(error = %failed.error, "repeating a call to Discord"))
            .await;
        result.map_err(|Failed { error, .. }| {
            let earlier = doubtful.into_inner() && !call.only_reads() && error.effect() == Effect::None;
            if earlier { RestError::Doubtful { last: Box::new(error) } } else { error }
        })
    }

    /// Downloads an attachment of at most `limit` bytes; the URL comes from Discord and carries no token.
    pub async fn download(&self, url: &str, limit: usize) -> Result<Bytes, RestError> {
        let call = "GET attachment".to_owned();
        let unknown = |error: reqwest::Error| RestError::Unknown {
            call: call.clone(),
            reason: error.without_url().to_string(),
        };
        let mut response = self
            .http
            .get(url)
            .timeout(DOWNLOAD_TIMEOUT)
            .send()
            .await
            .and_then(Response::error_for_status)
            .map_err(unknown)?;
        let mut content = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unknown)? {
            if content.len() + chunk.len() > limit {
                return Err(RestError::BadAnswer {
                    call,
                    reason: format!("the file is larger than {limit} bytes"),
                });
            }
            content.extend_from_slice(&chunk);
        }
        Ok(content.into())
    }

    async fn attempt(&self, call: &Call) -> Result<Value, Failed> {
        let permit = self.permit(call).await?;
        let request = call
            .fill(self.http.request(call.method.clone(), format!("{}{}", self.base, call.path)))
            .timeout(self.tries.timeout);
        let request = if call.authorized {
            request.header("authorization", format!("Bot {}", self.token.expose()))
        } else {
            request
        };
        let sent = Sent::new(&self.limits, call.endpoint(), permit);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                if error.is_connect() {
                    sent.never_left();
                }
                return Err(no_answer(call, error));
            }
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match response.bytes().await {
            Ok(body) => body,
            // The status alone says that nothing was done.
            Err(_) if status.is_client_error() => Bytes::new(),
            Err(error) => {
                sent.answered(&headers, None);
                return Err(no_answer(call, error));
            }
        };
        let answer = answer::read(call, status, &headers, &body);
        sent.answered(&headers, Some(&answer));
        match answer {
            Answer::Done(value) => Ok(value),
            Answer::Limited { error, .. } => {
                let again = error.retry_after().is_some_and(|wait| wait <= self.patience);
                Err(Failed { error, again })
            }
            Answer::Failed(error) => {
                // What is passing and no rate limit is Discord's own failure: nobody knows how far it came.
                let again = call.repeatable && error.effect() == Effect::Unknown && error.is_passing();
                Err(Failed { error, again })
            }
        }
    }

    async fn permit(&self, call: &Call) -> Result<Option<Permit>, Failed> {
        if !call.authorized {
            return Ok(None);
        }
        let permit = self.limits.acquire(&call.endpoint(), self.patience).await;
        permit.map(Some).map_err(|retry_after| Failed {
            error: RestError::Limited { call: call.route.clone(), retry_after },
            again: false,
        })
    }
}

/// Refused connections have carried nothing out; everything else may have.
fn no_answer(call: &Call, error: reqwest::Error) -> Failed {
    let never_sent = error.is_connect();
    let (route, reason) = (call.route.clone(), chain(&error.without_url()));
    let error = if never_sent {
        RestError::Unreachable { call: route, reason }
    } else {
        RestError::Unknown { call: route, reason }
    };
    Failed { error, again: never_sent || call.repeatable }
}

/// An error and its causes in one line: the outermost one alone only says "error sending request".
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
