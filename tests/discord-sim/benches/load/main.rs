//! How much load the stand-in carries on one core: REST requests, whole interactions and both at once, always with 500
//! gateway sessions open, heartbeats and guild events flowing; and the memory it takes under load without end.
//!
//! The stand-in runs as a process of its own on core 0; the load comes from core 1. The floor is a server that does
//! nothing but answer, under the same load. `cargo bench -p discord-sim` prints a table and a line for each goal, and
//! writes `target/bench/discord-sim.json`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on panics")]
#![expect(clippy::cast_precision_loss, reason = "counts are small")]

mod client;
mod floor;
mod interactions;
mod memory;
mod rest;
mod sessions;
mod target;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use interactions::Until;
use sessions::Sessions;
use stockbot_harness::{Figures, p99};
use target::{BOTS, Target};

/// Runs of every measurement.
const RUNS: usize = 5;
/// How long each goes on.
const TIME: Duration = Duration::from_secs(4);
/// People who click at once.
const PEOPLE: usize = 64;

/// What a core must carry, per second.
const REST_GOAL: f64 = 2000.0;
const INTERACTION_GOAL: f64 = 1000.0;
/// What it may take, in MB, and how much it may still grow when the load doubles.
const MEMORY_GOAL: f64 = 200.0;
const GROWTH_GOAL: f64 = 1.1;

const REST: &str = "REST requests, mixed";
const INTERACTIONS: &str = "interactions: click, deliver, answer, follow-up or edit";
const BOTH_REST: &str = "both at once: REST requests";
const BOTH_INTERACTIONS: &str = "both at once: interactions";
const OPEN: &str = "gateway sessions open throughout";

fn main() {
    if floor::is_wanted() {
        return floor::serve();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    target::keep_off().await;
    let mut figures = Figures::default();
    for run in 1..=RUNS {
        eprintln!("run {run} of {RUNS}");
        one_run(&mut figures).await;
    }
    eprintln!("memory, about 4 minutes");
    let (resident, growth) = memory::run(&mut figures).await;
    figures.print();
    let goals = [
        (format!("{REST}, with {BOTS} sessions: {REST_GOAL}/s"), figures.median(REST) >= REST_GOAL),
        (format!("{INTERACTIONS}: {INTERACTION_GOAL}/s"), figures.median(INTERACTIONS) >= INTERACTION_GOAL),
        (
            format!("both at once: {REST_GOAL} REST requests/s and {INTERACTION_GOAL} interactions/s"),
            figures.median(BOTH_REST) >= REST_GOAL && figures.median(BOTH_INTERACTIONS) >= INTERACTION_GOAL,
        ),
        (format!("{OPEN}: {BOTS}"), figures.least(OPEN) >= BOTS as f64),
        (
            format!(
                "memory levels off: at most {MEMORY_GOAL} MB, at most x{GROWTH_GOAL} when the load doubles"
            ),
            resident <= MEMORY_GOAL && growth <= GROWTH_GOAL,
        ),
    ];
    for (goal, met) in goals {
        println!("{}  {goal}", if met { "met    " } else { "NOT MET" });
    }
    figures.write("discord-sim");
}

async fn one_run(figures: &mut Figures) {
    let target = Target::start().await;
    let (mut sessions, opened) = Sessions::open(&target).await;
    figures.add("500 gateway sessions opened in", "s", opened.as_secs_f64());
    let before = (target.busy_seconds(), Instant::now());

    let times = rest::run(&target.url, rest::AT_ONCE, TIME).await;
    figures.add(REST, "per s", per_second(times.len()));
    let after_rest = target.busy_seconds();
    figures.add(
        "the same per second of processor time",
        "per s",
        times.len() as f64 / (after_rest - before.0),
    );
    figures.add("REST request, 64 at once, p99", "ms", p99(times));

    let until = Until::Time(Instant::now() + TIME);
    let outcome = interactions::run(&target, &mut sessions, PEOPLE, until).await;
    figures.add(INTERACTIONS, "per s", per_second(outcome.done.len()));
    let busy = target.busy_seconds() - after_rest;
    figures.add("interactions per second of processor time", "per s", outcome.done.len() as f64 / busy);
    figures.add("click to first answer, 64 people, p99", "ms", p99(outcome.answered));

    let until = Until::Time(Instant::now() + TIME);
    let (times, outcome) = tokio::join!(
        rest::run(&target.url, rest::AT_ONCE / 4, TIME),
        interactions::run(&target, &mut sessions, PEOPLE, until)
    );
    let clicks = per_second(outcome.done.len());
    figures.add(BOTH_REST, "per s", per_second(times.len()) + interactions::REST_EACH * clicks);
    figures.add(BOTH_INTERACTIONS, "per s", clicks);
    figures.add("both at once: click to first answer, p99", "ms", p99(outcome.answered));

    let passed = before.1.elapsed().as_secs_f64();
    figures.add("of its core used", "%", 100.0 * (target.busy_seconds() - before.0) / passed);
    figures.add("guild events delivered", "per s", sessions.events.load(Ordering::Relaxed) as f64 / passed);
    figures.add("heartbeats answered", "per s", sessions.heartbeats.load(Ordering::Relaxed) as f64 / passed);
    figures.add(OPEN, "", sessions.alive() as f64);
    target.stop().await;

    let (mut child, url) = floor::start().await;
    let times = rest::run(&url, rest::AT_ONCE, TIME).await;
    figures.add("floor: a server that only answers, REST requests", "per s", per_second(times.len()));
    figures.add("floor: REST request, p99", "ms", p99(times));
    child.kill().await.unwrap();
}

fn per_second(count: usize) -> f64 {
    count as f64 / TIME.as_secs_f64()
}
