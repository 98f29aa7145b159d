//! Plays what runs in the pods: each answers the deep probe as a healthy bot that shows what its configuration says.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::{
    Api, Client, ResourceExt as _,
    runtime::{
        WatchStreamExt as _,
        watcher::{self, Event},
    },
};
use stockbot_config::Config;
use stockbot_operator::api::names;
use tokio::task::JoinHandle;

use crate::fake_bot::FakeBot;

/// The pods of a namespace.
pub struct Pods(JoinHandle<()>);

impl Pods {
    /// Begins to answer for them.
    pub fn start(client: Client, namespace: &str) -> Self {
        Self(tokio::spawn(run(
            Api::namespaced(client.clone(), namespace),
            Api::namespaced(client, namespace),
        )))
    }
}

impl Drop for Pods {
    fn drop(&mut self) {
        self.0.abort();
    }
}

enum Seen {
    Pod(Box<Event<Pod>>),
    Config(Box<Event<ConfigMap>>),
}

/// What is known of a bot.
#[derive(Default)]
struct Known {
    config: Option<Config>,
    /// Its pods by name.
    pods: BTreeMap<String, FakeBot>,
}

async fn run(pods: Api<Pod>, configs: Api<ConfigMap>) {
    let ours = || watcher::Config::default().labels(&names::children_selector());
    let pods = watcher::watcher(pods, ours())
        .default_backoff()
        .filter_map(|event| async { Some(Seen::Pod(Box::new(event.ok()?))) });
    let configs = watcher::watcher(configs, ours())
        .default_backoff()
        .filter_map(|event| async { Some(Seen::Config(Box::new(event.ok()?))) });
    let mut events = stream::select(Box::pin(pods), Box::pin(configs));
    let mut bots: BTreeMap<String, (usize, Known)> = BTreeMap::new();
    while let Some(event) = events.next().await {
        let (labels, name) = match &event {
            Seen::Pod(event) => of(event),
            Seen::Config(event) => of(event),
        };
        let Some(bot) = labels.get(names::LABEL_BOT).cloned() else { continue };
        let count = bots.len();
        let (number, known) = bots.entry(bot).or_insert_with(|| (count, Known::default()));
        match event {
            Seen::Pod(event) => match *event {
                Event::Apply(pod) | Event::InitApply(pod) => {
                    let ip = pod.status.and_then(|status| status.pod_ip);
                    let Some(ip) = ip.filter(|_| !known.pods.contains_key(&name)) else { continue };
                    known.pods.insert(name, FakeBot::start_at(ip.parse().unwrap()).await.unwrap());
                }
                _ => drop(known.pods.remove(&name)),
            },
            Seen::Config(event) => {
                if let Event::Apply(config) | Event::InitApply(config) = *event {
                    let text = config.data.unwrap_or_default().remove("config.yaml").unwrap_or_default();
                    known.config = Some(Config::parse(&text, "config.yaml").unwrap());
                }
            }
        }
        for pod in known.pods.values() {
            if let Some(config) = &known.config {
                pod.obeys(config, *number);
            }
        }
    }
}

/// Labels and name of what an event is about.
fn of<K: kube::Resource<DynamicType = ()>>(event: &Event<K>) -> (BTreeMap<String, String>, String) {
    match event {
        Event::Apply(object) | Event::InitApply(object) | Event::Delete(object) => {
            (object.labels().clone(), object.name_any())
        }
        Event::Init | Event::InitDone => (BTreeMap::new(), String::new()),
    }
}
