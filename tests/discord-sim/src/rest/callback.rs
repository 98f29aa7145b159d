//! `POST /interactions/{id}/{token}/callback`: the first answer to an interaction.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::ApiError;
use super::extract::{Asked, In};
use super::payload::Sent;
use crate::id::Id;
use crate::interactions::answer;
use crate::server::Shared;
use crate::world::base::Base;

/// Whether the message made is wanted in the answer.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default, deserialize_with = "super::extract::flag")]
    with_response: bool,
}

/// Takes the first answer. Late or unknown: 10062. Second: 40060.
pub async fn create(
    State(server): State<Shared>,
    In((id, token)): In<(Id, String)>,
    Asked(wanted): Asked<Wanted>,
    base: Base,
    Sent(sent): Sent,
) -> Result<Response, ApiError> {
    let body = sent.object()?;
    let mut world = server.world();
    let known = world.interactions.get(&id).filter(|interaction| interaction.token() == token);
    let interaction = known.ok_or_else(|| ApiError::unknown(10_062))?;
    answer::in_time(&server, interaction)?;
    answer::take(&server, &mut world, id, body, &sent.files)?;
    if !wanted.with_response {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(answer::callback_response(&world, id, &base)).into_response())
}
