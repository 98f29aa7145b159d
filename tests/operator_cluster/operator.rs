//! The real operator, as a process, and what it counts of itself.

use std::time::Duration;

use stockbot_harness::{Process, eventually};

use crate::SOON;

/// How long nothing may be written to be called quiet: longer than any wait of the operator for what it knows will come.
const QUIET: Duration = Duration::from_secs(7);

/// A running operator.
pub struct Operator {
    /// The process.
    pub process: Process,
    port: u16,
}

impl Operator {
    /// The process, whose HTTP server listens on that port.
    pub fn new(process: Process, port: u16) -> Self {
        Self { process, port }
    }

    /// A page of its HTTP server; `None` while it does not answer.
    pub async fn get(&self, path: &str) -> Option<(u16, String)> {
        let answer = reqwest::get(format!("http://127.0.0.1:{}{path}", self.port)).await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// The sum of all series of a metric whose labels contain every one of `parts`.
    pub async fn metric(&self, name: &str, parts: &[&str]) -> u64 {
        sum(&self.metrics().await, name, parts)
    }

    /// All metrics of one moment: what is subtracted from each other must come from one answer.
    async fn metrics(&self) -> String {
        self.get("/metrics").await.unwrap_or_default().1
    }

    /// Requests that wrote anything but the leader's Lease.
    pub async fn writes(&self) -> u64 {
        let metrics = self.metrics().await;
        let count = |parts: &[&str]| sum(&metrics, "api_requests_total", parts);
        let verbs = ["create", "update", "patch", "delete"].map(|verb| format!("verb=\"{verb}\""));
        verbs.iter().map(|verb| count(&[verb]) - count(&[verb, "resource=\"leases\""])).sum()
    }

    /// Requests but those of watches and of the leader's Lease.
    pub async fn requests(&self) -> u64 {
        let metrics = self.metrics().await;
        let count = |parts: &[&str]| sum(&metrics, "api_requests_total", parts);
        count(&[]) + count(&["verb=\"watch\"", "resource=\"leases\""])
            - count(&["verb=\"watch\""])
            - count(&["resource=\"leases\""])
    }

    /// Requests that the API server refused for want of rights. Where an operator has rights in one namespace alone it may not watch
    /// definitions, and does without.
    pub async fn refused(&self) -> u64 {
        let metrics = self.metrics().await;
        let count = |parts: &[&str]| sum(&metrics, "api_requests_total", parts);
        count(&["code=\"403\""]) - count(&["code=\"403\"", "resource=\"customresourcedefinitions\""])
    }

    /// Waits for that many more probes.
    pub async fn probed(&self, more: u64) {
        let metric = "probe_duration_seconds_count";
        let before = self.metric(metric, &[]).await;
        eventually(SOON, &format!("{more} more probes are made"), || async {
            let now = self.metric(metric, &[]).await;
            if now >= before + more { Ok(()) } else { Err(now) }
        })
        .await;
    }

    /// Waits until nothing has been written for a while.
    pub async fn quiet(&self) {
        eventually(SOON, "nothing is left to write", || async {
            let before = self.writes().await;
            tokio::time::sleep(QUIET).await;
            let after = self.writes().await;
            if before == after { Ok(()) } else { Err((before, after)) }
        })
        .await;
    }

    /// Waits until it leads and has looked at everything once.
    pub async fn leads(&self) {
        eventually(SOON, "the operator leads and has reconciled", || async {
            if self.has_looked().await { Ok(()) } else { Err(self.process.output()) }
        })
        .await;
    }

    /// Does it lead, and has it reconciled anything since it began?
    pub async fn has_looked(&self) -> bool {
        let metrics = self.metrics().await;
        sum(&metrics, "leader", &[]) > 0 && sum(&metrics, "reconcile_runs_total", &[]) > 0
    }

    /// Tells it to stop; it has to end well, and in time.
    pub async fn stop(mut self) {
        self.process.signal("TERM").unwrap();
        let status = self.process.wait_exit(SOON).await.unwrap();
        assert!(status.success(), "{status}: {}", self.process.output());
    }
}

fn sum(metrics: &str, name: &str, parts: &[&str]) -> u64 {
    let of_metric = |line: &&str| line.starts_with(&format!("stockbot_operator_{name}"));
    let wanted =
        metrics.lines().filter(of_metric).filter(|line| parts.iter().all(|part| line.contains(part)));
    wanted.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}
