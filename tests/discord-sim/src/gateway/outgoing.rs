//! What goes out of a connection: the dispatches of its session, other frames, and their entries in the log.

use axum::extract::ws::Message;
use serde_json::{Value, json};
use tokio::time::timeout_at;

use super::close;
use super::compress;
use super::connection::{Connection, End};
use crate::world::application::Application;

/// Dispatches taken from the session's buffer at a time.
const BATCH: usize = 64;

impl Connection {
    /// Sends what the session's buffer holds beyond what was sent.
    pub async fn flush(&mut self) -> Result<(), End> {
        while let Some(carried) = &self.carried {
            let batch = {
                let world = self.server.world();
                let application = world.applications.get(&carried.application);
                if let Some(until) = application.and_then(Application::held_until) {
                    self.held_until = Some(until.into());
                    return Ok(());
                }
                let session = world.sessions.get(carried.application, &carried.session);
                let Some(session) = session else { return Ok(()) };
                if !session.reaches_back_to(carried.sent) {
                    // It fell too far behind: what it misses is forgotten.
                    return Err(End::Close(close::UNKNOWN_ERROR));
                }
                session.after(carried.sent, BATCH)
            };
            if batch.is_empty() {
                return Ok(());
            }
            for dispatch in batch {
                self.transmit(dispatch.frame()).await?;
                // In memory the name and number are enough, the content is in other entries.
                let entry = json!({ "op": 0, "t": dispatch.name, "s": dispatch.seq });
                self.log_with("out", entry, Some(&dispatch.data));
                if let Some(carried) = &mut self.carried {
                    carried.sent = dispatch.seq;
                }
            }
        }
        Ok(())
    }

    /// Sends a frame that is no dispatch, unless the gateway is paused.
    pub async fn send(&mut self, frame: &Value) -> Result<(), End> {
        if self.is_paused() {
            return Ok(());
        }
        self.log("out", frame.clone());
        self.transmit(frame.to_string()).await
    }

    fn is_paused(&self) -> bool {
        let Some(carried) = &self.carried else { return false };
        let world = self.server.world();
        world.applications.get(&carried.application).and_then(Application::held_until).is_some()
    }

    async fn transmit(&mut self, text: String) -> Result<(), End> {
        let stream = self.compression.apply(&text).map_err(|_| End::Gone)?;
        // Discord compresses single payloads where it is worth it.
        let message = match stream {
            Some(bytes) => Message::Binary(bytes.into()),
            None if self.compress_payloads && text.len() > 512 => {
                Message::Binary(compress::single(&text).map_err(|_| End::Gone)?.into())
            }
            None => Message::Text(text.into()),
        };
        // A client that reads nothing any more is as dead as one that says nothing.
        let sent = timeout_at(self.deadline, self.socket.send(message)).await;
        sent.map_err(|_| End::Stuck)?.map_err(|_| End::Gone)
    }

    /// Writes a frame to the log.
    pub fn log(&self, direction: &str, frame: Value) {
        self.log_with(direction, frame, None);
    }

    /// The same, with its `d` in the log file.
    fn log_with(&self, direction: &str, mut frame: Value, data: Option<&str>) {
        frame["direction"] = json!(direction);
        if let Some(carried) = &self.carried {
            frame["application_id"] = json!(carried.application);
            frame["session_id"] = json!(carried.session);
            frame["shard"] = json!([carried.shard.0, carried.shard.1]);
        }
        self.server.log.add_with("gateway", &frame, "d", data);
    }
}
