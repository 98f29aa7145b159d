//! One scope (all namespaces, or one of them): opens its watches, runs its reconcilers, its probes and its look at Secrets.
//! Objects of different namespaces never refer to each other, so scopes share nothing but the process.

mod pod_monitors;
mod secrets;
mod wake;
mod watches;

use std::sync::Arc;

use futures_util::{Stream, StreamExt as _, future::join_all};
use kube::{
    Resource,
    runtime::{reflector, reflector::store::Writer},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::{
    pod_monitors::follow_pod_monitors,
    secrets::follow_secrets,
    watches::{follow_bots, follow_children, follow_displays, follow_pods},
};
use crate::{
    api::{DiscordBot, StockDisplay},
    cluster::{
        cache::Cache,
        context::{Context, Process, Triggers},
        rejections::Rejections,
        reports::Reports,
        secrets::Secrets,
    },
    controller::{driver::drive, events::Events, status_writer::StatusWriter},
    discord_bot::Bots,
    probe,
    stock_display::Displays,
};

/// A scope that is ready to run.
pub struct Scope {
    /// What its reconcilers share; the server reads it for metrics.
    pub context: Arc<Context>,
    events: Events,
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
    pub fn new(namespace: Option<String>, process: Process, events: Events) -> Self {
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
            pod_monitors: Cache::default(),
            pods: Cache::default(),
            reports: Reports::default(),
            rejections: Rejections::default(),
        };
        Self {
            context: Arc::new(context),
            events,
            namespace,
            bots: Main { writer: bots_writer, queue: bots_queue },
            displays: Main { writer: displays_writer, queue: displays_queue },
        }
    }

    /// Runs until `stop`, then lets the reconciles under way end.
    pub async fn run(self, stop: CancellationToken) {
        let Self { context, events, namespace, bots, displays } = self;
        let scope = namespace.as_deref();
        let watches = async {
            tokio::join!(
                follow_bots(&context, scope, bots.writer),
                follow_displays(&context, scope, displays.writer),
                follow_children(&context, scope),
                follow_pods(&context, scope),
                follow_pod_monitors(&context, scope),
                follow_secrets(&context),
                probe::run(Arc::clone(&context)),
            )
        };
        let reconcilers = async {
            all_listed(&context).await;
            let Process { client, metrics, concurrency, .. } = &context.process;
            tokio::join!(
                drive(
                    Bots {
                        context: Arc::clone(&context),
                        events: events.clone(),
                        statuses: StatusWriter::new(client.clone(), Arc::clone(metrics), events.clone()),
                    },
                    context.bots.clone(),
                    until(bots.queue, &stop),
                    *concurrency,
                    Arc::clone(metrics),
                ),
                drive(
                    Displays {
                        context: Arc::clone(&context),
                        events: events.clone(),
                        statuses: StatusWriter::new(client.clone(), Arc::clone(metrics), events),
                    },
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

/// Runs all scopes until `stop`.
pub async fn run_all(scopes: Vec<Scope>, stop: CancellationToken) {
    join_all(scopes.into_iter().map(|scope| scope.run(stop.clone()))).await;
}
