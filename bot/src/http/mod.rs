//! The HTTP server on port 8080: `/livez` and `/readyz` for the kubelet, `/metrics` for Prometheus, `/status` for the operator.
//!
//! `POST /deposits` (`deposits`) takes money in. Must not: otherwise wait for the database or Discord; it answers from what the process
//! knows.

mod deposits;

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State as Shared},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use stockbot_config::status::BotStatus;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::deposits::Deposits;
use crate::{metrics::Metrics, state::State};

/// Longest body of a request.
const MOST_BYTES: usize = 16 * 1024;

#[derive(Clone)]
struct Sources {
    state: Arc<State>,
    metrics: Arc<Metrics>,
}

/// Serves until `stop`. Fails only if the address cannot be bound.
pub async fn serve(
    address: SocketAddr,
    state: Arc<State>,
    metrics: Arc<Metrics>,
    deposits: Deposits,
    stop: CancellationToken,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    let routes = Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .route("/status", get(status))
        .with_state(Sources { state, metrics })
        .merge(Router::new().route("/deposits", post(deposits::post)).with_state(deposits))
        .layer(DefaultBodyLimit::max(MOST_BYTES));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await
        {
            tracing::error!(%error, "the HTTP server has ended");
        }
    });
    Ok(bound)
}

/// The process's own loops come round.
async fn livez(Shared(sources): Shared<Sources>) -> Response {
    let stuck = sources.state.stuck(Instant::now());
    if stuck.is_empty() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("stuck: {}\n", stuck.join(", "))).into_response()
}

/// Warm and able to take over.
async fn readyz(Shared(sources): Shared<Sources>) -> Response {
    if sources.state.is_ready() {
        return "ok\n".into_response();
    }
    let why = sources.state.status().last_error.map_or_else(|| "starting".to_owned(), |error| error.message);
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response()
}

async fn metrics_text(Shared(sources): Shared<Sources>) -> Response {
    match sources.metrics.render() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn status(Shared(sources): Shared<Sources>) -> Json<BotStatus> {
    let mut status = sources.state.status();
    status.ready = sources.state.is_ready();
    Json(status)
}
