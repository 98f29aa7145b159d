//! Sends one REST call: waits for the rate limit, tries again what may be tried again, and turns answers into values or errors.
//!
//! Retry: a 429 and a failure before anything was sent are always repeated; a call whose outcome is unknown (no answer, 5xx)
//! only if it is safe to repeat ([`Call::repeatable`]).

use std::{fmt, sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use bytes::Bytes;
use reqwest::{Method, Response, StatusCode, multipart};
use serde_json::Value;
use stockbot_config::tuning::Retry;

use super::{
    error::{ErrorBody, RestError},
    ratelimit::{RateLimiter, seconds},
};
use crate::secret::Secret;

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A 429 that asks for more than this is handed to the caller instead of waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Characters of Discord's explanation that are kept: it repeats itself for every field that is wrong.
const SHOWN: usize = 400;

/// A file to upload.
#[derive(Clone)]
pub struct File {
    /// Name as the user sees it.
    pub name: String,
    /// Content.
    pub content: Bytes,
}

/// Content is somebody's goods: only its length is shown.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.content.len())
    }
}

/// One request to Discord.
pub struct Call {
    method: Method,
    path: String,
    /// What the rate limit and the logs know the call by; holds no token.
    route: String,
    body: Option<Value>,
    files: Vec<File>,
    authorized: bool,
    repeatable: bool,
}

/// Path and body may hold an interaction's token and goods.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.route)
    }
}

impl Call {
    /// A call with the bot's token. `path` is relative to the API's base URL and shown in logs.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        let repeatable = method != Method::POST;
        Self {
            route: format!("{method} {path}"),
            method,
            path,
            body: None,
            files: Vec::new(),
            authorized: true,
            repeatable,
        }
    }

    /// A call that carries an interaction's token in its path instead; `shown` stands for the path in logs.
    #[must_use]
    pub fn with_token_in_path(method: Method, path: String, shown: &str) -> Self {
        let repeatable = method != Method::POST;
        Self {
            route: format!("{method} {shown}"),
            method,
            path,
            body: None,
            files: Vec::new(),
            authorized: false,
            repeatable,
        }
    }

    /// Sends this JSON.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Uploads these files beside the JSON.
    #[must_use]
    pub fn files(mut self, files: Vec<File>) -> Self {
        self.files = files;
        self
    }

    /// Says that carrying the call out twice does no harm (a nonce, a callback that answers 40060).
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

/// What became of one try.
enum Try {
    Done(Value),
    Again { error: RestError, after: Option<Duration> },
    Failed(RestError),
}

/// The REST client of one token. Cheap to clone.
#[derive(Clone)]
pub struct Rest {
    http: reqwest::Client,
    base: Arc<str>,
    token: Secret,
    limiter: Arc<RateLimiter>,
    retry: Retry,
}

impl Rest {
    /// A client for the API at `base` (like `https://discord.com/api/v10`).
    pub fn new(base: &str, token: Secret, retry: Retry) -> Result<Self, reqwest::Error> {
        let agent =
            concat!("DiscordBot (", env!("CARGO_PKG_REPOSITORY"), ", ", env!("CARGO_PKG_VERSION"), ")");
        let http = reqwest::Client::builder()
            .user_agent(agent)
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT / 2)
            .build()?;
        Ok(Self { http, base: base.trim_end_matches('/').into(), token, limiter: Arc::default(), retry })
    }

    /// Sends the call; an answer without content is `Null`.
    pub async fn send(&self, call: Call) -> Result<Value, RestError> {
        let mut delays = ExponentialBuilder::new()
            .with_min_delay(self.retry.base_delay.get())
            .with_max_delay(self.retry.max_delay.get())
            .with_jitter()
            .with_max_times(usize::try_from(self.retry.attempts - 1).unwrap_or(0))
            .build();
        loop {
            let (error, after) = match self.attempt(&call).await {
                Try::Done(value) => return Ok(value),
                Try::Failed(error) => return Err(error),
                Try::Again { error, after } => (error, after),
            };
            let Some(delay) = delays.next() else { return Err(error) };
            tracing::debug!(%error, "repeating a call to Discord");
            tokio::time::sleep(after.unwrap_or(delay)).await;
        }
    }

    /// Downloads an attachment of at most `limit` bytes; the URL comes from Discord and carries no token.
    pub async fn download(&self, url: &str, limit: usize) -> Result<Bytes, RestError> {
        let call = "GET attachment".to_owned();
        let unknown = |error: reqwest::Error| RestError::Unknown {
            call: call.clone(),
            reason: error.without_url().to_string(),
        };
        let mut response =
            self.http.get(url).send().await.and_then(Response::error_for_status).map_err(unknown)?;
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

    async fn attempt(&self, call: &Call) -> Try {
        if call.authorized {
            self.limiter.acquire(&call.route).await;
        }
        let response = match self.request(call).send().await {
            Ok(response) => response,
            Err(error) => {
                // Refused connections have carried nothing out.
                let never_sent = error.is_connect();
                let error =
                    RestError::Unknown { call: call.route.clone(), reason: chain(&error.without_url()) };
                return if never_sent || call.repeatable {
                    Try::Again { error, after: None }
                } else {
                    Try::Failed(error)
                };
            }
        };
        if call.authorized {
            self.limiter.learn(&call.route, response.headers());
        }
        self.judge(call, response).await
    }

    fn request(&self, call: &Call) -> reqwest::RequestBuilder {
        let mut request = self.http.request(call.method.clone(), format!("{}{}", self.base, call.path));
        if call.authorized {
            request = request.header("authorization", format!("Bot {}", self.token.expose()));
        }
        if call.files.is_empty() {
            return match &call.body {
                Some(body) => request.json(body),
                None => request,
            };
        }
        let payload = call.body.clone().unwrap_or_default().to_string();
        let form = multipart::Form::new().text("payload_json", payload);
        request.multipart(call.files.iter().enumerate().fold(form, |form, (index, file)| {
            let part = multipart::Part::stream(file.content.clone()).file_name(file.name.clone());
            form.part(format!("files[{index}]"), part)
        }))
    }

    async fn judge(&self, call: &Call, response: Response) -> Try {
        let status = response.status();
        let body = match response.bytes().await {
            Ok(body) => body,
            Err(error) => {
                let error =
                    RestError::Unknown { call: call.route.clone(), reason: chain(&error.without_url()) };
                return if call.repeatable { Try::Again { error, after: None } } else { Try::Failed(error) };
            }
        };
        if status.is_success() {
            return value(call, &body);
        }
        if status == StatusCode::UNAUTHORIZED && call.authorized {
            return Try::Failed(RestError::Unauthorized);
        }
        let told: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return self.limited(call, &told);
        }
        let details = told.errors.map(|errors| format!(" {errors}")).unwrap_or_default();
        let message: String = format!("{}{details}", told.message).chars().take(SHOWN).collect();
        let error = RestError::Refused {
            call: call.route.clone(),
            status: status.as_u16(),
            code: told.code,
            message,
        };
        if status.is_server_error() && call.repeatable {
            Try::Again { error, after: None }
        } else {
            Try::Failed(error)
        }
    }

    fn limited(&self, call: &Call, told: &ErrorBody) -> Try {
        let retry_after = seconds(told.retry_after.unwrap_or(1.0));
        if call.authorized {
            self.limiter.refused(&call.route, retry_after, told.global);
        }
        let error = RestError::Limited { call: call.route.clone(), retry_after };
        if retry_after > PATIENCE {
            Try::Failed(error)
        } else {
            Try::Again { error, after: Some(retry_after) }
        }
    }
}

/// The body of a success as JSON.
fn value(call: &Call, body: &[u8]) -> Try {
    if body.is_empty() {
        return Try::Done(Value::Null);
    }
    match serde_json::from_slice(body) {
        Ok(value) => Try::Done(value),
        Err(error) => {
            Try::Failed(RestError::BadAnswer { call: call.route.clone(), reason: error.to_string() })
        }
    }
}

/// An error and its causes in one line: the outermost one alone only says "error sending request".
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
