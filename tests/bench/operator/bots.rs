//! The bots and displays of the bench, in a namespace of their own.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use kube::{
    Api, Client,
    api::PostParams,
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::{Value, json};
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::{
    PATIENCE,
    clean::{LABEL, namespace},
};

/// Requests of this program at a time.
pub const CONCURRENCY: usize = 16;

/// What comes with a bot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Alone,
    /// A display.
    WithDisplay,
}

/// Bots in a namespace.
pub struct Bots {
    client: Client,
    /// Where they are.
    pub namespace: String,
}

impl Bots {
    /// A namespace with the Secret that every bot mounts.
    pub async fn new(client: Client) -> Self {
        let namespace = namespace(&client, "operator-bench").await;
        let secrets: Api<Secret> = Api::namespaced(client.clone(), &namespace);
        let secret = json!({"metadata": {"name": "postgres"}, "stringData": {"url": "postgres://shop:secret@db/shop"}});
        secrets.create(&PostParams::default(), &serde_json::from_value(secret).unwrap()).await.unwrap();
        Self { client, namespace }
    }

    /// Creates the tokens of bots.
    pub async fn secrets(&self, range: Range<usize>) {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), &self.namespace);
        stream::iter(range)
            .for_each_concurrent(CONCURRENCY, |index| {
                let secrets = &secrets;
                let secret =
                    json!({"metadata": {"name": name(index)}, "stringData": {"token": "MTEw.abc.def"}});
                async move {
                    let secret = serde_json::from_value(secret).unwrap();
                    secrets.create(&PostParams::default(), &secret).await.unwrap();
                }
            })
            .await;
    }

    /// Creates bots.
    pub async fn create(&self, range: Range<usize>, kind: Kind) {
        stream::iter(range).for_each_concurrent(CONCURRENCY, |index| self.create_one(index, kind)).await;
    }

    async fn create_one(&self, index: usize, kind: Kind) {
        let bots: Api<DiscordBot> = Api::namespaced(self.client.clone(), &self.namespace);
        let displays: Api<StockDisplay> = Api::namespaced(self.client.clone(), &self.namespace);
        let [bot, display] = documents(index);
        bots.create(&PostParams::default(), &serde_json::from_value(bot).unwrap()).await.unwrap();
        if kind == Kind::WithDisplay {
            displays.create(&PostParams::default(), &serde_json::from_value(display).unwrap()).await.unwrap();
        }
    }

    /// Waits until so many bots are ready.
    pub async fn ready(&self, count: usize) {
        let bots: Api<DiscordBot> = Api::namespaced(self.client.clone(), &self.namespace);
        let mut ready = std::collections::BTreeSet::new();
        let mut events =
            std::pin::pin!(watcher(bots, watcher::Config::default()).default_backoff().applied_objects());
        while ready.len() < count {
            let event = tokio::time::timeout(PATIENCE, events.next()).await;
            let Some(event) = event.expect("bots become ready") else { break };
            let Ok(bot) = event else { continue };
            let conditions = bot.status.map(|status| status.conditions).unwrap_or_default();
            if conditions.iter().any(|one| one.type_ == "Ready" && one.status == "True") {
                ready.insert(bot.metadata.name);
                if ready.len() % 100 == 0 {
                    eprintln!("   {} of {count} ready", ready.len());
                }
            }
        }
    }

    /// Creates one, and waits for its first child: the time from the wish to it.
    pub async fn first_write(&self, index: usize) -> Duration {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client.clone(), &self.namespace);
        let only = watcher::Config::default().fields(&format!("metadata.name={}", name(index)));
        let mut events = std::pin::pin!(watcher(accounts, only).applied_objects());
        // The watch is open before the wish is made.
        let opened = tokio::time::timeout(Duration::from_millis(100), events.next()).await;
        assert!(opened.is_err(), "there is none yet");
        let begun = Instant::now();
        let ((), child) =
            tokio::join!(self.create_one(index, Kind::Alone), tokio::time::timeout(PATIENCE, events.next()));
        child.expect("a child comes").unwrap().unwrap();
        begun.elapsed()
    }
}

/// Name of a bot, and of its display.
fn name(index: usize) -> String {
    format!("bot-{index:05}")
}

fn documents(index: usize) -> [Value; 2] {
    let name = name(index);
    let pod = json!({
        "nodeSelector": {LABEL: "true"},
        "tolerations": [{"key": LABEL, "operator": "Exists"}],
    });
    let bot = json!({
        "apiVersion": "stockbot.dev/v1alpha1", "kind": "DiscordBot", "metadata": {"name": name},
        "spec": {
            "tokenSecretRef": {"name": name}, "guildId": "1100000000000000001",
            "database": {"urlSecretRef": {"name": "postgres"}}, "podTemplate": pod,
        },
    });
    let display = json!({
        "apiVersion": "stockbot.dev/v1alpha1", "kind": "StockDisplay", "metadata": {"name": name},
        "spec": {"botRef": {"name": name}, "channelId": format!("11000000000001{index:05}")},
    });
    [bot, display]
}
