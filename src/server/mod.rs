//! `/livez`, `/readyz` and `/metrics` of the operator.

mod objects;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use tokio::{net::TcpListener, sync::watch};

use crate::{client::Freshness, cluster::context::Context, metrics::Metrics};

/// A watch is opened again at least every 290 s; one older than twice that hangs.
const STALE: Duration = Duration::from_mins(10);

/// What the endpoints tell about.
#[derive(Clone)]
pub struct Health {
    /// Metrics of the process.
    pub metrics: Arc<Metrics>,
    /// Age of the watches.
    pub freshness: Arc<Freshness>,
    /// The scopes that are running now; none while another process leads.
    pub scopes: watch::Receiver<Vec<Arc<Context>>>,
    /// The leader election could be entered.
    pub started: watch::Receiver<bool>,
}

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, health: Health) -> std::io::Result<()> {
    let router = Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(health);
    axum::serve(listener, router).await
}

async fn livez(State(health): State<Health>) -> impl IntoResponse {
    let stale = health.freshness.stale(STALE);
    if stale.is_empty() {
        return (StatusCode::OK, "ok\n".into());
    }
    (StatusCode::INTERNAL_SERVER_ERROR, format!("watches that hang: {}\n", stale.join(", ")))
}

async fn readyz(State(health): State<Health>) -> impl IntoResponse {
    if *health.started.borrow() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the API server has not been reached yet\n")
    }
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    let scopes = health.scopes.borrow().clone();
    match objects::registry(&scopes).and_then(|objects| health.metrics.render(&objects)) {
        Ok(text) => (StatusCode::OK, [("content-type", "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
