//! Random gateway connections: frames that nearly fit, in any order, split, compressed, too large or no frames at
//! all; and what is allowed to come back.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as Raw;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::bodies::FRAMES;
use super::json::{Edit, any_edits, any_json, edited};
use super::places::Places;
use super::requests::any_bytes;
use crate::lab::Lab;
use crate::socket::Socket;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
#[derive(Clone, Debug)]
pub struct Talk {
    query: &'static str,
    identify: bool,
    frames: Vec<Frame>,
}

#[derive(Clone, Debug)]
enum Frame {
    Nearly(&'static str, Vec<(usize, Edit)>),
    Json(Value),
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Large(usize),
    Zlib(&'static str),
    /// A text in two halves, in or out of order.
    Split(&'static str, bool),
    /// A frame the protocol forbids here.
    Wrong(u8, Vec<u8>),
    Close(Option<u16>),
}

/// What stands after `?v=10`; the last two are no gateway's.
const QUERIES: [&str; 6] =
    ["", "", "&compress=zlib-stream", "&compress=zstd-stream", "&compress=brotli", "&encoding=etf"];

/// Any connection.
pub fn any_talk() -> impl Strategy<Value = Talk> {
    let frames = proptest::collection::vec(any_frame(), 0..6);
    (select(&QUERIES[..]), any::<bool>(), frames).prop_map(|(query, identify, frames)| Talk {
        query,
        identify,
        frames,
    })
}

fn any_frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        12 => (select(FRAMES), any_edits()).prop_map(|(frame, edits)| Frame::Nearly(frame, edits)),
        2 => any_json().prop_map(Frame::Json),
        1 => "\\PC{0,50}".prop_map(Frame::Text),
        2 => any_bytes(200).prop_map(Frame::Binary),
        1 => any_bytes(125).prop_map(Frame::Ping),
        1 => prop_oneof![Just(4097usize), Just(65_537), Just(300_000)].prop_map(Frame::Large),
        1 => select(FRAMES).prop_map(Frame::Zlib),
        2 => (select(FRAMES), any::<bool>()).prop_map(|(frame, order)| Frame::Split(frame, order)),
        1 => (3u8..16, any_bytes(200)).prop_map(|(code, bytes)| Frame::Wrong(code, bytes)),
        1 => proptest::option::of(prop_oneof![Just(1000u16), Just(1001), Just(4000), 1002u16..4999]).prop_map(Frame::Close),
    ]
}

impl Frame {
    fn messages(&self, places: &Places) -> Vec<Message> {
        let filled = |frame: &str| places.fill(frame);
        match self {
            Self::Nearly(frame, edits) => {
                let frame = serde_json::from_str(&filled(frame)).unwrap();
                vec![Message::text(edited(frame, edits).to_string())]
            }
            Self::Json(value) => vec![Message::text(value.to_string())],
            Self::Text(text) => vec![Message::text(text.clone())],
            Self::Binary(bytes) => vec![Message::binary(bytes.clone())],
            Self::Ping(bytes) => vec![Message::Ping(bytes.clone().into())],
            Self::Large(size) => vec![Message::text("x".repeat(*size))],
            Self::Zlib(frame) => vec![Message::binary(zlib(&filled(frame)))],
            Self::Split(frame, in_order) => {
                let text = filled(frame).into_bytes();
                let (head, tail) = text.split_at(text.len() / 2);
                let first = Raw::message(head.to_vec(), OpCode::Data(Data::Text), false);
                let last = Raw::message(tail.to_vec(), OpCode::Data(Data::Continue), true);
                let mut both = vec![Message::Frame(first), Message::Frame(last)];
                if !in_order {
                    both.reverse();
                }
                both
            }
            Self::Wrong(code, bytes) => {
                let op = if *code < 8 {
                    OpCode::Data(Data::Reserved(*code))
                } else {
                    OpCode::Control(Control::Reserved((*code).max(11)))
                };
                let mut frame = Raw::message(bytes.clone(), OpCode::Data(Data::Binary), true);
                frame.header_mut().opcode = op;
                vec![Message::Frame(frame)]
            }
            Self::Close(code) => {
                vec![Message::Close(code.map(|code| CloseFrame { code: code.into(), reason: "".into() }))]
            }
        }
    }

    /// Whether the connection may end without a close code of the gateway.
    fn ends_it(&self) -> bool {
        matches!(self, Self::Split(_, false) | Self::Wrong(..) | Self::Close(_))
    }
}

fn zlib(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

impl Talk {
    /// Holds the talk. When the gateway is `broken` on purpose, silence is an answer, too.
    pub async fn hold(&self, lab: &Lab, places: &Places, broken: bool) {
        let url = format!("{}/?v=10", lab.gateway());
        let Some(mut socket) = Socket::try_dial(&url, self.query).await else {
            return assert!(QUERIES[4..].contains(&self.query), "{} was refused", self.query);
        };
        if self.identify {
            socket.say_identify(places.get("token"), 0, json!([0, 1])).await;
        }
        for message in self.frames.iter().flat_map(|frame| frame.messages(places)) {
            socket.send_message(message).await;
        }
        // Whatever came before, this ends the talk: the op code does not exist.
        socket.send(&json!({ "op": 77, "d": null })).await;
        self.listen(&mut socket, broken).await;
    }

    /// Until the gateway closes.
    async fn listen(&self, socket: &mut Socket, broken: bool) {
        loop {
            match timeout(PATIENCE, socket.next()).await.expect("the talk ends") {
                Ok(payload) => assert!(payload["op"].is_u64(), "{payload}"),
                Err(code) => {
                    let documented = (4000..=4014).contains(&code) && code != 4006;
                    let own = self.frames.iter().any(Frame::ends_it);
                    return assert!(documented || own || broken, "closed with {code}");
                }
            }
        }
    }
}
