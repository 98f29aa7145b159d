//! REST requests as bots make them, as fast as they are answered: messages written, read, edited and listed over all
//! bots and channels, and what bots ask of themselves.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::target::{BOTS, CHANNELS, channel, token};

/// Requests under way at once.
pub const AT_ONCE: usize = 64;

/// How long each request took in ms.
pub type Times = Vec<f64>;

const CREATE: &str = r#"{"content":"In stock: 12","nonce":"n","embeds":[{"title":"World Lock","description":"A block","color":3447003,"fields":[{"name":"Price","value":"10"},{"name":"Left","value":"12"}]}],"components":[{"type":1,"components":[{"type":2,"style":1,"label":"Buy","custom_id":"buy"}]}]}"#;
const EDIT: &str =
    r#"{"content":"In stock: 11","embeds":[{"title":"World Lock","description":"A block","color":3447003}]}"#;

/// Runs some workers for some time. An answer that is no success fails the measurement.
pub async fn run(url: &str, workers: usize, time: Duration) -> Times {
    let end = Instant::now() + time;
    let mut tasks = Vec::new();
    for worker in 0..workers {
        let client = Client::new(url).await;
        tasks.push(tokio::spawn(work(client, worker, workers, end)));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    times
}

async fn work(mut client: Client, worker: usize, workers: usize, end: Instant) -> Times {
    let mut times = Vec::new();
    // Every worker has its own pairs of bot and channel, each of which has its own bucket.
    for turn in (worker..).step_by(workers) {
        let token = token(turn % BOTS);
        let messages = format!("/api/v10/channels/{}/messages", channel(turn % BOTS, turn / BOTS % CHANNELS));
        let mut message = messages.clone();
        for (method, body) in [
            ("POST", CREATE),
            ("GET", ""),
            ("PATCH", EDIT),
            ("GET", ""),
            ("LIST", ""),
            ("ME", ""),
            ("PATCH", EDIT),
        ] {
            if Instant::now() >= end {
                return times;
            }
            let start = Instant::now();
            let answer = match method {
                "LIST" => client.done("GET", &format!("{messages}?limit=5"), &token, "").await,
                "ME" => client.done("GET", "/api/v10/users/@me", &token, "").await,
                _ => client.done(method, &message, &token, body).await,
            };
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            if method == "POST" {
                message = format!("{messages}/{}", id_of(&answer.text()));
            }
        }
    }
    times
}

/// The id of a message object; the floor answers something else.
fn id_of(text: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Message {
        id: String,
    }
    serde_json::from_str::<Message>(text).map_or_else(|_| "1".to_owned(), |message| message.id)
}
