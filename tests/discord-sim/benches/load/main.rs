//! How much load the stand-in carries on one core: REST requests, gateway sessions, whole interactions.
//!
//! The stand-in runs as a process of its own, bound to one core where `taskset` exists; the load comes from here. The
//! floor is a server that does nothing but answer, under the same load. `cargo bench -p discord-sim` prints a table
//! and writes `target/bench/discord-sim.json`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on panics")]

mod figures;
mod floor;
mod interactions;
mod rest;
mod target;

use figures::Figures;
use target::Target;

/// Runs of every measurement.
const RUNS: usize = 5;

#[tokio::main(worker_threads = 1)]
async fn main() {
    let mut figures = Figures::default();
    for run in 1..=RUNS {
        eprintln!("run {run} of {RUNS}");
        let target = Target::start().await;
        let (connected, opened) = interactions::connect(&target).await;
        figures.add("500 gateway sessions opened", "s", opened.as_secs_f64());
        let (rate, p99) = interactions::run(&target, connected).await;
        figures.add("interactions (click, deliver, answer)", "per s", rate);
        figures.add("click to answer, 64 at once, p99", "ms", p99);
        let (rate, p99) = rest::run(&target.url, &target.tokens).await;
        figures.add("REST requests", "per s", rate);
        figures.add("REST request, 64 at once, p99", "ms", p99);
        figures.add("resident memory after that", "MB", target.resident_mb());
        target.stop().await;
        let floor = floor::start().await;
        let (rate, p99) = rest::run(&floor, &["none".to_owned()]).await;
        figures.add("floor: REST requests to a server that only answers", "per s", rate);
        figures.add("floor: REST request, p99", "ms", p99);
    }
    figures.print();
    figures.write("discord-sim");
}
