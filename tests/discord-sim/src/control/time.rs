//! Making things older: messages for 30046, interactions for their clocks, sessions for their expiry.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, At, ControlError, Given};
use crate::id::Id;
use crate::server::Shared;

/// By how much.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Age {
    #[serde(deserialize_with = "crate::time::text::deserialize")]
    by: Duration,
}

/// Makes a message older.
pub async fn age_message(State(server): State<Shared>, At(id): At<Id>, Given(age): Given<Age>) -> Answer {
    let mut world = server.world();
    let message =
        world.message_mut(id).ok_or_else(|| ControlError::unknown(format!("there is no message {id}")))?;
    message.aged = message.aged.saturating_add(age.by);
    Ok(Json(json!({ "timestamp": crate::time::iso(message.timestamp()) })))
}

/// Makes an interaction older.
pub async fn age_interaction(State(server): State<Shared>, At(id): At<Id>, Given(age): Given<Age>) -> Answer {
    let mut world = server.world();
    let interaction = world.interactions.get_mut(&id);
    let interaction =
        interaction.ok_or_else(|| ControlError::unknown(format!("there is no interaction {id}")))?;
    interaction.aged = interaction.aged.saturating_add(age.by);
    interaction.changed.notify_waiters();
    Ok(Json(json!({})))
}

/// Ends a session as if its time were over. A connection that carries it is closed with 4009.
pub async fn expire_session(State(server): State<Shared>, At(id): At<String>) -> Answer {
    let mut world = server.world();
    let owner = world.sessions.owner(&id);
    let session = owner.and_then(|owner| world.sessions.remove(owner, &id));
    let session = session.ok_or_else(|| ControlError::unknown(format!("there is no session {id}")))?;
    let (code, reason) = crate::gateway::close::SESSION_TIMED_OUT;
    session.order(crate::world::session::Order::Close(code, reason));
    Ok(Json(json!({})))
}
