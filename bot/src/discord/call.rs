//! One request to Discord, before it is sent. Must not: show a token, not even in `Debug`.

use std::fmt;

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::Value;
use twilight_http_ratelimiting::{Endpoint, Method as Verb};

/// A file to upload.
#[derive(Clone)]
pub struct File {
    /// Name as the user sees it.
    pub name: String,
    /// Content.
    pub content: Bytes,
}

/// Content is somebody's goods: only its length is shown.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.content.len())
    }
}

/// One request to Discord.
pub struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// What logs and errors know the call by; holds no token.
    pub(super) route: String,
    body: Option<Value>,
    files: Vec<File>,
    /// Carries the bot's token; else an interaction's, in its path.
    pub(super) authorized: bool,
    pub(super) repeatable: bool,
}

/// Path and body may hold an interaction's token and goods.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.route)
    }
}

impl Call {
    /// A call with the bot's token. `path` is relative to the API's base URL and shown in logs.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        let route = format!("{method} {path}");
        Self::of(method, path, route, true)
    }

    /// A call that carries an interaction's token in its path instead; `shown` stands for the path in logs.
    #[must_use]
    pub fn with_token_in_path(method: Method, path: String, shown: &str) -> Self {
        let route = format!("{method} {shown}");
        Self::of(method, path, route, false)
    }

    fn of(method: Method, path: String, route: String, authorized: bool) -> Self {
        let repeatable = method != Method::POST;
        Self { method, path, route, body: None, files: Vec::new(), authorized, repeatable }
    }

    /// Sends this JSON.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Uploads these files beside the JSON.
    #[must_use]
    pub fn files(mut self, files: Vec<File>) -> Self {
        self.files = files;
        self
    }

    /// Says that carrying the call out twice does no harm (a nonce, a callback that answers 40060).
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Does carrying it out change nothing?
    pub(super) fn only_reads(&self) -> bool {
        self.method == Method::GET
    }

    /// What shares a rate limit: Discord never tells the ids below the top-level one apart.
    pub(super) fn endpoint(&self) -> Endpoint {
        let path = self.path.split('?').next().unwrap_or_default().trim_start_matches('/');
        let is_id = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts = path.split('/').enumerate();
        let parts = parts.map(|(index, part)| if index > 1 && is_id(part) { "*" } else { part });
        let method = match self.method {
            Method::POST => Verb::Post,
            Method::PUT => Verb::Put,
            Method::PATCH => Verb::Patch,
            Method::DELETE => Verb::Delete,
            _ => Verb::Get,
        };
        Endpoint { method, path: parts.collect::<Vec<_>>().join("/") }
    }

    /// Puts body and files into the request.
    pub(super) fn fill(&self, request: RequestBuilder) -> RequestBuilder {
        if self.files.is_empty() {
            return match &self.body {
                Some(body) => request.json(body),
                None => request,
            };
        }
        let payload = self.body.clone().unwrap_or_default().to_string();
        let form = multipart::Form::new().text("payload_json", payload);
        request.multipart(self.files.iter().enumerate().fold(form, |form, (index, file)| {
            let part = multipart::Part::stream(file.content.clone()).file_name(file.name.clone());
            form.part(format!("files[{index}]"), part)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_one_channel_share_a_limit_whatever_the_message_is() {
        let edit = |channel: u32, message: u32| {
            Call::new(Method::PATCH, format!("/channels/{channel}/messages/{message}")).endpoint()
        };
        assert_eq!(edit(1, 10), edit(1, 11));
        assert_ne!(edit(1, 10), edit(2, 10));
        let post = Call::new(Method::POST, "/channels/1/messages").endpoint();
        assert_ne!(post, edit(1, 10));
        let list = Call::new(Method::GET, "/channels/1/messages?limit=50").endpoint();
        assert_eq!((list.method, list.path.as_str()), (Verb::Get, "channels/1/messages"));
    }

    #[test]
    fn a_call_never_shows_its_token() {
        let path = "/webhooks/1/s3cret/messages/@original".to_owned();
        let call = Call::with_token_in_path(Method::PATCH, path, "interaction response");
        assert_eq!(format!("{call:?}"), "PATCH interaction response");
    }
}
