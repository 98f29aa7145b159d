//! The watches of a scope: what they bring goes into the stores, and wakes whom it concerns.

use std::{collections::BTreeSet, fmt::Debug, sync::Arc};

use futures_util::{Stream, StreamExt as _};
use k8s_openapi::{
    NamespaceResourceScope,
    api::{
        apps::v1::Deployment,
        core::v1::{ConfigMap, Pod, Service, ServiceAccount},
        networking::v1::NetworkPolicy,
        policy::v1::PodDisruptionBudget,
    },
};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    runtime::{
        WatchStreamExt as _,
        reflector::{ObjectRef, Store, store::Writer},
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;

use super::wake::{self, Woken};
use crate::{
    api::{DiscordBot, StockDisplay, names},
    cluster::{
        cache::{Key, Summary},
        child::{Child, Live},
        context::{Children, Context},
        pod::PodState,
    },
};

/// Objects per page of a list. Small: a page is in memory several times over while it is read.
const PAGE: u32 = 50;

/// A watch that is retried for ever, with back-off.
fn watch<K>(
    client: &Client,
    scope: Option<&str>,
    selector: Option<String>,
) -> impl Stream<Item = watcher::Result<Event<K>>> + use<K>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + DeserializeOwned
        + Debug
        + Send
        + 'static,
{
    let api = match scope {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let config =
        watcher::Config { label_selector: selector, page_size: Some(PAGE), ..watcher::Config::default() };
    watcher(api, config).default_backoff()
}

/// Drops what nobody here reads and what is often most of an object: who changed which field, and `kubectl`'s copy of it.
fn forget_history<K: Resource>(object: &mut K) {
    object.managed_fields_mut().clear();
    object.annotations_mut().remove("kubectl.kubernetes.io/last-applied-configuration");
}

pub async fn follow_bots(context: &Context, scope: Option<&str>, mut writer: Writer<DiscordBot>) {
    let mut events =
        std::pin::pin!(watch::<DiscordBot>(&context.process.client, scope, None).modify(forget_history));
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                writer.apply_watcher_event(&event);
                wake_all(context, &by_bot_event(context, &event));
            }
            Err(error) => {
                tracing::warn!(%error, "the watch of DiscordBots was interrupted; it is tried again");
            }
        }
    }
}

fn by_bot_event(context: &Context, event: &Event<DiscordBot>) -> Woken {
    match event {
        Event::Apply(bot) | Event::InitApply(bot) | Event::Delete(bot) => {
            wake::by_bot(&Key::of(bot), |bot| bound(context, bot))
        }
        // Bots that vanished while the watch was down are not named: their displays are found among all.
        Event::InitDone => Woken { displays: all(&context.displays), ..Woken::default() },
        Event::Init => Woken::default(),
    }
}

pub async fn follow_displays(context: &Context, scope: Option<&str>, mut writer: Writer<StockDisplay>) {
    let mut events =
        std::pin::pin!(watch::<StockDisplay>(&context.process.client, scope, None).modify(forget_history));
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                let before = known(context, &event);
                writer.apply_watcher_event(&event);
                wake_all(context, &by_display_event(context, before.as_deref(), &event));
            }
            Err(error) => {
                tracing::warn!(%error, "the watch of StockDisplays was interrupted; it is tried again");
            }
        }
    }
}

/// The display as it was before the event.
fn known(context: &Context, event: &Event<StockDisplay>) -> Option<Arc<StockDisplay>> {
    match event {
        Event::Apply(display) | Event::InitApply(display) | Event::Delete(display) => {
            context.displays.get(&ObjectRef::from_obj(display))
        }
        Event::Init | Event::InitDone => None,
    }
}

fn by_display_event(context: &Context, before: Option<&StockDisplay>, event: &Event<StockDisplay>) -> Woken {
    let by = |display, now| wake::by_display(&Key::of(display), before, now, |bot| bound(context, bot));
    match event {
        Event::Apply(display) | Event::InitApply(display) => by(display, Some(display)),
        Event::Delete(display) => by(display, None),
        // Displays that vanished while the watch was down are not named: their bots are found among all.
        Event::InitDone => Woken { bots: all(&context.bots), ..Woken::default() },
        Event::Init => Woken::default(),
    }
}

fn bound(context: &Context, bot: &Key) -> Vec<Key> {
    context.displays_of(bot).iter().map(|display| Key::of(&**display)).collect()
}

fn all<K: Resource<DynamicType = ()> + Clone>(store: &Store<K>) -> BTreeSet<Key> {
    store.state().iter().map(|object| Key::of(&**object)).collect()
}

fn wake_all(context: &Context, woken: &Woken) {
    woken.bots.iter().for_each(|bot| context.triggers.bot(bot));
    woken.displays.iter().for_each(|display| context.triggers.display(display));
}

pub async fn follow_children(context: &Context, scope: Option<&str>) {
    tokio::join!(
        follow_kind::<Deployment>(context, scope, &context.deployments),
        follow_kind::<ConfigMap>(context, scope, &context.config_maps),
        follow_kind::<Service>(context, scope, &context.services),
        follow_kind::<ServiceAccount>(context, scope, &context.service_accounts),
        follow_kind::<PodDisruptionBudget>(context, scope, &context.budgets),
        follow_kind::<NetworkPolicy>(context, scope, &context.network_policies),
    );
}

async fn follow_kind<K>(context: &Context, scope: Option<&str>, cache: &Children<K>)
where
    K: Child + Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug + Send + 'static,
{
    let events = watch::<K>(&context.process.client, scope, Some(names::children_selector()));
    cache
        .follow(
            events,
            |object, _| Live::of(object),
            |key, live| context.triggers.bot(&Key::new(&key.namespace, live.bot())),
        )
        .await;
}

pub async fn follow_pods(context: &Context, scope: Option<&str>) {
    let events = watch::<Pod>(&context.process.client, scope, Some(names::children_selector()));
    let wake = |key: &Key, pod: &PodState| context.triggers.bot(&Key::new(&key.namespace, pod.bot()));
    context.pods.follow(events, |pod, before| PodState::of(pod).since(before), wake).await;
}

pub async fn poll_secrets(context: &Context) {
    let of_bot = |bot: &DiscordBot| {
        let namespace = Key::of(bot).namespace;
        wake::secrets_of(&bot.spec).map(|secret| Key::new(&namespace, secret)).collect::<Vec<_>>()
    };
    let wanted = || context.bots.state().iter().flat_map(|bot| of_bot(bot)).collect();
    let changed = |secret: &Key| {
        let bots = context.bots.state();
        wake_all(context, &wake::by_secret(secret, bots.iter().map(|bot| &**bot)));
    };
    context.secrets.poll(wanted, changed).await;
}
