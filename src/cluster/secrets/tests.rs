//! When Secrets are read, and when that is news to a bot; the API server is a function.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Key, SecretState, Secrets};
use crate::client::stub::{Stub, refusal};

/// An API server with one Secret, whose answers and content the test decides.
struct Server {
    stub: Stub,
    secret: Arc<Mutex<Value>>,
    code: Arc<AtomicU16>,
}

impl Server {
    fn new() -> Self {
        let (secret, code) = (Arc::new(Mutex::new(version("1", "b2xk"))), Arc::new(AtomicU16::new(200)));
        let (kept, answer) = (Arc::clone(&secret), Arc::clone(&code));
        let stub = Stub::new(move |_| match answer.load(Ordering::Relaxed) {
            200 => (200, kept.lock().unwrap().clone()),
            404 => refusal(404, "NotFound", "no"),
            code => refusal(code, "Refused", "no"),
        });
        Self { stub, secret, code }
    }

    fn has(&self, version_now: &str, token: &str) {
        *self.secret.lock().unwrap() = version(version_now, token);
    }

    fn answers(&self, code: u16) {
        self.code.store(code, Ordering::Relaxed);
    }

    fn asked(&self) -> usize {
        self.stub.asked().len()
    }
}

/// The Secret at a version, `token` being in Base64.
fn version(version: &str, token: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "data": {"token": token},
        "metadata": {"name": "discord", "namespace": "shops", "resourceVersion": version},
    })
}

fn key() -> Key {
    Key::new("shops", "discord")
}

#[tokio::test]
async fn what_the_watch_tells_is_read_if_a_bot_refers_to_it_and_it_is_new() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    assert!(!secrets.told(&key(), Some("1")).await);
    assert_eq!(server.asked(), 0, "no bot refers to it");
    secrets.get(&key()).await.unwrap();
    assert!(!secrets.told(&key(), Some("1")).await);
    assert_eq!(server.asked(), 1, "it is known at that version");

    server.has("2", "b2xk");
    assert!(!secrets.told(&key(), Some("2")).await, "an annotation");
    server.has("3", "bmV3");
    assert!(secrets.told(&key(), Some("3")).await);
    server.answers(404);
    assert!(secrets.told(&key(), None).await);
    assert!(!secrets.told(&key(), None).await);
    assert_eq!(server.asked(), 4);
    assert_eq!(*secrets.get(&key()).await.unwrap(), SecretState::Missing);
}

#[tokio::test]
async fn what_the_watch_tells_while_it_is_read_is_read_once() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    let key = key();
    let (read, news) = tokio::join!(secrets.get(&key), secrets.told(&key, Some("1")));
    assert!(read.is_ok() && !news);
    assert_eq!(server.asked(), 1);
    assert_eq!(secrets.next(true, Instant::now() + Duration::from_secs(5)), None, "nothing is left to read");
}

#[tokio::test]
async fn bots_that_share_a_secret_have_it_read_once() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    let (first, second) = (key(), key());
    let (first, second) = tokio::join!(secrets.get(&first), secrets.get(&second));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn a_change_that_could_not_be_read_at_once_is_read_later_though_the_namespace_is_watched() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    secrets.get(&key()).await.unwrap();
    secrets.set_watched("shops", true);
    let later = Instant::now() + Duration::from_mins(1);
    assert_eq!(secrets.next(true, later), None, "what is watched is not polled");
    server.has("2", "bmV3");
    server.answers(503);
    assert!(!secrets.told(&key(), Some("2")).await);
    server.answers(200);
    assert_eq!(secrets.next(true, later), Some(key()));
    assert!(secrets.look(&key()).await);
    assert_eq!(secrets.next(true, later + Duration::from_mins(1)), None);
}

#[tokio::test]
async fn of_many_secrets_those_that_may_mend_a_bot_come_soon_and_no_other_is_forgotten() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    for number in 0..50 {
        secrets.get(&Key::new("shops", format!("discord-{number:02}"))).await.unwrap();
    }
    let mends = Key::new("shops", "discord-25");
    secrets.set_waiting(&Key::new("shops", "growshop"), true, [mends.name.as_str()].into_iter());
    let begun = Instant::now() + Duration::from_mins(1);
    let turns = (0..120).map(|second| secrets.next(second % 2 == 0, begun + Duration::from_secs(second)));
    let turns: Vec<Key> = turns.flatten().collect();
    assert!(turns.iter().filter(|key| **key == mends).count() >= 30, "{turns:?}");
    assert_eq!(turns.iter().collect::<HashSet<_>>().len(), 50);
}

#[tokio::test]
async fn rights_that_are_taken_and_given_back_are_noticed() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    let before = secrets.get(&key()).await.unwrap();
    server.answers(403);
    assert!(secrets.look(&key()).await);
    assert_eq!(*secrets.get(&key()).await.unwrap(), SecretState::Forbidden);
    assert!(!secrets.look(&key()).await);
    server.answers(200);
    assert!(secrets.look(&key()).await);
    assert_eq!(secrets.get(&key()).await.unwrap(), before);
}

#[tokio::test]
async fn what_no_bot_refers_to_any_more_is_forgotten_with_its_namespace() {
    let server = Server::new();
    let secrets = Secrets::new(server.stub.client.clone());
    let namespaces = secrets.namespaces();
    secrets.get(&key()).await.unwrap();
    secrets.get(&Key::new("other", "discord")).await.unwrap();
    assert_eq!(namespaces.borrow().len(), 2);
    secrets.keep_only(&[key()].into());
    assert_eq!(namespaces.borrow().iter().collect::<Vec<_>>(), ["shops"]);
    assert_eq!((secrets.there("shops").len(), secrets.there("other").len()), (1, 0));
}
