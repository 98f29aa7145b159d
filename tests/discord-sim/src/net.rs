//! Listening sockets whose connections can be cut without an answer, for faults, and end when no whole request
//! head comes in time. Knows nothing of what is served.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

/// An accepted connection.
struct Connection {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

/// Who is at the other end, and the means to cut the connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address.
    pub ip: IpAddr,
    cut: Arc<AtomicBool>,
}

impl Peer {
    /// Lets the connection end in a TCP reset; nothing more is written to it.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Release);
    }
}

/// Serves a router until the end, and what is under way then to its end. A request's head must come within
/// `patience`, counted from the connection's start or the last answer.
pub async fn serve(mut listener: TcpListener, router: Router, patience: Duration, end: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        // Accepting never fails for good; it waits and tries again.
        let (stream, address) = tokio::select! {
            accepted = axum::serve::Listener::accept(&mut listener) => accepted,
            () = end.cancelled() => break,
        };
        // Small frames go out at once; a failure here only costs speed.
        let _ = stream.set_nodelay(true);
        let peer = Peer { ip: address.ip(), cut: Arc::default() };
        connections.spawn(attend(stream, peer, router.clone(), patience, end.clone()));
    }
    connections.close();
    connections.wait().await;
}

/// Serves one connection.
async fn attend(stream: TcpStream, peer: Peer, router: Router, patience: Duration, end: CancellationToken) {
    let stream = Connection { stream, cut: peer.cut.clone() };
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer.clone()));
        router.clone().call(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    // How a connection ends is the client's business.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = end.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

impl Connection {
    fn check(&self) -> std::io::Result<()> {
        if self.cut.load(Ordering::Acquire) {
            // Without lingering the kernel answers with a reset instead of an orderly end.
            let _ = self.stream.set_zero_linger();
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
