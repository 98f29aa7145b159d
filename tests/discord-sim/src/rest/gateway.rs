//! `GET /gateway` and `GET /gateway/bot`.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::extract::Bot;
use super::pipeline::Answer;
use crate::server::Shared;
use crate::world::base::Base;

/// The gateway's address, for anyone.
pub async fn gateway(base: Base) -> Json<Value> {
    Json(json!({ "url": base.ws("/gateway") }))
}

/// The gateway's address, the shards to use and what is left of the identify budget. The address names the
/// application, so that refused connections can be refused before anything is said.
pub async fn gateway_bot(State(server): State<Shared>, Bot(id): Bot, base: Base) -> Answer {
    let mut world = server.world();
    let application = world.applications.get_mut(&id).ok_or_else(super::error::ApiError::unauthorized)?;
    let now = Instant::now();
    application.budget.refill(now);
    Ok(Json(json!({
        "url": base.ws(&format!("/gateway/{id}")),
        "shards": application.shards,
        "session_start_limit": application.budget.json(now),
    })))
}
