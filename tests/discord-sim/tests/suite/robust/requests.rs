//! Random requests: every route with real ids and a body that nearly fits, and what is allowed to come back.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::bodies::{CONTROL, Call, REST};
use super::json::{Edit, any_edits, any_json, edited};
use super::places::Places;
use crate::lab::Lab;

/// How long a call may take that is not asked to wait.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same for one that may be asked to.
const GLANCE: Duration = Duration::from_millis(200);

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    call: Call,
    method: Option<&'static str>,
    /// Something else stands in one place of the path.
    stray: Option<(Index, String)>,
    token: Token,
    body: Body,
    kind: &'static str,
}

#[derive(Clone, Debug)]
enum Token {
    Own,
    None,
    Other(String),
}

#[derive(Clone, Debug)]
enum Body {
    Nearly(Vec<(usize, Edit)>),
    Json(Value),
    Bytes(Vec<u8>),
    Form(Vec<(usize, Edit)>, Vec<(String, String, Vec<u8>)>),
}

/// Any request.
pub fn any_request() -> impl Strategy<Value = Request> {
    let calls: Vec<Call> = REST.iter().chain(CONTROL).copied().collect();
    let stray = prop_oneof![
        8 => Just(None),
        1 => (any::<Index>(), stray_part()).prop_map(Some),
    ];
    let method = prop_oneof![
        15 => Just(None),
        1 => select(&["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"][..]).prop_map(Some),
    ];
    let token = prop_oneof![10 => Just(Token::Own), 1 => Just(Token::None), 1 => "[ -~]{0,20}".prop_map(Token::Other)];
    (select(calls), method, stray, token, any_body(), any_kind()).prop_map(
        |(call, method, stray, token, body, kind)| Request { call, method, stray, token, body, kind },
    )
}

/// Parts of a path that are no id, no id of this kind, or none at all.
fn stray_part() -> impl Strategy<Value = String> {
    prop_oneof![
        select(
            &[
                "0",
                "-1",
                "1",
                "18446744073709551615",
                "99999999999999999999",
                "@me",
                "@original",
                "%00",
                "%F0%9F"
            ][..]
        )
        .prop_map(str::to_owned),
        "[a-z0-9%.~]{0,30}",
        Just("9".repeat(3000)),
    ]
}

fn any_kind() -> impl Strategy<Value = &'static str> {
    let odd = &[
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "",
        "application/json; charset=utf-8",
    ];
    prop_oneof![12 => Just("application/json"), 1 => select(&odd[..])]
}

fn any_body() -> impl Strategy<Value = Body> {
    let file = ("[ -~]{0,12}|files\\[[0-9]{1,30}\\]|payload_json", "[ -~]{0,12}|a\\.txt", any_bytes(200));
    prop_oneof![
        12 => any_edits().prop_map(Body::Nearly),
        3 => any_json().prop_map(Body::Json),
        1 => any_bytes(300).prop_map(Body::Bytes),
        1 => Just(Body::Bytes(b"[".repeat(10_000))),
        3 => (any_edits(), proptest::collection::vec(file, 0..4)).prop_map(|(edits, files)| Body::Form(edits, files)),
    ]
}

/// Any bytes, up to so many.
pub fn any_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

impl Request {
    /// Whether the stand-in is asked to be late, broken or silent afterwards.
    pub fn breaks_things(&self) -> bool {
        ["/faults", "/pause", "/refuse"].iter().any(|part| self.call.1.contains(part))
    }

    fn path(&self, places: &Places) -> String {
        let mut parts: Vec<String> = self.call.1.split('/').map(str::to_owned).collect();
        if let Some((index, part)) = &self.stray {
            let at = index.index(parts.len() - 1) + 1;
            parts[at].clone_from(part);
        }
        places.fill(&parts.join("/"))
    }

    /// The media type and the bytes.
    fn content(&self, places: &Places) -> (String, Vec<u8>) {
        let fitting = || serde_json::from_str(&places.fill(self.call.2)).unwrap_or(Value::Null);
        let json = |value: &Value| (self.kind.to_owned(), value.to_string().into_bytes());
        match &self.body {
            Body::Nearly(_) if self.call.2.is_empty() => (String::new(), Vec::new()),
            Body::Nearly(edits) => json(&edited(fitting(), edits)),
            Body::Json(value) => json(value),
            Body::Bytes(bytes) => (self.kind.to_owned(), bytes.clone()),
            Body::Form(edits, files) => {
                ("multipart/form-data; boundary=x".into(), form(&edited(fitting(), edits), files))
            }
        }
    }

    /// Sends it and looks at the answer.
    pub async fn send(&self, lab: &Lab, places: &Places, broken: bool) {
        let method = self.method.unwrap_or(self.call.0);
        let path = self.path(places);
        let url = format!("{}{path}", lab.sim.url());
        let (kind, bytes) = self.content(places);
        let mut request =
            lab.http.request(method.parse().unwrap(), url).header("content-type", kind).body(bytes);
        match &self.token {
            Token::Own => request = request.header("authorization", format!("Bot {}", places.get("token"))),
            Token::None => {}
            Token::Other(text) => request = request.header("authorization", text),
        }
        let may_wait = broken || path.contains("wait=");
        let answer = request.timeout(if may_wait { GLANCE } else { PATIENCE }).send().await;
        if broken || answer.as_ref().is_err_and(|error| may_wait && error.is_timeout()) {
            return;
        }
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let status = answer.status().as_u16();
        assert!(status < 500, "{method} {path} answered {status}");
        // Where the request went after all: clients resolve dots in paths.
        let api = ["/api/v10/", "/_sim/"].iter().any(|api| answer.url().path().starts_with(api));
        let body = answer.text().await.unwrap();
        if status >= 400 && method != "HEAD" && api {
            let body: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
            let documented = body["code"].is_u64() && body["message"].is_string();
            assert!(documented || body["error"].is_string(), "{method} {path}: {status} {body}");
        }
    }
}

/// A multipart body.
fn form(json: &Value, files: &[(String, String, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    let json = json.to_string();
    body.extend(
        format!("--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{json}\r\n").bytes(),
    );
    for (field, name, bytes) in files {
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    body
}
