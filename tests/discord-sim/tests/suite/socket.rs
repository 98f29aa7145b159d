//! A bare gateway client that says exactly what a test wants it to say.

use std::time::Duration;

use flate2::{Decompress, FlushDecompress};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use zstd_safe::{DCtx, InBuffer, OutBuffer};

const PATIENCE: Duration = Duration::from_secs(10);

/// `GUILDS`.
pub const GUILDS: u64 = 1;
/// `GUILD_MESSAGES`.
pub const GUILD_MESSAGES: u64 = 1 << 9;
/// `DIRECT_MESSAGES`.
pub const DIRECT_MESSAGES: u64 = 1 << 12;
/// `MESSAGE_CONTENT`.
pub const MESSAGE_CONTENT: u64 = 1 << 15;

/// How payloads arrive.
enum Inflate {
    Single,
    Zlib(Decompress),
    Zstd(DCtx<'static>),
}

impl Inflate {
    /// As a connection's query asks.
    fn of(query: &str) -> Self {
        match query {
            "&compress=zlib-stream" => Self::Zlib(Decompress::new(true)),
            "&compress=zstd-stream" => Self::Zstd(DCtx::create()),
            _ => Self::Single,
        }
    }
}

/// A connection.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    inflate: Inflate,
    /// Whether the last payload came compressed.
    pub compressed: bool,
}

impl Socket {
    /// Connects to an address without its query, and takes Hello.
    pub async fn open(url: &str) -> Self {
        Self::open_with(url, "").await
    }

    /// The same with more in the query, like `&compress=zlib-stream`.
    pub async fn open_with(url: &str, more: &str) -> Self {
        let mut socket = Self::dial(&format!("{url}/?v=10&encoding=json{more}")).await;
        socket.inflate = Inflate::of(more);
        let hello = socket.next().await.expect("Hello comes first");
        assert_eq!(hello["op"], 10);
        assert!(hello["d"]["heartbeat_interval"].as_u64().unwrap() > 0);
        socket
    }

    /// Connects without expecting anything.
    pub async fn dial(url: &str) -> Self {
        let (stream, _) = connect_async(url).await.expect("the gateway answers");
        Self { stream, inflate: Inflate::Single, compressed: false }
    }

    /// Connects with a compression or another query, if the gateway lets one in; expects nothing.
    pub async fn try_dial(url: &str, more: &str) -> Option<Self> {
        let (stream, _) = connect_async(format!("{url}{more}")).await.ok()?;
        Some(Self { stream, inflate: Inflate::of(more), compressed: false })
    }

    /// The next payload, or the close code.
    pub async fn next(&mut self) -> Result<Value, u16> {
        let message = timeout(PATIENCE, self.stream.next()).await.expect("something comes in time");
        match message {
            Some(Ok(Message::Text(text))) => {
                self.compressed = false;
                Ok(serde_json::from_str(&text).unwrap())
            }
            Some(Ok(Message::Binary(bytes))) => {
                self.compressed = true;
                Ok(serde_json::from_slice(&self.inflate(&bytes)).unwrap())
            }
            Some(Ok(Message::Close(frame))) => Err(frame.map_or(1005, |frame| frame.code.into())),
            None | Some(Err(_)) => Err(1006),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Box::pin(self.next()).await,
            Some(Ok(other)) => panic!("unexpected frame {other:?}"),
        }
    }

    fn inflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(1 << 20);
        match &mut self.inflate {
            Inflate::Single => {
                Decompress::new(true).decompress_vec(bytes, &mut plain, FlushDecompress::Finish).unwrap();
            }
            Inflate::Zlib(stream) => {
                stream.decompress_vec(bytes, &mut plain, FlushDecompress::Sync).unwrap();
            }
            Inflate::Zstd(stream) => {
                let mut input = InBuffer::around(bytes);
                while input.pos() < bytes.len() {
                    let start = plain.len();
                    let mut output = OutBuffer::around_pos(&mut plain, start);
                    stream.decompress_stream(&mut output, &mut input).unwrap();
                }
            }
        }
        plain
    }

    /// The next payload of an op code; others are passed over.
    pub async fn op(&mut self, op: u64) -> Value {
        loop {
            let payload =
                self.next().await.unwrap_or_else(|code| panic!("closed with {code} before op {op}"));
            if payload["op"] == op {
                return payload;
            }
        }
    }

    /// The next dispatch of this name; other payloads are passed over.
    pub async fn event(&mut self, name: &str) -> Value {
        loop {
            let payload = self.op(0).await;
            if payload["t"] == name {
                return payload;
            }
        }
    }

    /// The close code; payloads before it are passed over.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// Whether nothing but heartbeat answers comes before the answer to a heartbeat sent now.
    pub async fn is_quiet(&mut self) -> bool {
        self.send(&json!({ "op": 1, "d": null })).await;
        self.next().await.is_ok_and(|payload| payload["op"] == 11)
    }

    /// Sends a payload.
    pub async fn send(&mut self, payload: &Value) {
        self.send_text(payload.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: String) {
        self.send_message(Message::text(text)).await;
    }

    /// Sends any frame. A connection that is already closing takes nothing more, which the next read tells.
    pub async fn send_message(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    /// Sends a payload, unless that takes long because the other side does not read.
    pub async fn send_impatiently(&mut self, payload: &Value) {
        let _ = timeout(Duration::from_millis(20), self.send(payload)).await;
    }

    /// Identifies and returns READY's payload.
    pub async fn identify(&mut self, token: &str, intents: u64) -> Value {
        self.say_identify(token, intents, json!([0, 1])).await;
        self.event("READY").await
    }

    /// Sends Identify.
    pub async fn say_identify(&mut self, token: &str, intents: u64, shard: Value) {
        let properties = json!({ "os": "linux", "browser": "test", "device": "test" });
        let d = json!({ "token": token, "intents": intents, "properties": properties, "shard": shard });
        self.send(&json!({ "op": 2, "d": d })).await;
    }

    /// Sends Resume.
    pub async fn say_resume(&mut self, token: &str, session: &Value, seq: u64) {
        self.send(&json!({ "op": 6, "d": { "token": token, "session_id": session, "seq": seq } })).await;
    }

    /// Closes with a code, and waits for the other side to have done so, too.
    pub async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.stream.close(Some(frame)).await.unwrap();
        while let Some(Ok(_)) = timeout(PATIENCE, self.stream.next()).await.expect("the close is answered") {}
    }
}
