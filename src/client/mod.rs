//! The Kubernetes client of the process. Must not: know what is asked for.

mod counting;
mod deadline;
mod fence;
mod freshness;
#[cfg(test)]
pub(crate) mod stub;
mod words;

use std::sync::Arc;

use kube::{Client, Config, client::ClientBuilder};

use self::{
    counting::Counting,
    deadline::{Bounded, LIMITS},
    fence::Guarded,
};
pub use self::{fence::Fence, freshness::Freshness, words::words};
use crate::metrics::Metrics;

/// A client none of whose requests hangs, that counts them in `metrics`, and writes only while `fence` is open.
pub fn connect(
    config: Config,
    metrics: Arc<Metrics>,
    freshness: Arc<Freshness>,
    fence: Arc<Fence>,
) -> Result<Client, kube::Error> {
    let bounded = tower::layer::layer_fn(|inner| Bounded { inner, limits: LIMITS });
    let counting = tower::layer::layer_fn(move |inner| Counting {
        inner,
        metrics: Arc::clone(&metrics),
        freshness: Arc::clone(&freshness),
    });
    let guarded = tower::layer::layer_fn(move |inner| Guarded { inner, fence: Arc::clone(&fence) });
    Ok(ClientBuilder::try_from(config)?
        .with_layer(&bounded)
        .with_layer(&counting)
        .with_layer(&guarded)
        .build())
}
