//! Purchases of the real bot against the stand-in and a real Postgres: how fast goods arrive, how many calls and transactions a sale
//! costs, how old posts get. Prints a table, writes `target/bench/sales.json`. Never part of a test: figures depend on the machine.
//!
//! `SALES_RUNS` (default 5) and `SALES_SECONDS` (default 60) shorten it.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on panics")]

#[path = "../../tests/bot/support.rs"]
mod support;

mod log;
mod peer;
mod stage;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;
use stockbot_harness::{Figures, Person, p99, percentile};

use self::{log::Sale, stage::Stage};

/// Purchases a second that arrive on their own, whatever the bot does.
const PACES: [u32; 2] = [10, 16];
/// Customers of those: none comes twice within a second, since Discord takes 5 messages in 5 s for each of them.
const CUSTOMERS: usize = 40;
/// Buyers who buy again as soon as they have their goods. Discord lets each have one in a second.
const BUYERS: usize = 16;

fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[tokio::main]
async fn main() {
    let (runs, seconds) = (number("SALES_RUNS", 5), number("SALES_SECONDS", 60));
    let mut figures = Figures::default();
    for run in 1..=runs {
        eprintln!("run {run} of {runs}");
        for pace in PACES {
            steady(&mut figures, pace, seconds).await;
        }
        closed(&mut figures, seconds).await;
        peer(&mut figures, seconds).await;
    }
    figures.print();
    figures.write("sales");
}

/// So many purchases a second, with history and log channels set.
async fn steady(figures: &mut Figures, pace: u32, seconds: u32) {
    let stage = Stage::set(CUSTOMERS).await;
    let wanted = usize::try_from(pace * seconds).unwrap();
    let confirmations = stage.confirmations(wanted).await;
    let (before, calls) = (stage.transactions().await, log::calls(&stage.shop).await);
    let begun = Instant::now();
    stage.count_anew().await;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / pace);
    let mut clicks = Vec::new();
    for (customer, confirmation) in confirmations {
        ticks.tick().await;
        clicks.push(tokio::spawn(async move { customer.click(&confirmation, "sb1:ok:").await }));
    }
    join_all(clicks).await;
    let sales = stage.settled(wanted).await;
    eprintln!("{pace}/s: statements per purchase\n{}", stage.statements(wanted).await);
    let transactions = stage.transactions().await - before - stage.idle(begun.elapsed());
    let name = |what: &str| format!("{pace}/s with posts: {what}");
    add(figures, &name("order to goods"), &sales);
    let oldest = sales.iter().filter_map(|sale| sale.posted).fold(0.0, f64::max);
    figures.add(&name("oldest post (goal 60)"), "s", oldest / 1000.0);
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let each = |count: i64| count as f64 / sales.len() as f64;
    figures.add(&name("transactions per purchase, posts included"), "", each(transactions));
    let calls = i64::try_from(log::calls(&stage.shop).await - calls).unwrap();
    figures.add(&name("REST calls per purchase, posts included"), "", each(calls));
}

/// Buyers who wait for their receipt before they buy again.
async fn closed(figures: &mut Figures, seconds: u32) {
    let stage = Stage::set(BUYERS).await;
    let each = usize::try_from(seconds).unwrap() * 2;
    let confirmations = stage.confirmations(each * BUYERS).await;
    let mut queues: Vec<Vec<_>> = (0..BUYERS).map(|_| Vec::new()).collect();
    for (index, confirmation) in confirmations.into_iter().enumerate() {
        queues[index % BUYERS].push(confirmation);
    }
    buyers(figures, &format!("{BUYERS} buyers"), seconds, queues).await;
    add(figures, &format!("{BUYERS} buyers: order to goods"), &stage.sales().await);
}

/// The same buyers at the peer's button.
async fn peer(figures: &mut Figures, seconds: u32) {
    let Some(peer) = peer::start(BUYERS).await else { return };
    let each = usize::try_from(seconds).unwrap() * 2;
    let queue = |buyer: &Person| vec![(buyer.clone(), peer.message.clone()); each];
    let queues = peer.buyers.iter().map(queue).collect();
    buyers(figures, &format!("peer (discord.js, goods in memory), {BUYERS} buyers"), seconds, queues).await;
}

/// Each buyer presses one button after the other.
async fn buyers(figures: &mut Figures, name: &str, seconds: u32, queues: Vec<Vec<(Person, Value)>>) {
    let begun = Instant::now();
    let waits = join_all(queues.into_iter().map(async |queue| {
        let mut waits = Vec::new();
        for (customer, message) in queue {
            if begun.elapsed() < Duration::from_secs(seconds.into()) {
                let clicked = Instant::now();
                let click = customer.click(&message, "sb1:ok:").await;
                customer.settled(&click, "One moment").await;
                waits.push(clicked.elapsed().as_secs_f64() * 1000.0);
            }
        }
        waits
    }))
    .await
    .concat();
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let rate = waits.len() as f64 / begun.elapsed().as_secs_f64();
    figures.add(&format!("{name}: purchases (goal 16)"), "per s", rate);
    figures.add(&format!("{name}: click to receipt, p50"), "ms", percentile(waits.clone(), 50));
    figures.add(&format!("{name}: click to receipt, p99"), "ms", p99(waits));
}

fn add(figures: &mut Figures, name: &str, sales: &[Sale]) {
    let goods: Vec<f64> = sales.iter().map(|sale| sale.goods).collect();
    figures.add(&format!("{name}, p50"), "ms", percentile(goods.clone(), 50));
    figures.add(&format!("{name}, p99"), "ms", p99(goods));
}
