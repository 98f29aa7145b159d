//! What handlers take out of a request: the bot that calls, ids in the path, the address to answer with.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, Query, RawPathParams};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::error::ApiError;
use super::validate::form::Form;
use crate::id::Id;
use crate::world::base::Base;

/// Who a request came from, as the pipeline found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// No `Authorization` header.
    Nobody,
    /// A header, but of no bot.
    Stranger,
    /// A bot, by its application id.
    Bot(Id),
}

/// The bot that calls; others get 401.
pub struct Bot(pub Id);

impl<S: Sync> FromRequestParts<S> for Bot {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Bot(id)) => Ok(Self(*id)),
            _ => Err(ApiError::unauthorized()),
        }
    }
}

/// Ids and texts in the path; what is no id gets 50035 under its name.
pub struct In<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for In<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(path) => Ok(Self(path.0)),
            Err(_) => Err(no_ids(parts, state).await),
        }
    }
}

/// Which part of the path is no id.
async fn no_ids<S: Send + Sync>(parts: &mut Parts, state: &S) -> ApiError {
    let given = RawPathParams::from_request_parts(parts, state).await;
    let mut form = Form::new();
    for (name, value) in given.iter().flatten().filter(|(name, _)| *name != "token") {
        if value.parse::<Id>().is_err() {
            let name = if name == "id" { "interaction" } else { name };
            let message = format!("Value \"{value}\" is not snowflake.");
            form.fail_at(format!("{name}_id"), "NUMBER_TYPE_COERCE", message);
        }
    }
    form.finish().err().unwrap_or_else(ApiError::no_route)
}

/// The query; what does not fit gets 50035.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|_| ApiError::bad_request(50_035, "Invalid Form Body"))
    }
}

/// The `limit` of a query, 1 to `most`.
pub fn within(limit: Option<i64>, default: usize, most: usize) -> Result<usize, ApiError> {
    let Some(limit) = limit else { return Ok(default) };
    let query = serde_json::Map::from_iter([("limit".to_owned(), json!(limit))]);
    let mut form = Form::new();
    form.integer(&query, "limit", 1..=i64::try_from(most).unwrap_or(i64::MAX));
    form.finish()?;
    Ok(usize::try_from(limit).unwrap_or(default))
}

/// Reads yes or no in a query, where clients write `true`, `True` or `1`.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let text = String::deserialize(from)?;
    Ok(matches!(text.to_lowercase().as_str(), "true" | "1"))
}

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::new(parts.headers.get(header::HOST).and_then(|host| host.to_str().ok())))
    }
}
