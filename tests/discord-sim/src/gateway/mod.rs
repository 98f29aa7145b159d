//! The gateway: WebSocket connections at `/gateway` and, for resuming, at `/resume`.

pub mod close;
pub mod compress;
pub mod connection;
pub mod frames;
pub mod handshake;
pub mod members;
pub mod outgoing;

use std::time::Instant;

use axum::Router;
use axum::extract::{ConnectInfo, Path, Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde::Deserialize;

use crate::id::Id;
use crate::net::Peer;
use crate::rest::version::NUMBERS;
use crate::server::Shared;
use crate::world::base::Base;
use compress::Compression;

/// Frames larger than this are not even read; the limit for events is 4096 bytes.
const FRAME_BYTES: usize = 64 << 10;

/// Memory a connection takes for reading, enough for the largest event.
const READ_BYTES: usize = 8 << 10;

/// The gateway's addresses. Those with an id are what `GET /gateway/bot` and READY give out, so that a fault can
/// refuse the connections of one application.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/gateway", any(open))
        .route("/gateway/", any(open))
        .route("/gateway/{application}", any(open_main))
        .route("/gateway/{application}/", any(open_main))
        .route("/resume/{application}", any(open_resume))
        .route("/resume/{application}/", any(open_resume))
}

/// The query of a connection.
#[derive(Clone, Debug, Deserialize)]
pub struct Dial {
    v: Option<u64>,
    encoding: Option<String>,
    compress: Option<String>,
}

/// What a connection is before anything was said.
pub struct Entry {
    /// The API version asked for, if it is one that exists.
    pub version: Option<u64>,
    /// Transport compression.
    pub compression: Compression,
    /// The address the client used.
    pub base: Base,
}

async fn open(
    State(server): State<Shared>,
    Query(dial): Query<Dial>,
    base: Base,
    upgrade: WebSocketUpgrade,
) -> Response {
    accept(server, &dial, base, upgrade)
}

async fn open_main(
    State(server): State<Shared>,
    Path(application): Path<Id>,
    Query(dial): Query<Dial>,
    base: Base,
    upgrade: WebSocketUpgrade,
) -> Response {
    if refused(&server, application, false) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    accept(server, &dial, base, upgrade)
}

async fn open_resume(
    State(server): State<Shared>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Path(application): Path<Id>,
    Query(dial): Query<Dial>,
    base: Base,
    upgrade: WebSocketUpgrade,
) -> Response {
    if refused(&server, application, true) {
        // A dead host does not answer at all.
        peer.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    accept(server, &dial, base, upgrade)
}

fn refused(server: &Shared, application: Id, resume: bool) -> bool {
    let world = server.world();
    world.applications.get(&application).is_some_and(|app| app.refuses(resume, Instant::now()))
}

fn accept(server: Shared, dial: &Dial, base: Base, upgrade: WebSocketUpgrade) -> Response {
    if dial.encoding.as_deref().is_some_and(|encoding| encoding != "json") {
        return (StatusCode::BAD_REQUEST, "this gateway speaks encoding=json").into_response();
    }
    let compression = match dial.compress.as_deref() {
        None | Some("") => Compression::None,
        Some("zlib-stream") => Compression::zlib(),
        Some("zstd-stream") => Compression::zstd(),
        Some(_) => {
            return (StatusCode::BAD_REQUEST, "compress is zlib-stream or zstd-stream").into_response();
        }
    };
    let entry = Entry { version: dial.v.filter(|version| NUMBERS.contains(version)), compression, base };
    upgrade
        .read_buffer_size(READ_BYTES)
        .max_message_size(FRAME_BYTES)
        .max_frame_size(FRAME_BYTES)
        .on_upgrade(move |socket| connection::run(server, socket, entry))
}
