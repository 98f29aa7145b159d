//! `/_sim/faults`: REST faults.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::error::{Answer, At, ControlError, Given};
use crate::faults::Fault;
use crate::server::Shared;

/// Sets one.
pub async fn create(State(server): State<Shared>, Given(source): Given<Value>) -> Answer {
    let parsed: Result<Fault, _> = serde_json::from_value(source.clone());
    let mut fault = parsed.map_err(|error| ControlError::bad(format!("the fault does not fit: {error}")))?;
    fault.check().map_err(ControlError::bad)?;
    fault.source = source;
    let number = server.faults().add(fault);
    let number = number.ok_or_else(|| ControlError::bad("there are too many faults: delete some"))?;
    Ok(Json(json!({ "id": number })))
}

/// All that are set.
pub async fn list(State(server): State<Shared>) -> Json<Value> {
    Json(server.faults().list())
}

/// Takes all away.
pub async fn clear(State(server): State<Shared>) -> Json<Value> {
    server.faults().clear();
    Json(json!({}))
}

/// Takes one away.
pub async fn delete(State(server): State<Shared>, At(id): At<u64>) -> Answer {
    let known = server.faults().remove(id);
    if known { Ok(Json(json!({}))) } else { Err(ControlError::unknown(format!("there is no fault {id}"))) }
}
