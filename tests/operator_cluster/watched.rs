//! All that a namespace holds, as watches bring it: looking at it costs the API server nothing.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use futures_util::StreamExt as _;
use k8s_openapi::api::{
    apps::v1::{Deployment, ReplicaSet},
    core::v1::{ConfigMap, Pod, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
    policy::v1::PodDisruptionBudget,
};
use kube::{
    Api, ResourceExt as _,
    api::{ApiResource, DynamicObject},
    runtime::{
        WatchStreamExt as _,
        watcher::{Config, Event, watcher},
    },
};
use serde_json::Value;
use stockbot_operator::api::{DiscordBot, StockDisplay};
use tokio::{sync::watch, task::JoinSet};

use crate::world::World;

/// Kind and name of an object.
pub type Id = (String, String);

type Objects = Mutex<BTreeMap<Id, Value>>;

/// Objects of a namespace.
#[derive(Clone)]
pub struct Watched {
    objects: Arc<Objects>,
    version: watch::Receiver<u64>,
    _watches: Arc<JoinSet<()>>,
}

impl Watched {
    /// Begins to watch the bots, the displays, and what is made of them.
    pub fn start(world: &World) -> Self {
        let kinds = [
            ApiResource::erase::<DiscordBot>(&()),
            ApiResource::erase::<StockDisplay>(&()),
            ApiResource::erase::<Deployment>(&()),
            ApiResource::erase::<ReplicaSet>(&()),
            ApiResource::erase::<Pod>(&()),
            ApiResource::erase::<ConfigMap>(&()),
            ApiResource::erase::<Service>(&()),
            ApiResource::erase::<ServiceAccount>(&()),
            ApiResource::erase::<PodDisruptionBudget>(&()),
            ApiResource::erase::<NetworkPolicy>(&()),
        ];
        let (objects, mut watches) = (Arc::<Objects>::default(), JoinSet::new());
        let (told, version) = watch::channel(0);
        for kind in kinds {
            let api = Api::namespaced_with(world.client.clone(), &world.namespace, &kind);
            watches.spawn(follow(api, kind.kind, Arc::clone(&objects), told.clone()));
        }
        Self { objects, version, _watches: Arc::new(watches) }
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Waits for the next change; for ever, if the watches have ended with the test.
    pub async fn changed(&mut self) {
        if self.version.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Everything, as it is now.
    pub fn all(&self) -> BTreeMap<Id, Value> {
        self.objects.lock().unwrap().clone()
    }

    /// The objects of a kind.
    pub fn of_kind(&self, kind: &str) -> Vec<Value> {
        let objects = self.objects.lock().unwrap();
        objects.iter().filter(|((of, _), _)| of == kind).map(|(_, object)| object.clone()).collect()
    }
}

async fn follow(api: Api<DynamicObject>, kind: String, objects: Arc<Objects>, told: watch::Sender<u64>) {
    let mut events = std::pin::pin!(watcher(api, Config::default()).default_backoff());
    while let Some(event) = events.next().await {
        let mut objects = objects.lock().unwrap();
        match event {
            Ok(Event::Apply(mut object) | Event::InitApply(mut object)) => {
                object.managed_fields_mut().clear();
                let id = (kind.clone(), object.name_any());
                objects.insert(id, serde_json::to_value(object).unwrap());
            }
            Ok(Event::Delete(object)) => drop(objects.remove(&(kind.clone(), object.name_any()))),
            Ok(Event::Init) => objects.retain(|(of, _), _| *of != kind),
            Ok(Event::InitDone) | Err(_) => {}
        }
        told.send_modify(|version| *version += 1);
    }
}
