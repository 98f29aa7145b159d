//! The operator's own metrics (api.md section 3). Series about single objects are computed from the stores at each scrape
//! (see `server::objects`), so they vanish with the object. Must not: put an error text or an unbounded value into a label.

use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
    core::Collector,
};

/// Prefix of every metric.
pub const PREFIX: &str = "stockbot_operator";

/// Buckets from a millisecond to half a minute, seconds.
const SECONDS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Counters and histograms of the process.
pub struct Metrics {
    registry: Registry,
    /// Reconciles by kind.
    pub runs: IntCounterVec,
    /// Failed reconciles by kind and reason.
    pub failures: IntCounterVec,
    /// Duration of reconciles by kind.
    pub duration: HistogramVec,
    /// Requests to the API server by verb, resource and code.
    pub requests: IntCounterVec,
    /// Children written, by resource and operation.
    pub writes: IntCounterVec,
    /// 1 while this process leads.
    pub leader: IntGauge,
    /// Duration of deep probes.
    pub probes: HistogramVec,
    /// Rollouts started, by reason.
    pub rollouts: IntCounterVec,
}

impl Metrics {
    /// Every metric, at zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        Ok(Self {
            runs: register(&registry, counter("reconcile_runs_total", "Reconciles", &["kind"])?)?,
            failures: register(
                &registry,
                counter("reconcile_failures_total", "Failed reconciles", &["kind", "reason"])?,
            )?,
            duration: register(
                &registry,
                histogram("reconcile_duration_seconds", "Duration of reconciles", &["kind"])?,
            )?,
            requests: register(
                &registry,
                counter("api_requests_total", "Requests to the API server", &["verb", "resource", "code"])?,
            )?,
            writes: register(
                &registry,
                counter("writes_total", "Objects written", &["resource", "operation"])?,
            )?,
            leader: register(
                &registry,
                IntGauge::with_opts(options("leader", "1 while this process acts, 0 while it stands by"))?,
            )?,
            probes: register(
                &registry,
                histogram("probe_duration_seconds", "Duration of deep probes of pods", &["outcome"])?,
            )?,
            rollouts: register(&registry, counter("rollouts_total", "Rollouts started", &["reason"])?)?,
            registry,
        })
    }

    /// Everything in the text format, followed by the series of `also`.
    pub fn render(&self, also: &Registry) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        let mut families = self.registry.gather();
        families.extend(also.gather());
        TextEncoder::new().encode(&families, &mut text)?;
        Ok(text)
    }
}

/// Name with prefix, and help.
#[must_use]
pub fn options(name: &str, help: &str) -> Opts {
    Opts::new(format!("{PREFIX}_{name}"), help)
}

fn counter(name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
    IntCounterVec::new(options(name, help), labels)
}

fn histogram(name: &str, help: &str, labels: &[&str]) -> Result<HistogramVec, prometheus::Error> {
    let options = HistogramOpts::from(options(name, help)).buckets(SECONDS.into());
    HistogramVec::new(options, labels)
}

/// Registers a metric and gives it back.
pub fn register<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
