//! The watches of a scope: what they bring goes into the stores, and wakes whom it concerns.

use std::{
    collections::{HashMap, HashSet},
    fmt::Debug,
    sync::{Mutex, PoisonError},
};

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
        reflector::store::Writer,
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;

use crate::{
    api::{DiscordBot, StockDisplay, names},
    cluster::{
        cache::{Key, Summary},
        child::{Child, Live},
        context::{Children, Context},
        pod::PodState,
    },
    discord_bot::mounted::mounted,
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
    watcher(api, config).default_backoff().modify(forget_history)
}

/// Drops what nobody here reads and what is often most of an object: who changed which field, and `kubectl`'s copy of it.
fn forget_history<K: Resource>(object: &mut K) {
    object.managed_fields_mut().clear();
    object.annotations_mut().remove("kubectl.kubernetes.io/last-applied-configuration");
}

pub async fn follow_bots(context: &Context, scope: Option<&str>, mut writer: Writer<DiscordBot>) {
    let mut events = std::pin::pin!(watch::<DiscordBot>(&context.process.client, scope, None));
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                writer.apply_watcher_event(&event);
                wake_by_bot(context, &event);
            }
            Err(error) => {
                tracing::warn!(%error, "the watch of DiscordBots was interrupted; it is tried again");
            }
        }
    }
}

fn wake_by_bot(context: &Context, event: &Event<DiscordBot>) {
    let wake = |bot: &DiscordBot| {
        let key = Key::of(bot);
        context.triggers.bot(&key);
        context.displays_of(&key).iter().for_each(|display| context.triggers.display(&Key::of(&**display)));
    };
    match event {
        Event::Apply(bot) | Event::InitApply(bot) => wake(bot),
        Event::Delete(bot) => {
            context.bot_statuses.forget(&Key::of(bot));
            wake(bot);
        }
        // Bots that vanished while the watch was down are not named: their displays are found among all.
        Event::InitDone => {
            context
                .displays
                .state()
                .iter()
                .for_each(|display| context.triggers.display(&Key::of(&**display)));
        }
        Event::Init => {}
    }
}

pub async fn follow_displays(context: &Context, scope: Option<&str>, mut writer: Writer<StockDisplay>) {
    let bound = Bindings::default();
    let mut events = std::pin::pin!(watch::<StockDisplay>(&context.process.client, scope, None));
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                writer.apply_watcher_event(&event);
                wake_by_display(context, &bound, &event);
            }
            Err(error) => {
                tracing::warn!(%error, "the watch of StockDisplays was interrupted; it is tried again");
            }
        }
    }
}

fn wake_by_display(context: &Context, bound: &Bindings, event: &Event<StockDisplay>) {
    let wake = |display: &StockDisplay, exists: bool| {
        let key = Key::of(display);
        context.triggers.display(&key);
        for bot in bound.changed(&key, display, exists) {
            context.triggers.bot(&bot);
            // A channel may have become free, or taken.
            context.displays_of(&bot).iter().for_each(|other| context.triggers.display(&Key::of(&**other)));
        }
    };
    match event {
        Event::Apply(display) | Event::InitApply(display) => wake(display, true),
        Event::Delete(display) => {
            context.display_statuses.forget(&Key::of(display));
            wake(display, false);
        }
        Event::InitDone => context.bots.state().iter().for_each(|bot| context.triggers.bot(&Key::of(&**bot))),
        Event::Init => {}
    }
}

/// To which bot each display was bound, so that the old bot is woken as well when that changes, and none by a mere
/// change of status.
#[derive(Default)]
struct Bindings(Mutex<HashMap<Key, (String, Option<i64>)>>);

impl Bindings {
    /// The bots that a change of the display's spec, or its end, concerns.
    fn changed(&self, key: &Key, display: &StockDisplay, exists: bool) -> Vec<Key> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let deleting = display.metadata.deletion_timestamp.is_some();
        let now = (display.spec.bot_ref.name.clone(), display.metadata.generation.filter(|_| !deleting));
        let before = if exists { known.insert(key.clone(), now.clone()) } else { known.remove(key) };
        if exists && before.as_ref() == Some(&now) {
            return Vec::new();
        }
        let bots: HashSet<String> = before.into_iter().map(|(bot, _)| bot).chain([now.0]).collect();
        bots.into_iter().map(|bot| Key::new(&key.namespace, bot)).collect()
    }
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
        mounted(&bot.spec).into_iter().map(move |file| Key::new(&namespace, file.secret)).collect::<Vec<_>>()
    };
    let wanted = || context.bots.state().iter().flat_map(|bot| of_bot(bot)).collect();
    let changed = |secret: &Key| {
        let bots = context.bots.state();
        let users = bots.iter().filter(|bot| of_bot(bot).contains(secret));
        users.for_each(|bot| context.triggers.bot(&Key::of(&**bot)));
    };
    context.secrets.poll(wanted, changed).await;
}
