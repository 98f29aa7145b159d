//! One scope (all namespaces, or one of them): opens its watches, runs its reconcilers, its probes and its look at Secrets.
//! Objects of different namespaces never refer to each other, so scopes share nothing but the process.

use std::{
    collections::{HashMap, HashSet},
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{Stream, StreamExt as _, future::join_all};
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
        WatchStreamExt as _, reflector,
        reflector::store::Writer,
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    cache::{Cache, Key, Summary},
    context::{Children, Context, Process, Triggers},
    driver::drive,
    live::{Child, Live},
    pod::PodState,
    secrets::Secrets,
    written::Written,
};
use crate::{
    api::{DiscordBot, StockDisplay, names},
    discord_bot::{Bots, mounted::mounted},
    probe,
    stock_display::Displays,
};

/// Objects per page of a list. Small: a page is in memory several times over while it is read.
const PAGE: u32 = 50;

/// A scope that is ready to run.
pub struct Scope {
    /// What its reconcilers share; the server reads it for metrics.
    pub context: Arc<Context>,
    namespace: Option<String>,
    bots: Main<DiscordBot>,
    displays: Main<StockDisplay>,
}

/// The store of a main kind and the queue of objects to reconcile.
struct Main<K: Resource<DynamicType = ()> + Clone + 'static> {
    writer: Writer<K>,
    queue: mpsc::UnboundedReceiver<reflector::ObjectRef<K>>,
}

impl Scope {
    /// A scope of all namespaces (`None`) or one.
    #[must_use]
    pub fn new(namespace: Option<String>, process: Process) -> Self {
        let (bots, bots_writer) = reflector::store();
        let (displays, displays_writer) = reflector::store();
        let (bots_wake, bots_queue) = mpsc::unbounded_channel();
        let (displays_wake, displays_queue) = mpsc::unbounded_channel();
        let context = Context {
            secrets: Secrets::new(process.client.clone()),
            process,
            triggers: Triggers::new(bots_wake, displays_wake),
            bots,
            displays,
            deployments: Cache::default(),
            config_maps: Cache::default(),
            services: Cache::default(),
            service_accounts: Cache::default(),
            budgets: Cache::default(),
            network_policies: Cache::default(),
            pods: Cache::default(),
            reports: probe::Reports::default(),
            bot_statuses: Written::default(),
            display_statuses: Written::default(),
        };
        Self {
            context: Arc::new(context),
            namespace,
            bots: Main { writer: bots_writer, queue: bots_queue },
            displays: Main { writer: displays_writer, queue: displays_queue },
        }
    }

    /// Runs until `stop`, then lets the reconciles under way end.
    pub async fn run(self, stop: CancellationToken) {
        let Self { context, namespace, bots, displays } = self;
        let scope = namespace.as_deref();
        let watches = async {
            tokio::join!(
                follow_bots(&context, scope, bots.writer),
                follow_displays(&context, scope, displays.writer),
                follow_children(&context, scope),
                follow_pods(&context, scope),
                poll_secrets(&context),
                probe::run(Arc::clone(&context)),
            )
        };
        let reconcilers = async {
            all_listed(&context).await;
            let Process { metrics, concurrency, .. } = &context.process;
            tokio::join!(
                drive(
                    Bots(Arc::clone(&context)),
                    context.bots.clone(),
                    until(bots.queue, &stop),
                    *concurrency,
                    Arc::clone(metrics),
                ),
                drive(
                    Displays(Arc::clone(&context)),
                    context.displays.clone(),
                    until(displays.queue, &stop),
                    *concurrency,
                    Arc::clone(metrics),
                ),
            )
        };
        tokio::select! {
            _ = watches => {}
            _ = reconcilers => {}
            // Before the first lists are complete there is no reconcile to wait for.
            () = async { stop.cancelled().await; all_listed(&context).await; std::future::pending().await } => {}
        }
    }
}

/// Nothing may be reconciled before everything is known: a child not listed yet would look missing.
async fn all_listed(context: &Context) {
    let Context {
        deployments, config_maps, services, service_accounts, budgets, network_policies, pods, ..
    } = context;
    // The writers live as long as the scope: these waits end well.
    let _ = tokio::join!(context.bots.wait_until_ready(), context.displays.wait_until_ready());
    tokio::join!(
        deployments.complete(),
        config_maps.complete(),
        services.complete(),
        service_accounts.complete(),
        budgets.complete(),
        network_policies.complete(),
        pods.complete(),
    );
}

fn until<T>(
    mut queue: mpsc::UnboundedReceiver<T>,
    stop: &CancellationToken,
) -> impl Stream<Item = T> + use<T> {
    futures_util::stream::poll_fn(move |cx| queue.poll_recv(cx)).take_until(stop.clone().cancelled_owned())
}

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

async fn follow_bots(context: &Context, scope: Option<&str>, mut writer: Writer<DiscordBot>) {
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

async fn follow_displays(context: &Context, scope: Option<&str>, mut writer: Writer<StockDisplay>) {
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

async fn follow_children(context: &Context, scope: Option<&str>) {
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

async fn follow_pods(context: &Context, scope: Option<&str>) {
    let events = watch::<Pod>(&context.process.client, scope, Some(names::children_selector()));
    let wake = |key: &Key, pod: &PodState| context.triggers.bot(&Key::new(&key.namespace, pod.bot()));
    context.pods.follow(events, |pod, before| PodState::of(pod).since(before), wake).await;
}

async fn poll_secrets(context: &Context) {
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

/// Runs all scopes until `stop`.
pub async fn run_all(scopes: Vec<Scope>, stop: CancellationToken) {
    join_all(scopes.into_iter().map(|scope| scope.run(stop.clone()))).await;
}
