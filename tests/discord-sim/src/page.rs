//! The page at `/`: the world as a person sees it. Its script uses the control API and is told of changes by a
//! WebSocket; the files are in `page/` and part of the program.

use axum::Router;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::server::Shared;
use crate::world::Change;

/// A path, its media type and its text.
type File = (&'static str, &'static str, &'static str);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const FILES: [File; 20] = [
    ("/", HTML, include_str!("../page/index.html")),
    ("/page/icon.svg", "image/svg+xml", include_str!("../page/icon.svg")),
    ("/page/style.css", CSS, include_str!("../page/style.css")),
    ("/page/message.css", CSS, include_str!("../page/message.css")),
    ("/page/main.js", JS, include_str!("../page/main.js")),
    ("/page/dom.js", JS, include_str!("../page/dom.js")),
    ("/page/api.js", JS, include_str!("../page/api.js")),
    ("/page/state.js", JS, include_str!("../page/state.js")),
    ("/page/markdown.js", JS, include_str!("../page/markdown.js")),
    ("/page/select.js", JS, include_str!("../page/select.js")),
    ("/page/suggest.js", JS, include_str!("../page/suggest.js")),
    ("/page/embed.js", JS, include_str!("../page/embed.js")),
    ("/page/components.js", JS, include_str!("../page/components.js")),
    ("/page/icons.js", JS, include_str!("../page/icons.js")),
    ("/page/group.js", JS, include_str!("../page/group.js")),
    ("/page/modal.js", JS, include_str!("../page/modal.js")),
    ("/page/message.js", JS, include_str!("../page/message.js")),
    ("/page/composer.js", JS, include_str!("../page/composer.js")),
    ("/page/command.js", JS, include_str!("../page/command.js")),
    ("/page/sidebar.js", JS, include_str!("../page/sidebar.js")),
];

/// Nothing but the page's own files runs; pictures may come from anywhere, as embeds name them.
const POLICY: &str =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src * data:; object-src 'none'; base-uri 'none'";

/// The page, its files and its WebSocket.
pub fn router() -> Router<Shared> {
    let files = FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        router.route(path, get(move || async move { file(kind, text) }))
    });
    files.route("/_sim/changes", get(changes))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}

async fn changes(State(server): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    // Before the page knows that it is connected: what it then looks at, and what it is told, leave no gap.
    let changes = server.world().changes.subscribe();
    upgrade.on_upgrade(move |socket| tell(server, changes, socket)).into_response()
}

/// Tells an open page what to draw anew, until it goes away.
async fn tell(server: Shared, mut changes: Receiver<Change>, mut socket: WebSocket) {
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
