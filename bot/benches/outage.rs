//! Postgres away for minutes under a real bot: how soon every click is answered, and how soon the shop sells again. Prints a table,
//! writes `target/bench/outage.json`. Never part of a test: figures depend on the machine.
//!
//! `OUTAGE_SECONDS` (default 180) is how long Postgres is away.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on panics")]

#[path = "../tests/bot/support.rs"]
mod support;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use stockbot_harness::{Figures, Person, Proxy, custom_ids, p99, percentile, text_of};
use support::Shop;

/// Clicks a second.
const PACE: u32 = 4;
const CUSTOMERS: usize = 16;
/// How long the shop is asked for a sale after the outage.
const AGAIN: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() {
    let seconds = std::env::var("OUTAGE_SECONDS").ok().and_then(|value| value.parse().ok()).unwrap_or(180);
    let mut figures = Figures::default();
    outage(&mut figures, "refuses", seconds, |proxy| proxy.refuse(true), |proxy| proxy.refuse(false)).await;
    let back = |proxy: &Proxy| {
        proxy.silence(false);
        proxy.cut();
    };
    outage(&mut figures, "is silent", seconds, |proxy| proxy.silence(true), back).await;
    figures.print();
    figures.write("outage");
}

async fn outage(
    figures: &mut Figures,
    how: &str,
    seconds: u32,
    lost: impl Fn(&Proxy),
    found: impl Fn(&Proxy),
) {
    eprintln!("Postgres {how} for {seconds} s");
    let (shop, proxy) = Shop::behind_a_proxy().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let mut customers = Vec::new();
    for number in 0..CUSTOMERS {
        customers.push(shop.customer(&format!("Grower{number}"), "1 DL").await);
    }
    let live = shop.world.live_message_shows("Name of VIP").await;
    let confirmation = customers[0].choose("VIP", "1").await["response"].clone();
    lost(&proxy);
    let answers = clicks(&customers, &live, &confirmation, PACE * seconds).await;
    found(&proxy);
    let sold = sells_again(&customers[0], &live).await;

    let name = |what: &str| format!("Postgres {how}: {what}");
    let polite = answers.iter().filter(|answer| answer.1).count();
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    figures.add(
        &name("clicks answered politely (goal 100)"),
        "%",
        polite as f64 * 100.0 / answers.len() as f64,
    );
    let waits: Vec<f64> = answers.into_iter().map(|answer| answer.0).collect();
    figures.add(&name("click to answer, p50"), "ms", percentile(waits.clone(), 50));
    figures.add(&name("click to answer, p99"), "ms", p99(waits.clone()));
    figures.add(&name("click to answer, slowest (goal 2000)"), "ms", waits.into_iter().fold(0.0, f64::max));
    figures.add(&name("back to the first sale (goal 5)"), "s", sold.as_secs_f64());
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "1", "nothing was bought meanwhile");
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

/// Every button of the live message, a purchase and a command in turn: how long until each is answered, in milliseconds, and
/// whether the answer says what is wrong.
async fn clicks(customers: &[Person], live: &Value, confirmation: &Value, count: u32) -> Vec<(f64, bool)> {
    let buttons = custom_ids(live);
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PACE);
    let mut pending = Vec::new();
    for (number, customer) in (0..count as usize).zip(customers.iter().cycle()) {
        ticks.tick().await;
        let (customer, live, confirmation) = (customer.clone(), live.clone(), confirmation.clone());
        let button = buttons.get(number % (buttons.len() + 2)).cloned();
        let first = customers[0].clone();
        pending.push(tokio::spawn(async move {
            let begun = Instant::now();
            let answer = match button {
                Some(button) => customer.click(&live, &button).await,
                None if number % 2 == 0 => first.click(&confirmation, "sb1:ok:").await,
                None => customer.command("orders", json!({})).await,
            };
            let polite = text_of(&answer["response"]).contains("cannot be reached");
            (begun.elapsed().as_secs_f64() * 1000.0, polite)
        }));
    }
    join_all(pending).await.into_iter().map(Result::unwrap).collect()
}

/// Presses as a customer does who was told to press again, until goods were sold.
async fn sells_again(customer: &Person, live: &Value) -> Duration {
    let begun = Instant::now();
    while begun.elapsed() < AGAIN {
        let menu = customer.click(live, "sb1:live:buy").await;
        if menu["response"]["components"][0].is_null() {
            continue;
        }
        let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;
        if text_of(&receipt["response"]).contains("Balance") {
            return begun.elapsed();
        }
    }
    AGAIN
}
