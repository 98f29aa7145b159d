//! The Kubernetes client of the process. Must not: know what is asked for.

mod counting;
mod freshness;
#[cfg(test)]
pub(crate) mod stub;
mod words;

use std::sync::Arc;

use kube::{Client, Config, client::ClientBuilder};

use self::counting::Counting;
pub use self::{freshness::Freshness, words::words};
use crate::metrics::Metrics;

/// A client that counts its requests in `metrics`.
pub fn connect(
    config: Config,
    metrics: Arc<Metrics>,
    freshness: Arc<Freshness>,
) -> Result<Client, kube::Error> {
    let layer = tower::layer::layer_fn(move |inner| Counting {
        inner,
        metrics: Arc::clone(&metrics),
        freshness: Arc::clone(&freshness),
    });
    Ok(ClientBuilder::try_from(config)?.with_layer(&layer).build())
}
