//! 500 gateway sessions, and people who click buttons of the first bot, which answers each click.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::figures::p99;
use crate::target::{Target, client, text};

const SESSIONS: usize = 500;
const AT_ONCE: usize = 64;
const TIME: Duration = Duration::from_secs(4);

/// A connection.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens all sessions, spread over the bots; how long it took.
pub async fn connect(target: &Target) -> (Vec<Socket>, Duration) {
    let start = Instant::now();
    let mut sockets = Vec::new();
    for number in 0..SESSIONS {
        sockets.push(identify(target, &target.tokens[number % target.tokens.len()]).await);
    }
    (sockets, start.elapsed())
}

async fn identify(target: &Target, token: &str) -> Socket {
    let url = format!("{}/gateway/?v=10&encoding=json", target.url.replace("http", "ws"));
    let (mut socket, _) = connect_async(url).await.unwrap();
    socket.next().await.unwrap().unwrap();
    let identify = json!({ "op": 2, "d": { "token": token, "intents": 0, "properties": {} } });
    socket.send(Message::text(identify.to_string())).await.unwrap();
    let ready = socket.next().await.unwrap().unwrap();
    assert!(ready.into_text().unwrap().contains("\"READY\""));
    socket
}

/// Clicks that were answered, by interaction id.
type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<()>>>>;

/// Interactions per second and the time from click to answer (p99, ms).
pub async fn run(target: &Target, mut sockets: Vec<Socket>) -> (f64, f64) {
    let message = post_button(target).await;
    let waiting = Waiting::default();
    // The first bot has several sessions, which would all answer; only one of them does here.
    let bot = tokio::spawn(answer(target.url.clone(), sockets.remove(0), waiting.clone()));
    let end = Instant::now() + TIME;
    let client = client();
    let url = format!("{}/_sim/users/{}/click", target.url, target.user);
    let mut people = Vec::new();
    for _ in 0..AT_ONCE {
        let (client, url, message, waiting) = (client.clone(), url.clone(), message.clone(), waiting.clone());
        people.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < end {
                let start = Instant::now();
                click(&client, &url, &message, &waiting).await;
                took.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            took
        }));
    }
    let mut took = Vec::new();
    for person in people {
        took.extend(person.await.unwrap());
    }
    bot.abort();
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let rate = took.len() as f64 / TIME.as_secs_f64();
    (rate, p99(took))
}

async fn post_button(target: &Target) -> String {
    let button = json!({ "type": 2, "style": 1, "label": "Go", "custom_id": "go" });
    let body = json!({ "content": "x", "components": [{ "type": 1, "components": [button] }] });
    let url = format!("{}/api/v10/channels/{}/messages", target.url, target.channel);
    let request = client().post(url).header("authorization", format!("Bot {}", target.tokens[0]));
    let message: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
    text(&message["id"])
}

async fn click(client: &reqwest::Client, url: &str, message: &str, waiting: &Waiting) {
    let body = json!({ "message_id": message, "custom_id": "go" });
    let answer: Value = client.post(url).json(&body).send().await.unwrap().json().await.unwrap();
    let id = text(&answer["interaction_id"]);
    let (done, answered) = oneshot::channel();
    // An answer that was quicker than this has left its mark already.
    let early = {
        let mut waiting = waiting.lock().unwrap();
        waiting.remove(&id).is_some() || waiting.insert(id, done).is_some()
    };
    if !early {
        answered.await.unwrap();
    }
}

/// The bot: answers every interaction of one session.
async fn answer(url: String, mut socket: Socket, waiting: Waiting) {
    let client = client();
    while let Some(Ok(message)) = socket.next().await {
        let Ok(event) = serde_json::from_str::<Value>(message.to_text().unwrap_or_default()) else {
            continue;
        };
        if event["t"] != "INTERACTION_CREATE" {
            continue;
        }
        let (id, token) = (text(&event["d"]["id"]), text(&event["d"]["token"]));
        let (client, url, waiting) = (client.clone(), url.clone(), waiting.clone());
        tokio::spawn(async move {
            let request = client.post(format!("{url}/api/v10/interactions/{id}/{token}/callback"));
            let answer = request.json(&json!({ "type": 6 })).send().await.unwrap();
            assert_eq!(answer.status(), 204);
            let mut waiting = waiting.lock().unwrap();
            match waiting.remove(&id) {
                Some(done) => drop(done.send(())),
                None => drop(waiting.insert(id, oneshot::channel().0)),
            }
        });
    }
}
