//! The layer that lets no request hang: an answer is complete in time or given up, and a watch that has fallen silent is ended.
//! Who asked tries again. Must not: try anything again by itself.

use std::{
    future::Future,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body as Answer, BodyDataStream, HttpBody, to_bytes};
use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use http::{Request, Response};
use kube::client::Body;
use tokio::time::timeout;
use tower::{BoxError, Service};

use super::counting::is_watch;

/// How long anything may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A whole answer; of a watch, its beginning.
    pub answer: Duration,
    /// The time between two things that a watch brings.
    pub silence: Duration,
}

/// An API server under load lets a request wait for its turn, and a webhook that it asks may take 10 s. A watch brings a bookmark
/// every minute if nothing else.
pub const LIMITS: Limits = Limits { answer: Duration::from_secs(15), silence: Duration::from_mins(2) };

/// The API server did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the API server has not answered within {0:?}")]
pub struct Late(Duration);

/// Bounds every request.
pub struct Bounded<S> {
    pub inner: S,
    pub limits: Limits,
}

impl<S, B> Service<Request<Body>> for Bounded<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Answer>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Limits { answer, silence } = self.limits;
        let watches = is_watch(request.uri());
        let asked = self.inner.call(request).map(|answer| answer.map_err(Into::into));
        async move {
            if watches {
                let opened = in_time(answer, asked).await?;
                return Ok(opened.map(|body| until_silent(Answer::new(body), silence)));
            }
            let whole = async {
                let (head, body) = asked.await?.into_parts();
                // The API server bounds what it sends: an object's size, a page's length.
                let body = to_bytes(Answer::new(body), usize::MAX).await?;
                Ok(Response::from_parts(head, Answer::from(body)))
            };
            in_time(answer, whole).await
        }
        .boxed()
    }
}

async fn in_time<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    timeout(limit, asked).await.unwrap_or_else(|_| Err(Late(limit).into()))
}

/// The body, which ends with an error when nothing has come for that long.
fn until_silent(body: Answer, silence: Duration) -> Answer {
    let pieces =
        stream::unfold(Some(body.into_data_stream()), move |body: Option<BodyDataStream>| async move {
            let mut body = body?;
            match timeout(silence, body.next()).await {
                Ok(piece) => Some((piece?.map_err(BoxError::from), Some(body))),
                Err(_) => Some((Err(Late(silence).into()), None)),
            }
        });
    Answer::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{convert::Infallible, future::pending, time::Instant};
    use tower::ServiceExt as _;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_mins(1);
    const LIST: &str = "/api/v1/pods?limit=50";
    const WATCH: &str = "/api/v1/pods?watch=true";

    /// Sends a request to a server whose answer has that body, or that never answers.
    async fn send(uri: &str, limits: Limits, body: Option<Answer>) -> Result<String, BoxError> {
        let body = std::sync::Mutex::new(body);
        let inner = tower::service_fn(move |_: Request<Body>| {
            let body = body.lock().unwrap().take();
            async move {
                match body {
                    Some(body) => Ok::<_, Infallible>(Response::new(body)),
                    None => pending().await,
                }
            }
        });
        let request = Request::builder().uri(uri).body(Body::empty()).unwrap();
        let answer = Bounded { inner, limits }.oneshot(request).await?;
        let bytes = to_bytes(answer.into_body(), usize::MAX).await?;
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// These pieces, and then nothing more, nor an end.
    fn stalling(pieces: &'static [&'static str]) -> Answer {
        let pieces = stream::iter(pieces.iter().map(|piece| Ok::<_, Infallible>(*piece)));
        Answer::from_stream(pieces.chain(stream::pending()))
    }

    #[tokio::test]
    async fn an_answer_that_does_not_come_whole_is_given_up_in_time() {
        let limits = Limits { answer: SHORT, silence: LONG };
        for (uri, body) in [(LIST, None), (LIST, Some(stalling(&["half"]))), (WATCH, None)] {
            let begun = Instant::now();
            let error = send(uri, limits, body).await.unwrap_err();
            assert!(error.is::<Late>(), "{uri}: {error}");
            assert!(begun.elapsed() >= SHORT, "{uri}");
        }
        assert_eq!(send(LIST, limits, Some(Answer::from("whole"))).await.unwrap(), "whole");
    }

    #[tokio::test]
    async fn a_watch_may_last_but_not_fall_silent() {
        let limits = Limits { answer: LONG, silence: SHORT };
        let error = send(WATCH, limits, Some(stalling(&["one", "two"]))).await.unwrap_err();
        assert!(error.to_string().contains("has not answered within 50ms"), "{error}");
        // It lasts longer than the silence that it may not have: something comes half as often.
        let often = stream::iter(0..6).then(|number| async move {
            tokio::time::sleep(SHORT / 2).await;
            Ok::<_, Infallible>(number.to_string())
        });
        assert_eq!(send(WATCH, limits, Some(Answer::from_stream(often))).await.unwrap(), "012345");
    }
}
