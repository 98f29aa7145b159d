//! The page at `/`: the world as a person sees it. Its script uses the control API and is told of changes by a
//! WebSocket; the files are in `page/`.

use axum::Router;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::server::Shared;
use crate::world::Change;

/// The page, its files and its WebSocket.
pub fn router() -> Router<Shared> {
    let file = |kind: &'static str, text: &'static str| {
        get(
            move || async move { ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text) },
        )
    };
    Router::new()
        .route("/", get(|| async { Html(include_str!("../page/index.html")) }))
        .route("/page/style.css", file("text/css; charset=utf-8", include_str!("../page/style.css")))
        .route("/page/main.js", file("text/javascript; charset=utf-8", include_str!("../page/main.js")))
        .route("/_sim/changes", get(changes))
}

async fn changes(State(server): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| tell(server, socket)).into_response()
}

/// Tells an open page what to draw anew, until it goes away.
async fn tell(server: Shared, mut socket: WebSocket) {
    let mut changes = server.world().changes.subscribe();
    loop {
        let change = tokio::select! {
            change = changes.recv() => change,
            frame = socket.recv() => match frame {
                Some(Ok(_)) => continue,
                _ => return,
            },
            () = server.shutdown.cancelled() => return,
        };
        let text = match change {
            Ok(Change::Channel(id)) => json!({ "channel": id }),
            Ok(Change::Interaction(id)) => json!({ "interaction": id }),
            // Too many changes to tell apart: everything is drawn anew.
            Ok(Change::Lists) | Err(RecvError::Lagged(_)) => json!({ "lists": true }),
            Err(RecvError::Closed) => return,
        };
        if socket.send(Message::Text(text.to_string().into())).await.is_err() {
            return;
        }
    }
}
