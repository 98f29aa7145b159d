//! The leader's claim, looked at by every write: while this process does not lead nothing is written, and what is under way
//! at the deadline is given up. Must not: know how the claim is won.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{FutureExt as _, future::BoxFuture};
use http::{Method, Request, Response};
use kube::client::Body;
use tokio::{sync::watch, time::Instant};
use tower::{BoxError, Service};

/// Until when this process may write; closed at first.
#[derive(Debug, Default)]
pub struct Fence(watch::Sender<Option<Instant>>);

/// A write was refused or given up.
#[derive(Debug, thiserror::Error)]
#[error("this process does not lead any more: nothing is written")]
pub struct Fenced;

impl Fence {
    /// Writes may pass until that moment.
    pub fn open_until(&self, deadline: Instant) {
        self.0.send_replace(Some(deadline));
    }

    /// Nothing passes any more.
    pub fn close(&self) {
        self.0.send_replace(None);
    }

    /// Waits until nothing passes any more; at once if that is so already.
    pub async fn closed(&self) {
        let mut deadline = self.0.subscribe();
        loop {
            let until = *deadline.borrow_and_update();
            let Some(until) = until.filter(|until| *until > Instant::now()) else { return };
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                // The sender lives in self.
                _ = deadline.changed() => {}
            }
        }
    }
}

/// The layer that lets writes pass only while the fence is open. The Lease itself is written outside of it: by that the
/// claim is won.
pub struct Guarded<S> {
    pub inner: S,
    pub fence: Arc<Fence>,
}

impl<S, B> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !needs_claim(request.method(), request.uri().path()) {
            return self.inner.call(request).map(|answer| answer.map_err(Into::into)).boxed();
        }
        let (fence, answer) = (Arc::clone(&self.fence), self.inner.call(request));
        async move {
            tokio::select! {
                biased;
                () = fence.closed() => Err(Fenced.into()),
                answer = answer => answer.map_err(Into::into),
            }
        }
        .boxed()
    }
}

fn needs_claim(method: &Method, path: &str) -> bool {
    *method != Method::GET && !path.starts_with("/apis/coordination.k8s.io/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{convert::Infallible, future::pending, time::Duration};
    use tower::ServiceExt as _;

    /// Sends a request through the fence to a server that answers, or never does.
    async fn send(fence: &Arc<Fence>, method: Method, path: &str, answers: bool) -> Result<(), BoxError> {
        let inner = tower::service_fn(move |_: Request<Body>| async move {
            if !answers {
                pending::<()>().await;
            }
            Ok::<_, Infallible>(Response::new(()))
        });
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        Guarded { inner, fence: Arc::clone(fence) }.oneshot(request).await.map(drop)
    }

    const SERVICE: &str = "/api/v1/namespaces/shops/services/growshop";

    #[tokio::test]
    async fn writes_pass_only_while_the_claim_holds_and_reads_always() {
        let fence = Arc::<Fence>::default();
        assert!(send(&fence, Method::PATCH, SERVICE, true).await.is_err(), "nobody leads at first");
        assert!(send(&fence, Method::GET, SERVICE, true).await.is_ok());
        let lease = "/apis/coordination.k8s.io/v1/namespaces/shops/leases/stockbot-operator";
        assert!(send(&fence, Method::PUT, lease, true).await.is_ok(), "the claim itself is won by a write");
        fence.open_until(Instant::now() + Duration::from_mins(1));
        assert!(send(&fence, Method::PATCH, SERVICE, true).await.is_ok());
        fence.open_until(Instant::now());
        assert!(send(&fence, Method::PATCH, SERVICE, true).await.is_err(), "past the deadline");
        fence.open_until(Instant::now() + Duration::from_mins(1));
        fence.close();
        assert!(send(&fence, Method::DELETE, SERVICE, true).await.is_err(), "given back");
    }

    #[tokio::test]
    async fn a_write_under_way_is_given_up_at_the_deadline_and_not_before_if_that_moves() {
        let fence = Arc::<Fence>::default();
        let (first, second) = (Duration::from_millis(50), Duration::from_millis(200));
        let begun = Instant::now();
        fence.open_until(begun + first);
        let renewed = async { fence.open_until(begun + second) };
        let (sent, ()) = tokio::join!(send(&fence, Method::PATCH, SERVICE, false), renewed);
        assert!(sent.is_err());
        assert!(begun.elapsed() >= second);
    }
}
