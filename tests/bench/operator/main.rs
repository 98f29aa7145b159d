//! What a thousand bots cost: the time from their creation to Ready beside that of a plain client that writes the same children,
//! the first write for a new bot, requests, memory, restarts. See `tests/bench/run operator`.
//!
//! The nodes are kwok's; what their pods would answer, this program does. `BOTS` says how many bots (default 1000), `RUNS` how
//! often all is done (default 1).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench fails by panicking")]

mod bots;
mod clean;
#[path = "../../operator_cluster/cluster.rs"]
mod cluster;
#[expect(dead_code, reason = "the tests have more to say with it")]
#[path = "../../operator_cluster/fake_bot.rs"]
mod fake_bot;
mod floor;
mod foreign;
mod nodes;
mod operator;
mod pods;

use std::{
    env,
    ops::Range,
    panic::{AssertUnwindSafe, resume_unwind},
    time::{Duration, Instant},
};

use bots::{Bots, Kind};
use futures_util::FutureExt as _;
use kube::Client;
use nodes::Nodes;
use operator::Operator;
use pods::Pods;
use stockbot_harness::{Figures, p99};

/// Longest time of one step: then something hangs.
const PATIENCE: Duration = Duration::from_mins(15);
/// How long an operator with nothing to do is looked at.
const IDLE: Duration = Duration::from_secs(30);
/// New bots whose first write is waited for, at most.
const NEW: usize = 100;

fn number(name: &str, otherwise: usize) -> usize {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// One step begins.
fn step(what: &str) {
    eprintln!("-- {what}");
}

#[tokio::main]
async fn main() {
    let client = cluster::connect().await;
    clean::clean(&client).await;
    let mut figures = Figures::default();
    let work = AssertUnwindSafe(work(&client, &mut figures)).catch_unwind();
    let ended = tokio::select! {
        ended = work => Some(ended),
        _ = tokio::signal::ctrl_c() => None,
    };
    step("everything is removed");
    clean::clean(&client).await;
    match ended {
        Some(Ok(())) => {
            figures.print();
            figures.write("operator");
        }
        Some(Err(panic)) => resume_unwind(panic),
        None => std::process::exit(130),
    }
}

async fn work(client: &Client, figures: &mut Figures) {
    let nodes = Nodes::start(client).await;
    for _ in 0..number("RUNS", 1) {
        run(client, number("BOTS", 1000), figures).await;
        clean::namespaces(client).await;
    }
    drop(nodes);
}

async fn run(client: &Client, count: usize, figures: &mut Figures) {
    let new = NEW.min(count);
    let bots = Bots::new(client.clone()).await;
    let _pods = Pods::start(client.clone(), &bots.namespace);
    bots.secrets(0..2 * count).await;
    let operator = Operator::start(&bots.namespace);
    operator.leads().await;
    figures.add("resident memory without a bot", "MB", operator.resident_mb());

    step(&format!("{count} bots with a display each"));
    let begun = Instant::now();
    tokio::join!(bots.create(0..count, Kind::WithDisplay), bots.ready(count));
    let took = begun.elapsed().as_secs_f64();
    figures.add("bots with a display each, from CR to Ready", "s", took);
    operator.quiet().await;
    let told = operator.requests().await;
    figures.add("requests per new bot with a display", "", per(told.acts(), count));
    eprintln!("{}", told.table());

    step("the same children from a plain client");
    let children = floor::children(client, &bots.namespace, count).await;
    let floor = floor::write(client, children).await.as_secs_f64();
    figures.add("the floor: a plain client writes the same children", "s", floor);
    figures.add("CR to Ready over the floor (goal 1.5)", "x", took / floor);

    step("new bots, one after the other");
    alone(&bots, &operator, count..count + new, figures).await;
    step("nothing to do");
    idle(&operator, figures).await;
    let before = operator.resident_mb();
    step("100 MB of foreign Secrets and ConfigMaps");
    foreign::create(client, &bots.namespace).await;
    idle(&operator, figures).await;
    figures.add("100 MB of foreign Secrets and ConfigMaps (goal 1)", "MB", operator.resident_mb() - before);
    foreign::delete(client, &bots.namespace).await;

    step("a restart");
    let operator = restart(operator, &bots, count + new, figures).await;
    step(&format!("{} bots", 2 * count));
    bots.create(count + new..2 * count, Kind::WithDisplay).await;
    bots.ready(2 * count).await;
    operator.quiet().await;
    figures.add("resident memory with twice as many bots (goal 30)", "MB", operator.resident_mb());
    operator.stop().await;
}

/// New bots, one after the other, among those that are there: the first write, and what each costs.
async fn alone(bots: &Bots, operator: &Operator, range: Range<usize>, figures: &mut Figures) {
    operator.quiet().await;
    let before = operator.requests().await;
    let mut first = Vec::new();
    for index in range.clone() {
        first.push(bots.first_write(index).await.as_secs_f64() * 1000.0);
    }
    bots.ready(range.end).await;
    operator.quiet().await;
    let told = operator.requests().await.since(&before);
    figures.add("new bot among them, CR to its first child, p99 (goal 250)", "ms", p99(first));
    figures.add("requests per new bot (goal 8)", "", per(told.acts(), range.len()));
    eprintln!("{}", told.table());
}

async fn idle(operator: &Operator, figures: &mut Figures) {
    operator.quiet().await;
    let (before, processor) = (operator.requests().await, operator.processor());
    tokio::time::sleep(IDLE).await;
    let told = operator.requests().await.since(&before);
    figures.add("idle for 30 s: writes (goal 0)", "", per(told.writes(), 1));
    figures.add("idle for 30 s: requests but watches and the lease (goal 0)", "", per(told.acts(), 1));
    let took = operator.processor().saturating_sub(processor);
    figures.add("idle for 30 s: processor time, with a probe of each pod in 15 s", "s", took.as_secs_f64());
}

async fn restart(operator: Operator, bots: &Bots, count: usize, figures: &mut Figures) -> Operator {
    operator.stop().await;
    let begun = Instant::now();
    let operator = Operator::start(&bots.namespace);
    operator.reconciled(count).await;
    figures.add("restart: every bot looked at again (goal 5)", "s", begun.elapsed().as_secs_f64());
    operator.quiet().await;
    let told = operator.requests().await;
    figures.add("restart: writes (goal 0)", "", per(told.writes(), 1));
    figures.add("restart: requests but watches and the lease", "", per(told.acts(), 1));
    eprintln!("{}", told.table());
    figures.add("resident memory after the restart", "MB", operator.resident_mb());
    operator
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
fn per(count: u64, of: usize) -> f64 {
    count as f64 / of as f64
}
