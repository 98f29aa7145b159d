//! The bots' gateway sessions: open, with heartbeats, reading every event, and handing on what was clicked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::field;
use crate::target::{BOTS, BOTS_PER_GUILD, GUILDS, HEARTBEAT_SECONDS, Target, token};

/// `GUILDS` and `GUILD_MESSAGES`.
const INTENTS: u64 = 1 | 1 << 9;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a bot needs of an interaction to answer it.
#[derive(serde::Deserialize)]
pub struct Clicked {
    pub id: String,
    pub token: String,
}

/// All sessions.
pub struct Sessions {
    /// Where each guild's interactions arrive.
    pub clicked: Vec<mpsc::UnboundedReceiver<Clicked>>,
    /// Events that arrived.
    pub events: Arc<AtomicU64>,
    /// Heartbeats that were answered.
    pub heartbeats: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Sessions {
    /// Opens them all; how long it took.
    pub async fn open(target: &Target) -> (Self, Duration) {
        let start = Instant::now();
        let mut sockets = Vec::new();
        for bot in 0..BOTS {
            sockets.push(identify(target, bot).await);
        }
        let took = start.elapsed();
        let (senders, clicked): (Vec<_>, _) = (0..GUILDS).map(|_| mpsc::unbounded_channel()).unzip();
        let mut sessions =
            Self { clicked, events: Arc::default(), heartbeats: Arc::default(), tasks: JoinSet::new() };
        for (bot, socket) in sockets.into_iter().enumerate() {
            let (events, heartbeats) = (sessions.events.clone(), sessions.heartbeats.clone());
            sessions.tasks.spawn(attend(socket, senders[bot / BOTS_PER_GUILD].clone(), events, heartbeats));
        }
        (sessions, took)
    }

    /// Sessions whose connection still stands.
    pub fn alive(&mut self) -> usize {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.len()
    }
}

async fn identify(target: &Target, bot: usize) -> Socket {
    let url = format!("{}/gateway/?v=10&encoding=json", target.url.replace("http", "ws"));
    let (mut socket, _) = connect_async(url).await.unwrap();
    socket.next().await.unwrap().unwrap();
    let token = token(bot);
    let frame = format!(r#"{{"op":2,"d":{{"token":"{token}","intents":{INTENTS},"properties":{{}}}}}}"#);
    socket.send(Message::text(frame)).await.unwrap();
    let ready = socket.next().await.unwrap().unwrap();
    assert!(ready.into_text().unwrap().contains("\"READY\""));
    socket
}

async fn attend(
    mut socket: Socket,
    clicked: mpsc::UnboundedSender<Clicked>,
    events: Arc<AtomicU64>,
    heartbeats: Arc<AtomicU64>,
) {
    let mut beat = tokio::time::interval(Duration::from_secs(HEARTBEAT_SECONDS));
    let mut seq = 0;
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = beat.tick() => {
                socket.send(Message::text(format!(r#"{{"op":1,"d":{seq}}}"#))).await.unwrap();
                continue;
            }
        };
        let Some(Ok(message)) = message else { return };
        let text = message.to_text().unwrap();
        let head = &text[..text.len().min(60)];
        if head.contains("\"op\":11") {
            heartbeats.fetch_add(1, Ordering::Relaxed);
        }
        let Some(name) = field(head, "t") else { continue };
        events.fetch_add(1, Ordering::Relaxed);
        seq =
            head.split("\"s\":").nth(1).and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(seq);
        if name == "INTERACTION_CREATE" {
            let event: Event = serde_json::from_str(text).unwrap();
            let _ = clicked.send(event.d);
        }
    }
}

/// An interaction as its bot gets it.
#[derive(serde::Deserialize)]
struct Event {
    d: Clicked,
}
