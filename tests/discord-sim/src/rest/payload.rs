//! Request bodies: JSON, or a form with `payload_json` or plain fields, and `files[n]`. Read once, before anything else, so
//! that the log, the faults and the handler see the same.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::error::ApiError;

/// Largest request (Discord: 25 MiB).
const REQUEST_BYTES: usize = 25 << 20;
/// Largest file of a bot without boosts (Discord: 10 MiB).
const FILE_BYTES: usize = 10 << 20;

/// The media type of a file of which nothing is known.
const ANY_BYTES: &str = "application/octet-stream";

/// Routes that take `application/x-www-form-urlencoded` as well, by Discord's description.
const FORMS: [(&str, &str); 5] = [
    ("POST", "/channels/{channel}/messages"),
    ("PATCH", "/channels/{channel}/messages/{message}"),
    ("POST", "/interactions/{id}/{token}/callback"),
    ("POST", "/webhooks/{webhook}/{token}"),
    ("PATCH", "/webhooks/{webhook}/{token}/messages/{message}"),
];

/// A body as it was sent.
#[derive(Debug, Default)]
pub struct Payload {
    /// The JSON part.
    pub json: Option<Value>,
    /// The files, in order.
    pub files: Vec<Upload>,
    /// The JSON part of a body of files alone.
    nothing: Map<String, Value>,
    /// Why it could not be read; handlers that need a body refuse with this.
    pub broken: Option<ApiError>,
}

/// A file of a multipart body.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The `n` of `files[n]`.
    pub index: u64,
    /// Its name.
    pub filename: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub data: Bytes,
}

impl Payload {
    /// Reads the body of a request to a route, which may take so long.
    pub async fn read(parts: &Parts, route: &str, body: Body, patience: Duration) -> Self {
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let bytes = match timeout(patience, to_bytes(body, REQUEST_BYTES)).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(_)) => return Self::broken(too_large()),
            Err(_) => {
                return Self::broken(ApiError::new(StatusCode::REQUEST_TIMEOUT, 0, "408: Request Timeout"));
            }
        };
        if bytes.is_empty() {
            return Self::default();
        }
        if kind.starts_with("multipart/form-data") {
            return Self::multipart(kind, bytes).await.unwrap_or_else(Self::broken);
        }
        if kind.starts_with("application/x-www-form-urlencoded")
            && FORMS.contains(&(parts.method.as_str(), route))
        {
            return Self::form(&bytes).unwrap_or_else(Self::broken);
        }
        if !kind.starts_with("application/json") {
            return Self::broken(wrong_type());
        }
        match serde_json::from_slice(&bytes) {
            Ok(json) => Self { json: Some(json), ..Self::default() },
            Err(_) => Self::broken(ApiError::no_json()),
        }
    }

    fn broken(error: ApiError) -> Self {
        Self { broken: Some(error), ..Self::default() }
    }

    fn form(bytes: &[u8]) -> Result<Self, ApiError> {
        let mut fields: Map<String, Value> = url::form_urlencoded::parse(bytes)
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        let json = match fields.remove("payload_json").as_ref().and_then(Value::as_str) {
            Some(text) => serde_json::from_str(text).map_err(|_| ApiError::no_json())?,
            None => Value::Object(fields),
        };
        Ok(Self { json: Some(json), ..Self::default() })
    }

    async fn multipart(kind: &str, bytes: Bytes) -> Result<Self, ApiError> {
        let bad = || ApiError::bad_request(50_035, "Invalid Form Body");
        let request = Request::builder().header(header::CONTENT_TYPE, kind).body(Body::from(bytes));
        let mut form = Multipart::from_request(request.map_err(|_| bad())?, &()).await.map_err(|_| bad())?;
        let mut payload = Self::default();
        let mut texts = Map::new();
        while let Some(field) = form.next_field().await.map_err(|_| bad())? {
            let name = field.name().unwrap_or_default().to_owned();
            let filename = field.file_name().map(str::to_owned);
            let content_type = field.content_type().map(str::to_owned);
            let data = field.bytes().await.map_err(|_| bad())?;
            if name == "payload_json" {
                payload.json = Some(serde_json::from_slice(&data).map_err(|_| ApiError::no_json())?);
            } else if let Some(filename) = filename {
                payload.add_file(&name, &filename, content_type, data)?;
            } else {
                texts.insert(name, String::from_utf8_lossy(&data).into());
            }
        }
        // Plain fields stand for the JSON of a form that has none, as `curl -F content=hi` sends it.
        if payload.json.is_none() && !texts.is_empty() {
            payload.json = Some(Value::Object(texts));
        }
        Ok(payload)
    }

    fn add_file(
        &mut self,
        field: &str,
        name: &str,
        kind: Option<String>,
        data: Bytes,
    ) -> Result<(), ApiError> {
        if data.len() > FILE_BYTES {
            return Err(too_large());
        }
        let digits: String = field.chars().filter(char::is_ascii_digit).collect();
        let index = digits.parse().unwrap_or(self.files.len() as u64);
        // Discord goes by the name, and by what the client says of those that tell nothing.
        let guessed = guess_type(name);
        let said = kind.filter(|_| guessed == ANY_BYTES);
        let content_type = said.unwrap_or_else(|| guessed.to_owned());
        let filename = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        self.files.push(Upload { index, filename, content_type, data });
        Ok(())
    }

    /// The JSON object of the body.
    pub fn object(&self) -> Result<&Map<String, Value>, ApiError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        match &self.json {
            Some(Value::Object(object)) => Ok(object),
            None if !self.files.is_empty() => Ok(&self.nothing),
            _ => Err(ApiError::no_json()),
        }
    }

    /// What the log shows of the body.
    #[must_use]
    pub fn log(&self) -> Value {
        let mut entry = json!({ "body": self.json });
        if !self.files.is_empty() {
            let files =
                self.files.iter().map(|file| json!({ "name": file.filename, "size": file.data.len() }));
            entry["files"] = files.collect();
        }
        entry
    }
}

/// The media type Discord would guess from a file's name.
#[must_use]
pub fn guess_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "txt" | "log" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "zip" => "application/zip",
        "pdf" => "application/pdf",
        _ => ANY_BYTES,
    }
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, 40_005, "Request entity too large")
}

fn wrong_type() -> ApiError {
    let mut error = ApiError::bad_request(50_035, "Invalid Form Body");
    let message = r#"Expected "Content-Type" header to be one of {'application/json'}."#;
    error.errors = Some(json!({ "_errors": [{ "code": "CONTENT_TYPE_INVALID", "message": message }] }));
    error
}

impl<S: Sync> FromRequestParts<S> for Sent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Arc<Payload>>().cloned().map(Sent).ok_or_else(ApiError::no_json)
    }
}

/// The body, as handlers take it.
pub struct Sent(pub Arc<Payload>);
