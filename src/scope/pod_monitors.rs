//! The watch of a kind that not every cluster has, and that may come later: `PodMonitor`. It is watched while its definition
//! is there, and every bot is looked at again when it comes.

use std::{pin::pin, time::Duration};

use futures_util::StreamExt as _;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, Resource as _,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt as _,
        watcher::{self, Event, watcher},
    },
};
use tokio::sync::watch;

use super::watches::{all, follow_kind, is_forbidden};
use crate::{
    api::pod_monitor::{DEFINITION, PodMonitor},
    cluster::context::Context,
};

/// Time between two looks where definitions may not be watched. Long: an operator that is idle asks nothing.
const LOOK: Duration = Duration::from_mins(10);

/// Keeps the cache of `PodMonitor`s: complete while the cluster has the kind, else empty.
pub async fn follow_pod_monitors(context: &Context, scope: Option<&str>) {
    let (served, seen) = watch::channel(false);
    tokio::join!(follow_definition(context, &served), follow_while(context, scope, seen));
}

async fn follow_while(context: &Context, scope: Option<&str>, mut served: watch::Receiver<bool>) {
    let cache = &context.pod_monitors;
    while served.wait_for(|served| *served).await.is_ok() {
        tracing::info!(definition = DEFINITION, "every bot gets a PodMonitor");
        let look_again = async {
            cache.complete().await;
            for bot in &all(&context.bots) {
                context.triggers.bot(bot);
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = follow_kind::<PodMonitor>(context, scope, cache) => {}
            () = look_again => {}
            _ = served.wait_for(|served| !served) => {}
        }
        cache.clear();
        context.process.freshness.closed(&PodMonitor::url_path(&(), scope));
    }
}

/// Tells whether the definition is there, for ever.
async fn follow_definition(context: &Context, served: &watch::Sender<bool>) {
    let client = &context.process.client;
    let tell = |now: bool| served.send_if_modified(|before| std::mem::replace(before, now) != now);
    let api: Api<PartialObjectMeta<CustomResourceDefinition>> = Api::all(client.clone());
    let only = watcher::Config::default().fields(&format!("metadata.name={DEFINITION}"));
    let mut events = pin!(watcher(api, only).default_backoff());
    let mut listed = false;
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Init) => listed = false,
            Ok(Event::InitApply(_)) => listed = true,
            Ok(Event::InitDone) => drop(tell(listed)),
            Ok(Event::Apply(found)) => drop(tell(found.metadata.deletion_timestamp.is_none())),
            Ok(Event::Delete(_)) => drop(tell(false)),
            Err(error) if is_forbidden(&error) => {
                context.process.freshness.closed(&CustomResourceDefinition::url_path(&(), None));
                if let Some(now) = discovered(client).await {
                    tell(now);
                }
                tokio::time::sleep(LOOK).await;
            }
            Err(error) => tracing::warn!(%error, "a watch was interrupted; it is tried again"),
        }
    }
}

/// What the API server says that it serves, which everybody may ask; nothing if it gave no answer.
async fn discovered(client: &Client) -> Option<bool> {
    match client.list_api_group_resources(&PodMonitor::api_version(&())).await {
        Ok(list) => Some(list.resources.iter().any(|found| found.name == PodMonitor::plural(&()))),
        Err(kube::Error::Api(status)) if status.code == 404 => Some(false),
        Err(_) => None,
    }
}
