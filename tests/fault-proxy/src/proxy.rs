//! The proxy itself: takes requests in, asks the plan, passes them on to the API server, and keeps the ledger.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header, request::Parts};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kube::Client;
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::{
    Call, Entry, Fault, Plan,
    events::{cut, events},
    fault::refusal,
    ledger::Ledger,
};

/// Largest body of a request: an object of the API server has at most about 1.5 MB.
const LARGEST: usize = 4 << 20;

/// A running proxy.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    server: Client,
    state: Mutex<State>,
    /// The process has to be killed: until it is, nothing passes.
    halted: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    plan: Plan,
    ledger: Ledger,
}

impl FaultProxy {
    /// Listens on a port of the loopback address and passes on to the API server of `server`.
    pub async fn start(server: Client) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let halted = watch::Sender::new(false);
        let shared = Arc::new(Shared { server, state: Mutex::default(), halted });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// A kubeconfig that leads to the proxy. Who asks has the rights of the proxy.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        let cluster = json!([{"name": "c", "cluster": {"server": format!("http://{}", self.address)}}]);
        let context = json!([{"name": "c", "context": {"cluster": "c", "user": "u"}}]);
        let users = json!([{"name": "u", "user": {}}]);
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": cluster, "contexts": context, "users": users,
        });
        config.to_string()
    }

    /// From now on this is planned; writes are numbered anew.
    pub fn plan(&self, plan: Plan) {
        self.shared.state().plan = plan;
    }

    /// Is the fault still to come?
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.shared.state().plan.is_set()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.state().ledger.len()
    }

    /// How many of them were writes.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.shared.state().ledger.writes()
    }

    /// The requests from a number on.
    #[must_use]
    pub fn since(&self, number: usize) -> Vec<Entry> {
        self.shared.state().ledger.since(number)
    }

    /// Waits for a fault that kills. Nothing passes until [`Self::resume`].
    pub async fn halted(&self) {
        // The sender lives in self.
        let _ = self.shared.halted.subscribe().wait_for(|halted| *halted).await;
    }

    /// The process is dead: its successor's requests pass.
    pub fn resume(&self) {
        self.shared.halted.send_replace(false);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&shared)))),
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = stream.into_std() else { return };
    let Ok(twin) = stream.try_clone().and_then(TcpStream::from_std) else { return };
    let Ok(stream) = TcpStream::from_std(stream) else { return };
    let service = service_fn(|request| {
        let (shared, twin) = (Arc::clone(&shared), &twin);
        async move { shared.answer(request, twin).await }
    });
    // A planned fault ends it with an error; that is what it is for.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one request through its fault. An error ends the connection without a reply.
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: &TcpStream,
    ) -> io::Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(Body::new(body), LARGEST).await.map_err(io::Error::other)?;
        let _ = self.halted.subscribe().wait_for(|halted| !halted).await;
        let call = Call::of(&parts.method, &parts.uri);
        let (number, fault) = self.meet(&call);
        match fault {
            Some(Fault::KillBefore) => return self.halt().await,
            Some(Fault::Stall) => return std::future::pending().await,
            Some(Fault::Refuse(code)) => return refused(code),
            Some(Fault::Reset) => {
                // The end of this connection is told by RST.
                connection.set_zero_linger()?;
                return Err(cut());
            }
            _ => {}
        }
        let streams = call.verb == "watch";
        let passing = Arc::clone(&self).pass_on(number, parts, body, streams);
        // Its outcome is written down also when the process dies meanwhile.
        let answer = tokio::spawn(passing).await.map_err(io::Error::other)??;
        match fault {
            Some(Fault::KillAfterCommit) => self.halt().await,
            Some(Fault::LostReply) => Err(cut()),
            Some(Fault::HalfBody) => half(answer).await,
            _ if streams => Ok(self.watched(call, answer)),
            _ => Ok(answer),
        }
    }

    fn meet(&self, call: &Call) -> (usize, Option<Fault>) {
        let mut state = self.state();
        let fault = state.plan.request(call);
        let number = state.ledger.add(call.clone(), fault);
        (number, fault)
    }

    /// Holds everything up until the process is dead; this request is never answered.
    async fn halt<T>(&self) -> T {
        self.halted.send_replace(true);
        std::future::pending().await
    }

    async fn pass_on(
        self: Arc<Self>,
        number: usize,
        parts: Parts,
        body: Bytes,
        streams: bool,
    ) -> io::Result<Response<Body>> {
        let mut request = Request::from_parts(parts, kube::client::Body::from(body));
        forget_connection(request.headers_mut());
        let answer = self.server.send(request).await.map_err(io::Error::other)?;
        let (mut parts, body) = answer.into_parts();
        forget_connection(&mut parts.headers);
        let body = if streams {
            Body::new(body)
        } else {
            Body::from(body.collect_bytes().await.map_err(io::Error::other)?)
        };
        self.state().ledger.answered(number, parts.status.as_u16());
        Ok(Response::from_parts(parts, body))
    }

    fn watched(self: Arc<Self>, call: Call, answer: Response<Body>) -> Response<Body> {
        let meets = move || self.state().plan.event(&call);
        answer.map(|body| Body::from_stream(events(body.into_data_stream(), meets)))
    }
}

/// What is between the operator and the proxy is not the API server's business, nor the other way round.
fn forget_connection(headers: &mut HeaderMap) {
    for name in [header::HOST, header::CONNECTION, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
}

fn refused(code: u16) -> io::Result<Response<Body>> {
    let code = StatusCode::from_u16(code).map_err(io::Error::other)?;
    let mut answer = Response::builder().status(code).header(header::CONTENT_TYPE, "application/json");
    if code == StatusCode::TOO_MANY_REQUESTS {
        answer = answer.header(header::RETRY_AFTER, "1");
    }
    answer.body(Body::from(refusal(code).to_string())).map_err(io::Error::other)
}

/// The first half of a reply that was to be longer.
async fn half(answer: Response<Body>) -> io::Result<Response<Body>> {
    let (mut parts, body) = answer.into_parts();
    let whole = to_bytes(body, usize::MAX).await.map_err(io::Error::other)?;
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().into());
    let pieces = [Ok(whole.slice(..whole.len() / 2)), Err(cut())];
    Ok(Response::from_parts(parts, Body::from_stream(futures_util::stream::iter(pieces))))
}
