//! A client for tests, without a server: a function answers, and the requests are kept.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use http::{Request, Response};
use kube::{Client, client::Body};
use serde_json::{Value, json};

/// What was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// The body; null if there was none.
    pub body: Value,
}

/// A client and what was asked through it.
#[derive(Clone)]
pub struct Stub {
    /// The client.
    pub client: Client,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    /// `answer` gives the status code and the body.
    pub fn new(answer: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let (asked, answer) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::new(answer));
        let kept = Arc::clone(&asked);
        let service = tower::service_fn(move |request: Request<Body>| {
            let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect_bytes().await.unwrap_or_default();
                let asked = Asked {
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    body: serde_json::from_slice(&body).unwrap_or_default(),
                };
                let (code, body) = answer(&asked);
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
                let body = Body::from(body.to_string().into_bytes());
                Ok::<_, Infallible>(Response::builder().status(code).body(body).unwrap())
            }
        });
        Self { client: Client::new(service, "default"), asked }
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The API server's words for a refusal.
pub fn refusal(code: u16, reason: &str, message: &str) -> (u16, Value) {
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message,
    });
    (code, status)
}
