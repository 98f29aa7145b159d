//! The operator is killed, and its requests fail, at every write of everything that people do: it always ends in the same state,
//! with nothing made or removed twice.
//!
//! `STOCKBOT_CHAOS_CRASHES` makes it the whole campaign (see `make chaos`); without it a sample runs, drawn by
//! `STOCKBOT_CHAOS_SEED`.

mod campaign;
mod picture;
mod report;
mod stage;
mod workload;

use std::env;

use campaign::Campaign;

/// Runs everything, not a sample?
fn whole() -> bool {
    env::var_os("STOCKBOT_CHAOS_CRASHES").is_some()
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_crash_and_every_fault_ends_as_if_nothing_had_happened() {
    let seed = number("STOCKBOT_CHAOS_SEED", 9);
    let campaign = Campaign::begin(seed).await;
    if whole() {
        campaign.single_crashes().await;
        campaign.double_crashes(number("STOCKBOT_CHAOS_PAIRS", 1000)).await;
        campaign.other_faults().await;
    } else {
        campaign.sample().await;
    }
    campaign.report();
}
