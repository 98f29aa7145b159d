//! The metrics of api.md section 4, all in one place. Labels are of closed sets; no ids, no error texts.

use prometheus::{
    Encoder as _, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

/// Bounds in seconds for what a user waits for: the goal of 100 ms and Discord's limit of 3 s are among them.
const WAIT_BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0];

/// Every metric of the bot.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Clicks by action.
    pub button_clicks: IntCounterVec,
    /// Time from receipt to final answer, by kind of interaction.
    pub response_time: HistogramVec,
    /// Failures by kind.
    pub errors: IntCounterVec,
    /// Share of live messages sent with all their buttons, 0 to 1.
    pub button_creation_success_rate: Gauge,
    /// Share of display edits that succeeded, 0 to 1.
    pub update_success_rate: Gauge,
    /// Repeated display edits.
    pub retry_attempts: IntCounter,
    /// Purchases by outcome.
    pub purchases: IntCounterVec,
    /// Deliveries by outcome.
    pub deliveries: IntCounterVec,
    /// Deposits by outcome.
    pub deposits: IntCounterVec,
    /// Interactions by kind and outcome.
    pub interactions: IntCounterVec,
    /// Time from receipt to acknowledgement.
    pub interaction_ack: Histogram,
    /// Heartbeat round trip.
    pub gateway_latency: Gauge,
    /// Resumed sessions.
    pub gateway_resumes: IntCounter,
    /// New sessions.
    pub gateway_identifies: IntCounter,
    /// Time from the request to the hand-over of a shard to this pod.
    pub handover: Histogram,
    /// Display edits by outcome.
    pub display_edits: IntCounterVec,
    /// Time from noticing a change to the edited message.
    pub display_lag: Histogram,
    /// Unfinished jobs of the outbox.
    pub outbox_depth: IntGauge,
    /// Shards with a live session in this pod.
    pub shards_connected: IntGaugeVec,
}

impl Metrics {
    /// Registers everything. Fails only if two metrics have one name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str| register(&registry, IntCounter::new(name, help)?);
        let counters = |name: &str, help: &str, labels: &[&str]| {
            register(&registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let gauge = |name: &str, help: &str| register(&registry, Gauge::new(name, help)?);
        let waits = |name: &str, help: &str| HistogramOpts::new(name, help).buckets(WAIT_BUCKETS.to_vec());
        let times = |name: &str, help: &str| register(&registry, Histogram::with_opts(waits(name, help))?);
        Ok(Self {
            button_clicks: counters(
                "button_clicks_total",
                "Clicks on buttons of live messages",
                &["action"],
            )?,
            response_time: register(
                &registry,
                HistogramVec::new(
                    waits("response_time_seconds", "Receipt of an interaction to its final answer"),
                    &["kind"],
                )?,
            )?,
            errors: counters("errors_total", "Failures by kind", &["kind"])?,
            button_creation_success_rate: gauge(
                "button_creation_success_rate",
                "Share of live messages sent with all buttons",
            )?,
            update_success_rate: gauge("update_success_rate", "Share of display edits that succeeded")?,
            retry_attempts: counter("retry_attempts_total", "Display edits that were repeated")?,
            purchases: counters("stockbot_purchases_total", "Purchases by outcome", &["outcome"])?,
            deliveries: counters("stockbot_deliveries_total", "Deliveries by outcome", &["outcome"])?,
            deposits: counters("stockbot_deposits_total", "Deposits by outcome", &["outcome"])?,
            interactions: counters(
                "stockbot_interactions_total",
                "Interactions by kind and outcome",
                &["kind", "outcome"],
            )?,
            interaction_ack: times(
                "stockbot_interaction_ack_seconds",
                "Receipt of an interaction to its acknowledgement",
            )?,
            gateway_latency: gauge("stockbot_gateway_latency_seconds", "Heartbeat round trip")?,
            gateway_resumes: counter("stockbot_gateway_resumes_total", "Sessions resumed")?,
            gateway_identifies: counter("stockbot_gateway_identifies_total", "Sessions started")?,
            handover: times("stockbot_handover_seconds", "Wait for the shard of another pod")?,
            display_edits: counters(
                "stockbot_display_edits_total",
                "Edits of live messages by outcome",
                &["outcome"],
            )?,
            display_lag: times("stockbot_display_lag_seconds", "Change noticed to live message edited")?,
            outbox_depth: register(
                &registry,
                IntGauge::new("stockbot_outbox_depth", "Unfinished jobs of the outbox")?,
            )?,
            shards_connected: register(
                &registry,
                IntGaugeVec::new(
                    Opts::new("stockbot_shards_connected", "1 for a shard with a live session in this pod"),
                    &["shard"],
                )?,
            )?,
            registry,
        })
    }

    /// All values in Prometheus' text format.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn register<T: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    metric: T,
) -> Result<T, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
