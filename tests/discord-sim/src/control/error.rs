//! Refusals of the control API: a status and `{error}` that says what to do, and reading its JSON bodies.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::interactions::act::Refusal;
use crate::server::Shared;

/// One refusal.
#[derive(Debug)]
pub struct ControlError {
    status: StatusCode,
    error: String,
}

/// What calls answer.
pub type Answer = Result<Json<Value>, ControlError>;

impl ControlError {
    /// 404.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, error: what.into() }
    }

    /// 400.
    pub fn bad(what: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: what.into() }
    }
}

impl From<Refusal> for ControlError {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::Unknown(_) => StatusCode::NOT_FOUND,
            Refusal::NotOffered(_) => StatusCode::CONFLICT,
        };
        Self { status, error: refusal.to_string() }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.error }))).into_response()
    }
}

/// A JSON body; none counts as `{}`.
pub struct Given<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Given<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, server: &Shared) -> Result<Self, ControlError> {
        let read = timeout(server.options.request_within, Bytes::from_request(request, server)).await;
        let bytes = read
            .map_err(|_| ControlError::bad("the body did not come in time"))?
            .map_err(|error| ControlError::bad(error.body_text()))?;
        let bytes = if bytes.is_empty() { Bytes::from_static(b"{}") } else { bytes };
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Self).map_err(|error| ControlError::bad(format!("the JSON body does not fit: {error}")))
    }
}

/// Parts of the path.
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ControlError> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|error| ControlError::bad(error.body_text()))
    }
}

/// The query.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ControlError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|error| ControlError::bad(error.body_text()))
    }
}

/// 405 for methods a call does not have.
pub async fn no_method(request: Request) -> ControlError {
    let (method, path) = (request.method(), request.uri().path());
    let error = format!("{method} is no method of /_sim{path}; the README lists the calls");
    ControlError { status: StatusCode::METHOD_NOT_ALLOWED, error }
}

/// 404 for calls that do not exist.
pub async fn no_route(request: Request) -> ControlError {
    let (method, path) = (request.method(), request.uri().path());
    ControlError::unknown(format!("there is no {method} /_sim{path}; the README lists the calls"))
}
