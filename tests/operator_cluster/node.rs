//! Plays a node whose pods run at once, and their bots: each shows what its configuration says.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};
use stockbot_config::Config;
use tokio::task::JoinHandle;

use crate::{fake_bot::FakeBot, kubelet::running, watched::Watched, world::World};

/// How soon a pod is tried again that could not be run.
const RETRY: Duration = Duration::from_millis(500);

/// A running node.
pub struct Node(JoinHandle<()>);

impl Node {
    /// Runs the pods of the world's namespace, as `watched` brings them.
    pub fn start(world: &World, watched: Watched) -> Self {
        Self(tokio::spawn(run(world.api(), watched)))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(pods: Api<Pod>, mut watched: Watched) {
    let (mut bots, mut started) = (BTreeMap::new(), BTreeSet::new());
    loop {
        for config in watched.of_kind("ConfigMap") {
            let Some(text) = config["data"]["config.yaml"].as_str() else { continue };
            let config = Config::parse(text, "config.yaml").unwrap();
            if !bots.contains_key(&config.bot) {
                bots.insert(config.bot.clone(), (FakeBot::start().await, bots.len()));
            }
            let (bot, number) = &bots[&config.bot];
            bot.obeys(&config, *number);
        }
        let mut all_run = true;
        for pod in watched.of_kind("Pod") {
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            if !pod["metadata"]["deletionTimestamp"].is_null() || started.contains(name) {
                continue;
            }
            let Some((bot, _)) = bot_of(&pod).and_then(|bot| bots.get(bot)) else { continue };
            let patch = Patch::Merge(json!({"status": running(&bot.ip)}));
            // One that is gone by now runs no more.
            if pods.patch_status(name, &PatchParams::default(), &patch).await.is_ok() {
                started.insert(name.to_owned());
            } else {
                all_run = false;
            }
        }
        tokio::select! {
            () = watched.changed() => {}
            () = tokio::time::sleep(RETRY), if !all_run => {}
        }
    }
}

/// The bot that a pod is of.
pub fn bot_of(object: &Value) -> Option<&str> {
    object["metadata"]["labels"]["stockbot.dev/bot"].as_str()
}
