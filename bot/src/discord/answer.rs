//! What an answer of Discord says. Pure.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{
    call::Call,
    error::{ErrorBody, RestError},
    limits::retry_after,
};

/// Characters of Discord's explanation that are kept: it repeats itself for every field that is wrong.
const SHOWN: usize = 400;

/// What an answer says.
pub enum Answer {
    /// Carried out; an answer without content is `Null`.
    Done(Value),
    /// 429.
    Limited {
        /// [`RestError::Limited`].
        error: RestError,
        /// Not only for calls of this kind.
        global: bool,
    },
    /// Anything else.
    Failed(RestError),
}

/// Reads an answer.
pub fn read(call: &Call, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answer {
    if status.is_success() {
        return value(call, body);
    }
    if status == StatusCode::UNAUTHORIZED && call.authorized {
        return Answer::Failed(RestError::Unauthorized);
    }
    let told: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after = retry_after(told.retry_after, headers);
        let global = told.global || headers.contains_key("x-ratelimit-global");
        return Answer::Limited {
            error: RestError::Limited { call: call.route.clone(), retry_after },
            global,
        };
    }
    let details = told.errors.map(|errors| format!(" {errors}")).unwrap_or_default();
    Answer::Failed(RestError::Refused {
        call: call.route.clone(),
        status: status.as_u16(),
        code: told.code,
        message: format!("{}{details}", told.message).chars().take(SHOWN).collect(),
    })
}

/// The body of a success as JSON.
fn value(call: &Call, body: &[u8]) -> Answer {
    if body.is_empty() {
        return Answer::Done(Value::Null);
    }
    match serde_json::from_slice(body) {
        Ok(value) => Answer::Done(value),
        Err(error) => {
            Answer::Failed(RestError::BadAnswer { call: call.route.clone(), reason: error.to_string() })
        }
    }
}
