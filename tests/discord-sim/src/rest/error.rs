//! Refusals as Discord words them: status, `{message, code, errors}` and, for 429, when to come back.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// One refusal.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// Discord's JSON error code.
    pub code: u64,
    /// Its words.
    pub message: String,
    /// Per-field errors of 50035.
    pub errors: Option<Value>,
    /// When a 429 ends, and how it is labelled.
    pub retry: Option<Retry>,
}

/// The waiting part of a 429.
#[derive(Clone, Debug)]
pub struct Retry {
    /// How long to wait.
    pub after: Duration,
    /// Whether it is the global limit.
    pub global: bool,
    /// `user`, `global` or `shared`.
    pub scope: &'static str,
}

/// Tells the pipeline, through the response's extensions, what went wrong.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Discord's code.
    pub code: u64,
    /// The body.
    pub body: Value,
}

impl ApiError {
    /// A refusal with a code.
    #[must_use]
    pub fn new(status: StatusCode, code: u64, message: &str) -> Self {
        Self { status, code, message: message.into(), errors: None, retry: None }
    }

    /// 401: no or a dead token.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized")
    }

    /// 404 without a code: no such route.
    #[must_use]
    pub fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, 0, "404: Not Found")
    }

    /// 404 with one of the `Unknown ...` codes.
    #[must_use]
    pub fn unknown(code: u64) -> Self {
        let what = match code {
            10_002 => "Application",
            10_003 => "Channel",
            10_004 => "Guild",
            10_007 => "Member",
            10_008 => "Message",
            10_009 => "Overwrite",
            10_011 => "Role",
            10_013 => "User",
            10_015 => "Webhook",
            10_062 => "interaction",
            10_063 => "application command",
            _ => "object",
        };
        Self::new(StatusCode::NOT_FOUND, code, &format!("Unknown {what}"))
    }

    /// 403 50001: the channel or guild is out of sight.
    #[must_use]
    pub fn no_access() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50_001, "Missing Access")
    }

    /// 403 50013: visible, but not allowed.
    #[must_use]
    pub fn no_permission() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50_013, "Missing Permissions")
    }

    /// 403 50007: a person who takes no messages of bots.
    #[must_use]
    pub fn closed_dms() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50_007, "Cannot send messages to this user")
    }

    /// 401 50027: the token of a webhook or an interaction is wrong or over.
    #[must_use]
    pub fn bad_webhook_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 50_027, "Invalid Webhook Token")
    }

    /// 400 with a code.
    #[must_use]
    pub fn bad_request(code: u64, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 400 50006: nothing to see.
    #[must_use]
    pub fn empty_message() -> Self {
        Self::bad_request(50_006, "Cannot send an empty message")
    }

    /// 400 50109: the body is no JSON.
    #[must_use]
    pub fn no_json() -> Self {
        Self::bad_request(50_109, "The request body contains invalid JSON.")
    }

    /// 429.
    #[must_use]
    pub fn rate_limited(retry: Retry) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, 0, "You are being rate limited.");
        error.retry = Some(retry);
        error
    }

    /// The same refusal for a body that sits in a field of a larger one.
    #[must_use]
    pub fn under(mut self, key: &str) -> Self {
        self.errors = self.errors.map(|errors| json!({ key: errors }));
        self
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        if let Some(retry) = &self.retry {
            body["retry_after"] = json!((retry.after.as_secs_f64() * 1000.0).ceil() / 1000.0);
            body["global"] = json!(retry.global);
        }
        body
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = self.body();
        let mut response = (self.status, axum::Json(&body)).into_response();
        if let Some(retry) = &self.retry {
            let headers = response.headers_mut();
            let seconds = retry.after.as_secs_f64().ceil();
            if let Ok(value) = HeaderValue::from_str(&format!("{seconds}")) {
                headers.insert("retry-after", value);
            }
            headers.insert("x-ratelimit-scope", HeaderValue::from_static(retry.scope));
            if retry.global {
                headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
            }
        }
        response.extensions_mut().insert(Refused { code: self.code, body });
        response
    }
}
