//! Frames from the client: size, rate and op codes.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::close::{self, Close};
use super::connection::{Connection, End};
use super::{handshake, members};

/// The largest event a client may send.
const EVENT_BYTES: usize = 4096;
/// Events a client may send in a window.
const EVENTS: usize = 120;
/// The window.
const WINDOW: Duration = Duration::from_mins(1);

/// Takes one frame.
pub async fn receive(connection: &mut Connection, bytes: &[u8]) -> Result<(), End> {
    if !in_rate(connection) {
        return refuse(connection, close::RATE_LIMITED, &Value::Null);
    }
    let frame: Option<Value> =
        (bytes.len() <= EVENT_BYTES).then(|| serde_json::from_slice(bytes).ok()).flatten();
    let Some(frame) = frame.filter(Value::is_object) else {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
        return refuse(connection, close::DECODE_ERROR, &json!({ "bytes": bytes.len(), "start": start }));
    };
    connection.log("in", redacted(&frame));
    let Some(op) = frame["op"].as_u64() else {
        return refuse(connection, close::DECODE_ERROR, &frame);
    };
    let known = connection.carried.is_some();
    match op {
        1 => heartbeat(connection, &frame["d"]).await,
        2 | 6 if known => refuse(connection, close::ALREADY_AUTHENTICATED, &frame),
        2 => handshake::identify(connection, &frame["d"]).await,
        6 => handshake::resume(connection, &frame["d"]).await,
        3 | 4 | 8 | 31 if !known => refuse(connection, close::NOT_AUTHENTICATED, &frame),
        3 if !frame["d"].is_object() => refuse(connection, close::DECODE_ERROR, &frame),
        3 | 4 | 31 => Ok(()),
        8 => members::request(connection, &frame["d"]).await,
        _ => refuse(connection, close::UNKNOWN_OPCODE, &frame),
    }
}

fn in_rate(connection: &mut Connection) -> bool {
    let now = Instant::now();
    let events = &mut connection.events;
    while events.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
        events.pop_front();
    }
    events.push_back(now);
    events.len() <= EVENTS
}

/// Notes the client's fault and closes.
pub fn refuse(connection: &Connection, close: Close, frame: &Value) -> Result<(), End> {
    if let Some(rule) = close::rule(close.0) {
        let application = connection.carried.as_ref().map(|carried| carried.application);
        let detail = json!({ "code": close.0, "reason": close.1 });
        connection.server.violations.add(rule, application, &detail, &redacted(frame));
    }
    Err(End::Close(close))
}

/// Tokens are not for the log.
fn redacted(frame: &Value) -> Value {
    let mut frame = frame.clone();
    if frame["d"]["token"].is_string() {
        frame["d"]["token"] = json!("(hidden)");
    }
    frame
}

async fn heartbeat(connection: &mut Connection, seq: &Value) -> Result<(), End> {
    if !(seq.is_null() || seq.is_u64()) {
        return refuse(connection, close::DECODE_ERROR, &json!({ "op": 1, "d": seq }));
    }
    connection.heard();
    if let (Some(carried), Some(seq)) = (&connection.carried, seq.as_u64()) {
        let life = connection.server.options.session_life;
        let mut world = connection.server.world();
        if let Some(session) = world.sessions.get_mut(carried.application, &carried.session) {
            session.acknowledge(seq, life);
        }
    }
    connection.send(&json!({ "t": null, "s": null, "op": 11, "d": null })).await
}
