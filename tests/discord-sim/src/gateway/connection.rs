//! One WebSocket connection: reads frames, sends what its session is due, obeys orders, notices zombies.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout};

use super::close::{self, Close};
use super::compress::Compression;
use super::{Entry, frames};
use crate::id::Id;
use crate::server::Shared;
use crate::world::base::Base;
use crate::world::session::{Link, Order};

/// After so many intervals without a heartbeat the gateway asks for one.
const ASK_AFTER: f64 = 1.25;
/// After so many a client is a zombie.
const ZOMBIE_AFTER: f64 = 1.5;
/// Orders that wait for a connection that is stuck.
const ORDERS: usize = 16;
/// How long a client may take to follow op 7 or op 9 before it is closed.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the other side may take to close.
const CLOSING: Duration = Duration::from_secs(2);

/// The session a connection carries.
pub struct Carried {
    /// Session id.
    pub session: String,
    /// Whose.
    pub application: Id,
    /// `[shard_id, num_shards]`.
    pub shard: (u64, u64),
    /// The last sequence number sent here.
    pub sent: u64,
}

/// What a connection keeps.
pub struct Connection {
    /// The shared parts.
    pub server: Shared,
    pub(super) socket: WebSocket,
    pub(super) compression: Compression,
    /// The API version spoken.
    pub version: u64,
    /// Compress each large payload by itself, as Identify asked.
    pub compress_payloads: bool,
    /// The address the client used.
    pub base: Base,
    /// The session, once there is one.
    pub carried: Option<Carried>,
    /// When the client sent events of late, for 120 a minute.
    pub events: VecDeque<Instant>,
    /// When a heartbeat must have come at last.
    pub(super) deadline: Instant,
    /// When one is asked for, unless that was done.
    ask: Option<Instant>,
    /// Nothing is sent before.
    pub held_until: Option<Instant>,
    /// Told of new dispatches.
    pub wake: Arc<Notify>,
    orders: mpsc::Sender<Order>,
}

/// Why a connection ends.
pub enum End {
    /// The stand-in closes it.
    Close(Close),
    /// The client closed it with this code, if it gave one.
    Closed(Option<u16>),
    /// The client reads nothing any more, not even a close.
    Stuck,
    /// The connection broke, or the stand-in breaks it.
    Gone,
}

/// Serves a connection to its end.
pub async fn run(server: Shared, socket: WebSocket, entry: Entry) {
    let (orders, mut inbox) = mpsc::channel(ORDERS);
    let mut connection = Connection {
        deadline: Instant::now(),
        ask: None,
        server,
        socket,
        compression: entry.compression,
        version: entry.version.unwrap_or_default(),
        compress_payloads: false,
        base: entry.base,
        carried: None,
        events: VecDeque::new(),
        held_until: None,
        wake: Arc::default(),
        orders,
    };
    connection.heard();
    let end = if entry.version.is_some() {
        match connection.talk(&mut inbox).await {
            Ok(()) => End::Gone,
            Err(end) => end,
        }
    } else {
        End::Close(close::INVALID_VERSION)
    };
    connection.finish(end).await;
}

impl Connection {
    async fn talk(&mut self, inbox: &mut mpsc::Receiver<Order>) -> Result<(), End> {
        let interval = crate::time::millis(self.server.options.heartbeat_interval);
        self.send(
            &json!({ "t": null, "s": null, "op": 10, "d": { "heartbeat_interval": interval, "_trace": [] } }),
        )
        .await?;
        let wake = self.wake.clone();
        let shutdown = self.server.shutdown.clone();
        loop {
            let held = self.held_until;
            tokio::select! {
                frame = self.socket.recv() => match frame {
                    Some(Ok(message)) => self.read(message).await?,
                    Some(Err(error)) => return Err(oversize_or_gone(&error)),
                    None => return Err(End::Gone),
                },
                Some(order) = inbox.recv() => self.obey(order).await?,
                () = wake.notified() => self.flush().await?,
                () = sleep_until(held.unwrap_or_else(Instant::now)), if held.is_some() => {
                    self.held_until = None;
                    self.flush().await?;
                }
                () = sleep_until(self.ask.unwrap_or(self.deadline)), if self.ask.is_some() => {
                    self.ask = None;
                    self.send(&json!({ "t": null, "s": null, "op": 1, "d": null })).await?;
                }
                () = sleep_until(self.deadline) => return Err(End::Close(close::UNKNOWN_ERROR)),
                () = shutdown.cancelled() => return Err(End::Gone),
            }
        }
    }

    /// A heartbeat came: the clocks for the next one start.
    pub fn heard(&mut self) {
        let interval = self.server.options.heartbeat_interval;
        self.deadline = Instant::now() + interval.mul_f64(ZOMBIE_AFTER);
        self.ask = Some(Instant::now() + interval.mul_f64(ASK_AFTER));
    }

    async fn read(&mut self, message: Message) -> Result<(), End> {
        let bytes = match message {
            Message::Text(text) => axum::body::Bytes::from(text),
            Message::Binary(bytes) => bytes,
            Message::Close(frame) => return Err(End::Closed(frame.map(|frame| frame.code))),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        frames::receive(self, &bytes).await
    }

    async fn obey(&mut self, order: Order) -> Result<(), End> {
        match order {
            Order::Close(code, reason) => Err(End::Close((code, reason))),
            Order::Reconnect => {
                self.deadline = self.deadline.min(Instant::now() + PATIENCE);
                self.send(&json!({ "t": null, "s": null, "op": 7, "d": null })).await
            }
            Order::Invalidate(resumable) => {
                self.detach();
                self.deadline = self.deadline.min(Instant::now() + PATIENCE);
                self.send(&json!({ "t": null, "s": null, "op": 9, "d": resumable })).await
            }
        }
    }

    /// A way for the world to reach this connection.
    #[must_use]
    pub fn link(&self, number: u64) -> Link {
        Link { number, wake: self.wake.clone(), orders: self.orders.clone() }
    }

    /// The session no longer belongs to this connection.
    pub fn detach(&mut self) {
        let Some(carried) = self.carried.take() else { return };
        let mut world = self.server.world();
        if let Some(session) = world.sessions.get_mut(carried.application, &carried.session)
            && session.link.as_ref().is_some_and(|link| link.orders.same_channel(&self.orders))
        {
            session.link = None;
            session.detached = Some(std::time::Instant::now());
        }
    }

    async fn finish(mut self, end: End) {
        let (code, by) = match &end {
            End::Close((code, _)) => (Some(*code), "server"),
            End::Closed(code) => (*code, "client"),
            End::Stuck => (None, "server"),
            End::Gone => (None, "nobody"),
        };
        self.log("closed", json!({ "code": code, "by": by }));
        let ended = code.is_some_and(|code| close::ends_session(code, by == "client"));
        if ended && let Some(carried) = &self.carried {
            let mut world = self.server.world();
            let session = world.sessions.get(carried.application, &carried.session);
            let link = session.and_then(|session| session.link.as_ref());
            if link.is_some_and(|link| link.orders.same_channel(&self.orders)) {
                world.sessions.remove(carried.application, &carried.session);
            }
        }
        self.detach();
        match end {
            End::Close((code, reason)) => {
                let frame = CloseFrame { code, reason: reason.into() };
                let said = timeout(CLOSING, self.socket.send(Message::Close(Some(frame)))).await;
                if said.is_ok_and(|said| said.is_ok()) {
                    self.drain().await;
                }
            }
            // The answer to the client's close goes out with the next read.
            End::Closed(_) => self.drain().await,
            End::Stuck | End::Gone => {}
        }
    }

    /// Reads until the other side has closed, too, or takes too long.
    async fn drain(&mut self) {
        let rest = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        let _ = timeout(CLOSING, rest).await;
    }
}

/// A frame beyond all limits is answered like a payload that is too large.
fn oversize_or_gone(error: &axum::Error) -> End {
    let text = error.to_string().to_lowercase();
    let faulty = ["too long", "too big", "space limit", "utf-8"].iter().any(|sign| text.contains(sign));
    if faulty { End::Close(close::DECODE_ERROR) } else { End::Gone }
}
