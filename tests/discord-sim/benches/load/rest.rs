//! REST requests as fast as they are answered, 64 at once, over all bots.

use std::time::{Duration, Instant};

use crate::figures::p99;
use crate::target::client;

const AT_ONCE: usize = 64;
const TIME: Duration = Duration::from_secs(4);

/// Requests per second and the 99th percentile in ms. An answer that is no success fails the measurement.
pub async fn run(url: &str, tokens: &[String]) -> (f64, f64) {
    let client = client();
    let end = Instant::now() + TIME;
    let mut workers = Vec::new();
    for worker in 0..AT_ONCE {
        let (client, url, tokens) = (client.clone(), format!("{url}/api/v10/users/@me"), tokens.to_vec());
        workers.push(tokio::spawn(async move {
            let mut took = Vec::new();
            let mut turn = worker;
            while Instant::now() < end {
                let start = Instant::now();
                turn += AT_ONCE;
                let token = &tokens[turn % tokens.len()];
                let request = client.get(&url).header("authorization", format!("Bot {token}"));
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), 200);
                answer.bytes().await.unwrap();
                took.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            took
        }));
    }
    let mut took = Vec::new();
    for worker in workers {
        took.extend(worker.await.unwrap());
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let rate = took.len() as f64 / TIME.as_secs_f64();
    (rate, p99(took))
}
