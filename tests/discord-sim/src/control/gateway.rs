//! `/_sim/gateway/{app}/...`: gateway faults.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, At, ControlError, Given};
use crate::gateway::close as codes;
use crate::id::Id;
use crate::server::Shared;
use crate::world::World;
use crate::world::application::{Application, Refusal};
use crate::world::session::Order;

fn application(world: &mut World, id: Id) -> Result<&mut Application, ControlError> {
    world
        .applications
        .get_mut(&id)
        .ok_or_else(|| ControlError::unknown(format!("there is no application {id}")))
}

/// Gives an order to all connections of an application, or of one shard. How many there were.
fn order(world: &World, id: Id, shard: Option<u64>, order: &Order) -> usize {
    let wanted = world
        .sessions
        .of(id)
        .filter(|session| session.link.is_some() && shard.is_none_or(|shard| session.shard.0 == shard));
    wanted.map(|session| session.order(order.clone())).count()
}

/// A shard, or all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    shard: Option<u64>,
}

/// A close code for a shard, or all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    shard: Option<u64>,
    code: Option<u16>,
}

/// Closes connections; 4000 if no code is given.
pub async fn close(State(server): State<Shared>, At(id): At<Id>, Given(given): Given<Close>) -> Answer {
    let code = given.code.unwrap_or(4000);
    if !(1000..=4999).contains(&code) || matches!(code, 1004..=1006 | 1015) {
        return Err(ControlError::bad("a close code is between 1000 and 4999 and may be sent"));
    }
    let mut world = server.world();
    application(&mut world, id)?;
    let closed = order(&world, id, given.shard, &Order::Close(code, codes::reason(code)));
    Ok(Json(json!({ "connections": closed })))
}

/// Sends op 7.
pub async fn reconnect(State(server): State<Shared>, At(id): At<Id>, Given(given): Given<Which>) -> Answer {
    let mut world = server.world();
    application(&mut world, id)?;
    Ok(Json(json!({ "connections": order(&world, id, given.shard, &Order::Reconnect) })))
}

/// Whether sessions survive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invalidate {
    #[serde(default)]
    resumable: bool,
    shard: Option<u64>,
}

/// Sends op 9; without `resumable` the sessions are gone.
pub async fn invalidate(
    State(server): State<Shared>,
    At(id): At<Id>,
    Given(given): Given<Invalidate>,
) -> Answer {
    let mut world = server.world();
    application(&mut world, id)?;
    let told = order(&world, id, given.shard, &Order::Invalidate(given.resumable));
    if !given.resumable {
        let shard = given.shard;
        world.sessions.retain(|session| {
            session.application != id || shard.is_some_and(|shard| session.shard.0 != shard)
        });
    }
    Ok(Json(json!({ "connections": told })))
}

/// For how long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    #[serde(rename = "for", deserialize_with = "crate::time::text::deserialize")]
    time: Duration,
}

/// Sends nothing for a while: no dispatch, no heartbeat answer.
pub async fn pause(State(server): State<Shared>, At(id): At<Id>, Given(given): Given<Pause>) -> Answer {
    let mut world = server.world();
    application(&mut world, id)?.paused_until = Some(Instant::now() + given.time);
    for session in world.sessions.of(id) {
        if let Some(link) = &session.link {
            link.wake.notify_one();
        }
    }
    Ok(Json(json!({})))
}

/// For how long, and which address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    #[serde(rename = "for", deserialize_with = "crate::time::text::deserialize")]
    time: Duration,
    #[serde(default)]
    resume_only: bool,
}

/// Refuses new connections for a while, at all addresses or at the resume address only.
pub async fn refuse(State(server): State<Shared>, At(id): At<Id>, Given(given): Given<Refuse>) -> Answer {
    let mut world = server.world();
    let refusal = Refusal { until: Instant::now() + given.time, resume_only: given.resume_only };
    application(&mut world, id)?.refusal = Some(refusal);
    Ok(Json(json!({})))
}
