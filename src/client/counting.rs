//! The layer of the client that counts every request, by verb and resource as RBAC rules name them.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{FutureExt as _, future::BoxFuture};
use http::{Method, Request, Response};
use kube::client::Body;
use tower::{BoxError, Service};

use super::{Freshness, deadline::Late};
use crate::metrics::Metrics;

/// Counts requests, and tells when a watch is opened.
pub struct Counting<S> {
    pub inner: S,
    pub metrics: Arc<Metrics>,
    pub freshness: Arc<Freshness>,
}

impl<S, B> Service<Request<Body>> for Counting<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
    B: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = Call::of(request.method(), request.uri());
        let (metrics, freshness) = (Arc::clone(&self.metrics), Arc::clone(&self.freshness));
        let answer = self.inner.call(request);
        async move {
            let answer = answer.await;
            let code = match &answer {
                Ok(answer) => answer.status().as_u16().to_string(),
                Err(error) if error.is::<Late>() => "timeout".into(),
                Err(_) => "error".into(),
            };
            metrics.requests.with_label_values(&[call.verb, &call.resource, &code]).inc();
            if call.verb == "watch" && code == "200" {
                freshness.opened(&call.path);
            }
            answer
        }
        .boxed()
    }
}

/// What a request does, in Kubernetes' words.
struct Call {
    verb: &'static str,
    resource: String,
    path: String,
}

impl Call {
    fn of(method: &Method, uri: &http::Uri) -> Self {
        let parts: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
        // /api/v1/... or /apis/GROUP/VERSION/..., then namespaces/NAME for namespaced objects.
        let rest = parts.get(if parts.first() == Some(&"api") { 2 } else { 3 }..).unwrap_or_default();
        let rest = if rest.first() == Some(&"namespaces") && rest.len() > 2 { &rest[2..] } else { rest };
        let resource = match rest {
            [resource, _, subresource, ..] => format!("{resource}/{subresource}"),
            [resource, ..] => (*resource).to_owned(),
            [] => String::new(),
        };
        let verb = match (method, rest.len()) {
            (&Method::GET, _) if is_watch(uri) => "watch",
            (&Method::GET, 0 | 1) => "list",
            (&Method::GET, _) => "get",
            (&Method::POST, _) => "create",
            (&Method::PUT, _) => "update",
            (&Method::PATCH, _) => "patch",
            (&Method::DELETE, _) => "delete",
            _ => "other",
        };
        Self { verb, resource, path: uri.path().to_owned() }
    }
}

/// Does it ask for what changes from now on?
pub(super) fn is_watch(uri: &http::Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "watch=true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_named_as_in_rbac_rules() {
        for (method, uri, verb, resource) in [
            (Method::GET, "/api/v1/namespaces/shops/secrets/x", "get", "secrets"),
            (Method::GET, "/apis/apps/v1/deployments?watch=true&limit=1", "watch", "deployments"),
            (Method::GET, "/apis/apps/v1/namespaces/shops/deployments?limit=1", "list", "deployments"),
            (
                Method::PATCH,
                "/apis/stockbot.dev/v1alpha1/namespaces/shops/discordbots/a/status?force=true",
                "patch",
                "discordbots/status",
            ),
            (Method::GET, "/api/v1/namespaces/shops", "get", "namespaces"),
        ] {
            let call = Call::of(&method, &uri.parse().unwrap());
            assert_eq!((call.verb, call.resource.as_str()), (verb, resource), "{uri}");
        }
    }
}
