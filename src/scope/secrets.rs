//! The Secrets that bots mount: one watch of metadata for each namespace where that is granted, the poll for the others. Rights may
//! come and go at any time. Must not: list or watch the Secrets themselves, or keep what no bot refers to.

use std::{
    collections::{BTreeSet, HashSet},
    pin::pin,
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Resource as _, ResourceExt as _,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt as _,
        watcher::{Event, watcher},
    },
};

use super::{
    wake,
    watches::{is_forbidden, list_config, wake_all},
};
use crate::cluster::{cache::Key, context::Context};

/// How soon it is tried again whether the watch is granted by now.
const RIGHTS: Duration = Duration::from_secs(30);
/// How soon what no bot refers to any more is forgotten.
const TIDY: Duration = Duration::from_mins(1);

/// Learns of changes in the Secrets of all bots, for ever.
pub async fn follow_secrets(context: &Context) {
    tokio::join!(
        follow_namespaces(context),
        context.secrets.poll(|secret| changed(context, secret)),
        tidy(context)
    );
}

/// A Secret means something else to the bots that mount it.
fn changed(context: &Context, secret: &Key) {
    let bots = context.bots.state();
    wake_all(context, &wake::by_secret(secret, bots.iter().map(|bot| &**bot)));
}

async fn tidy(context: &Context) {
    let mut ticks = tokio::time::interval(TIDY);
    loop {
        ticks.tick().await;
        let mut wanted = HashSet::new();
        for bot in context.bots.state() {
            let namespace = Key::of(&*bot).namespace;
            wanted.extend(wake::secrets_of(&bot.spec).map(|secret| Key::new(&namespace, secret)));
        }
        context.secrets.keep_only(&wanted);
    }
}

/// Follows each namespace for as long as a bot is in it.
async fn follow_namespaces(context: &Context) {
    let mut wanted = context.secrets.namespaces();
    let (mut followed, mut following) = (BTreeSet::new(), FuturesUnordered::new());
    loop {
        let now = wanted.borrow_and_update().clone();
        for namespace in now {
            if followed.insert(namespace.clone()) {
                following.push(follow_namespace(context, namespace));
            }
        }
        tokio::select! {
            Some(namespace) = following.next() => {
                followed.remove(&namespace);
            }
            // The sender lives as long as the context.
            _ = wanted.changed() => {}
        }
    }
}

/// Follows a namespace until no bot is in it; gives it back.
async fn follow_namespace(context: &Context, namespace: String) -> String {
    let (secrets, freshness) = (&context.secrets, &context.process.freshness);
    let path = Secret::url_path(&(), Some(&namespace));
    let granted = async {
        loop {
            watch(context, &namespace).await;
            secrets.set_watched(&namespace, false);
            freshness.closed(&path);
            tokio::time::sleep(RIGHTS).await;
            secrets.turn().await;
        }
    };
    let mut namespaces = secrets.namespaces();
    tokio::select! {
        () = granted => {}
        _ = namespaces.wait_for(|all| !all.contains(&namespace)) => {}
    }
    secrets.set_watched(&namespace, false);
    freshness.closed(&path);
    namespace
}

/// Watches the Secrets of a namespace until that is forbidden.
async fn watch(context: &Context, namespace: &str) {
    let api: Api<PartialObjectMeta<Secret>> = Api::namespaced(context.process.client.clone(), namespace);
    let mut events = pin!(watcher(api, list_config(None)).default_backoff());
    let mut listed = HashSet::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Init) => listed.clear(),
            Ok(Event::InitApply(secret)) => {
                let key = Key::of(&secret);
                tell(context, &key, secret.resource_version()).await;
                listed.insert(key);
            }
            Ok(Event::InitDone) => {
                for key in context.secrets.there(namespace).into_iter().filter(|key| !listed.contains(key)) {
                    tell(context, &key, None).await;
                }
                listed = HashSet::new();
                context.secrets.set_watched(namespace, true);
            }
            Ok(Event::Apply(secret)) => tell(context, &Key::of(&secret), secret.resource_version()).await,
            Ok(Event::Delete(secret)) => tell(context, &Key::of(&secret), None).await,
            Err(error) if is_forbidden(&error) => {
                tracing::debug!(namespace, %error, "Secrets may not be watched: those that may be read are polled");
                return;
            }
            Err(error) => {
                tracing::warn!(kind = "Secret", namespace, %error, "a watch was interrupted; it is tried again");
            }
        }
    }
}

async fn tell(context: &Context, key: &Key, version: Option<String>) {
    if context.secrets.told(key, version.as_deref()).await {
        changed(context, key);
    }
}
