//! `/_sim/interactions/{id}`: how one stands, and delivering it again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, At, ControlError, Given};
use crate::id::Id;
use crate::interactions::{deliver, status};
use crate::server::Shared;
use crate::world::World;
use crate::world::base::Base;

/// Deliveries of one call.
const MOST: usize = 1000;

fn no_interaction(id: Id) -> ControlError {
    ControlError::unknown(format!("there is no interaction {id}"))
}

/// How an interaction stands.
pub async fn get(State(server): State<Shared>, At(id): At<Id>, base: Base) -> Answer {
    let world = server.world();
    let interaction = world.interactions.get(&id).ok_or_else(|| no_interaction(id))?;
    Ok(Json(status::json_of(&server, &world, interaction, &base)))
}

/// How often to deliver again, and to whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    times: Option<usize>,
    /// Session ids; all that are entitled if missing.
    sessions: Option<Vec<String>>,
}

/// Delivers the same interaction again.
pub async fn replay(State(server): State<Shared>, At(id): At<Id>, Given(given): Given<Replay>) -> Answer {
    let mut world = server.world();
    let interaction = world.interactions.get(&id).ok_or_else(|| no_interaction(id))?;
    let said = interaction.said.as_ref();
    let payload = said.map(|said| said.payload.clone());
    let payload =
        payload.ok_or_else(|| ControlError::unknown("what was said in the interaction is forgotten"))?;
    let times = given.times.unwrap_or(1);
    if times.saturating_mul(given.sessions.as_ref().map_or(1, Vec::len).max(1)) > MOST {
        return Err(ControlError::bad("an interaction is delivered again at most 1000 times a call"));
    }
    let mut delivered = 0;
    for _ in 0..times {
        delivered += match &given.sessions {
            None => deliver::send(&server, &mut world, id),
            Some(sessions) => again(&mut world, id, sessions, &payload)?,
        };
    }
    Ok(Json(json!({ "delivered": delivered })))
}

/// Delivers an interaction to these sessions.
fn again(world: &mut World, id: Id, sessions: &[String], payload: &Arc<str>) -> Result<usize, ControlError> {
    for name in sessions {
        let owner = world.sessions.owner(name);
        let session = owner.and_then(|owner| world.sessions.get_mut(owner, name));
        let session = session.ok_or_else(|| ControlError::unknown(format!("there is no session {name}")))?;
        session.push("INTERACTION_CREATE", payload, 1);
    }
    if let Some(interaction) = world.interactions.get_mut(&id) {
        interaction.delivered(sessions.iter().cloned());
    }
    Ok(sessions.len())
}
