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
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    core::DeserializeGuard,
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
    controller::{
        status_writer::HasStatus,
        unreadable::{self, Brought, guarded, readable},
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
    watcher(api, list_config(selector)).default_backoff()
}

/// How lists are read.
pub fn list_config(selector: Option<String>) -> watcher::Config {
    watcher::Config { label_selector: selector, page_size: Some(PAGE), ..watcher::Config::default() }
}

/// Is the watch not granted?
pub fn is_forbidden(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status))
        | watcher::Error::WatchFailed(kube::Error::Api(status))
        | watcher::Error::WatchError(status) => status.code == 403,
        _ => false,
    }
}

/// Drops what nobody here reads and what is often most of an object: who changed which field, and `kubectl`'s copy of it.
fn forget_history<K: Resource>(object: &mut K) {
    object.managed_fields_mut().clear();
    object.annotations_mut().remove("kubectl.kubernetes.io/last-applied-configuration");
}

pub async fn follow_bots(context: &Context, scope: Option<&str>, writer: Writer<DiscordBot>) {
    follow_main(context, scope, writer, |_, event| match event {
        Event::Apply(bot) | Event::InitApply(bot) | Event::Delete(bot) => {
            wake::by_bot(&Key::of(bot), |bot| keys(&context.naming(bot)))
        }
        // Bots that vanished while the watch was down are not named: their displays are found among all.
        Event::InitDone => Woken { displays: all(&context.displays), ..Woken::default() },
        Event::Init => Woken::default(),
    })
    .await;
}

pub async fn follow_displays(context: &Context, scope: Option<&str>, writer: Writer<StockDisplay>) {
    follow_main(context, scope, writer, |before, event| match event {
        Event::Apply(display) | Event::InitApply(display) => {
            by_display(context, display, before, Some(display))
        }
        Event::Delete(display) => by_display(context, display, before, None),
        // Displays that vanished while the watch was down are not named: their bots are found among all.
        Event::InitDone => Woken { bots: all(&context.bots), ..Woken::default() },
        Event::Init => Woken::default(),
    })
    .await;
}

/// Keeps the store of a main kind; `woken` gets the object as it was before an event, and the event.
async fn follow_main<K>(
    context: &Context,
    scope: Option<&str>,
    mut writer: Writer<K>,
    woken: impl Fn(Option<&K>, &Event<K>) -> Woken,
) where
    K: HasStatus + Send + 'static,
{
    let (client, store) = (&context.process.client, writer.as_reader());
    let mut events =
        std::pin::pin!(guarded(watch::<DeserializeGuard<K>>(client, scope, None).modify(forget_history)));
    while let Some(brought) = events.next().await {
        let event = match brought {
            Brought::Event(Ok(event)) => event,
            Brought::Event(Err(error)) => {
                tracing::warn!(kind = %K::kind(&()), %error, "a watch was interrupted; it is tried again");
                continue;
            }
            Brought::Unreadable(invalid) => {
                unreadable::tell::<K>(client, &invalid).await;
                // What was known of it is out of date, and must not overwrite what it is told.
                match store.get(&reference(&invalid.metadata)) {
                    Some(known) => Event::Delete((*known).clone()),
                    None => continue,
                }
            }
        };
        let before = match &event {
            Event::Apply(object) | Event::InitApply(object) | Event::Delete(object) => {
                store.get(&ObjectRef::from_obj(object))
            }
            Event::Init | Event::InitDone => None,
        };
        writer.apply_watcher_event(&event);
        wake_all(context, &woken(before.as_deref(), &event));
    }
}

fn reference<K: Resource<DynamicType = ()>>(metadata: &ObjectMeta) -> ObjectRef<K> {
    let name = metadata.name.as_deref().unwrap_or_default();
    ObjectRef::new(name).within(metadata.namespace.as_deref().unwrap_or_default())
}

fn by_display(
    context: &Context,
    display: &StockDisplay,
    before: Option<&StockDisplay>,
    now: Option<&StockDisplay>,
) -> Woken {
    wake::by_display(&Key::of(display), before, now, |bot, channel| keys(&context.naming_in(bot, channel)))
}

fn keys(displays: &[Arc<StockDisplay>]) -> Vec<Key> {
    displays.iter().map(|display| Key::of(&**display)).collect()
}

pub fn all<K: Resource<DynamicType = ()> + Clone>(store: &Store<K>) -> BTreeSet<Key> {
    store.state().iter().map(|object| Key::of(&**object)).collect()
}

pub fn wake_all(context: &Context, woken: &Woken) {
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

pub async fn follow_kind<K>(context: &Context, scope: Option<&str>, cache: &Children<K>)
where
    K: Child + Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug + Send + 'static,
{
    let selector = Some(names::children_selector());
    let events = readable(watch::<DeserializeGuard<K>>(&context.process.client, scope, selector));
    cache
        .follow(
            events,
            |object, before| Live::of(object).since(before),
            |key, live| context.triggers.bot(&Key::new(&key.namespace, live.bot())),
        )
        .await;
}

pub async fn follow_pods(context: &Context, scope: Option<&str>) {
    let selector = Some(names::children_selector());
    let events = readable(watch::<DeserializeGuard<Pod>>(&context.process.client, scope, selector));
    let wake = |key: &Key, pod: &PodState| context.triggers.bot(&Key::new(&key.namespace, pod.bot()));
    context.pods.follow(events, |pod, before| PodState::of(pod).since(before), wake).await;
}
