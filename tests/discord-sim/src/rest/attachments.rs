//! Downloads of files under `/attachments`, outside the API and its limits as on Discord's file servers.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::id::Id;
use crate::server::Shared;

/// The bytes of a file.
pub async fn get(State(server): State<Shared>, Path((channel, id, _)): Path<(Id, Id, String)>) -> Response {
    let world = server.world();
    let Some((file, data)) = world.files.get(id).filter(|(file, _)| file.channel == channel) else {
        return (StatusCode::NOT_FOUND, "This content is no longer available.").into_response();
    };
    let inline = file.content_type.starts_with("image/") || file.content_type.starts_with("text/plain");
    let shown = if inline { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, file.content_type.clone()),
        (header::CONTENT_DISPOSITION, shown.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
    ];
    (headers, data.clone()).into_response()
}
