//! `stockbot-operator run`: its options, and the life of the process: elect a leader, run the scopes, stop in time.

use std::{collections::BTreeSet, io, net::SocketAddr, sync::Arc, time::Duration};

use clap::Args;
use k8s_openapi::jiff::Timestamp;
use kube::Config;
use stockbot_config::Span;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    client::{Fence, Freshness, connect},
    cluster::{
        context::{Context, Defaults, Process},
        rollout_pace::RolloutPace,
    },
    controller::events::Events,
    leader::Election,
    metrics::Metrics,
    scope::{Scope, run_all},
    server::{Health, serve},
    telemetry::LogFormat,
};

/// Longest time from the signal to the end of the process.
const STOP_DEADLINE: Duration = Duration::from_secs(20);
/// How long reconciles under way may go on after the signal. Far longer than a healthy one takes, and short enough for the
/// next leader to act within a second; what is cut off it does again.
const FINISH: Duration = Duration::from_millis(500);

/// Options of `stockbot-operator run`; each can be given as the environment variable of the same name.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Namespaces to watch, separated by commas; empty = all
    #[arg(long, env, value_delimiter = ',')]
    pub watch_namespaces: Vec<String>,
    /// Image of bots whose spec names none
    #[arg(long, env, default_value = concat!("stockbot:", env!("CARGO_PKG_VERSION")))]
    pub bot_image: String,
    /// Namespace of the leader election's Lease; default: the operator's own
    #[arg(long, env)]
    pub leader_election_namespace: Option<String>,
    /// Address of /livez, /readyz and /metrics
    #[arg(long, env, default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Time between two bots when a change of the operator or its defaults rolls many
    #[arg(long, env, default_value = "10s")]
    pub rollout_pace: Span,
    /// Reconciles of one kind at a time
    #[arg(long, env, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub max_concurrent_reconciles: u16,
    /// Shape of a log line
    #[arg(long, env, value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
    /// Least severe level that is logged: error, warn, info, debug or trace
    #[arg(long, env, default_value = "info")]
    pub log_level: String,
}

/// Why the operator did not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No signal can be waited for.
    #[error("cannot wait for signals: {0}")]
    Signal(io::Error),
    /// A metric has a bad name, or the name of another.
    #[error("cannot register the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// Neither a kubeconfig nor a ServiceAccount.
    #[error("no cluster: set KUBECONFIG or run in a pod with a ServiceAccount ({0})")]
    NoCluster(Box<kube::config::InferConfigError>),
    /// What the kubeconfig says makes no client.
    #[error("cannot make a client of the cluster's configuration: {0}")]
    Client(Box<kube::Error>),
    /// The address is taken, or none of this machine.
    #[error("cannot listen on {address}: {source}; set --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// Runs the operator until it is told to stop.
pub async fn run(options: Options) -> Result<(), RunError> {
    let stop = stop_signal().map_err(RunError::Signal)?;
    let metrics = Arc::new(Metrics::new()?);
    let freshness = Arc::new(Freshness::default());
    let config = Config::infer().await.map_err(|error| RunError::NoCluster(Box::new(error)))?;
    let lease_namespace =
        options.leader_election_namespace.clone().unwrap_or(config.default_namespace.clone());
    let fence = Arc::new(Fence::default());
    let client = connect(config, Arc::clone(&metrics), Arc::clone(&freshness), Arc::clone(&fence))
        .map_err(|error| RunError::Client(Box::new(error)))?;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|source| RunError::Listen { address: options.listen, source })?;
    let (scopes, scopes_seen) = watch::channel(Vec::new());
    let (started, started_seen) = watch::channel(false);
    let health = Health {
        metrics: Arc::clone(&metrics),
        freshness: Arc::clone(&freshness),
        scopes: scopes_seen,
        started: started_seen,
    };
    let server = tokio::spawn(serve(listener, health));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), listen = %options.listen, "operator started");

    let identity = identity();
    let election = Arc::new(Election::new(&client, &lease_namespace, identity.clone(), fence));
    let events = Events::new(client.clone(), Some(identity));
    let process = Process {
        client,
        freshness: Arc::clone(&freshness),
        metrics: Arc::clone(&metrics),
        defaults: Defaults { bot_image: options.bot_image.clone() },
        rollout_pace: Arc::new(RolloutPace::new(options.rollout_pace.get())),
        concurrency: options.max_concurrent_reconciles,
    };
    let reached = || {
        started.send_replace(true);
    };
    while stop.run_until_cancelled(Box::pin(election.win(reached))).await.is_some() {
        freshness.clear();
        metrics.leader.set(1);
        tracing::info!("this process leads");
        lead(scopes_of(&options, &process, &events), &election, &stop, &scopes).await;
        metrics.leader.set(0);
        freshness.clear();
    }
    election.release().await;
    server.abort();
    tracing::info!("operator stopped");
    Ok(())
}

/// A name that no other process has: two containers of one pod, or two runs of one, are two candidates.
fn identity() -> String {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "stockbot-operator".into());
    format!("{host}-{}-{}", std::process::id(), Timestamp::now().as_microsecond())
}

/// Acts until this process is told to stop or does not lead any more.
async fn lead(
    scopes: Vec<Scope>,
    election: &Arc<Election>,
    stop: &CancellationToken,
    seen: &watch::Sender<Vec<Arc<Context>>>,
) {
    seen.send_replace(scopes.iter().map(|scope| Arc::clone(&scope.context)).collect());
    let mut running = std::pin::pin!(run_all(scopes, stop.child_token()));
    // A task of its own: however much there is to compute, the claim is renewed in time.
    let election = Arc::clone(election);
    let claim = AbortOnDropHandle::new(tokio::spawn(async move { election.keep().await }));
    tokio::select! {
        () = &mut running => {}
        // Whoever leads now may act at once: what is under way here is dropped, not finished.
        _ = claim => tracing::warn!("this process does not lead any more"),
        () = stop.cancelled() => {
            if tokio::time::timeout(FINISH, &mut running).await.is_err() {
                tracing::warn!("reconciles under way did not end in time; the next leader does them again");
            }
        }
    }
    seen.send_replace(Vec::new());
}

/// A scope for each namespace that is named, or one for all.
fn scopes_of(options: &Options, process: &Process, events: &Events) -> Vec<Scope> {
    let named: BTreeSet<_> =
        options.watch_namespaces.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let scope = |namespace| Scope::new(namespace, process.clone(), events.clone());
    if named.is_empty() {
        return vec![scope(None)];
    }
    named.into_iter().map(|name| scope(Some(name.to_owned()))).collect()
}

/// Cancelled at the first SIGTERM or SIGINT. Whatever happens then, the process ends within the deadline.
fn stop_signal() -> io::Result<CancellationToken> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        told.cancel();
        tokio::time::sleep(STOP_DEADLINE).await;
        tracing::error!("did not stop in time");
        std::process::exit(1);
    });
    Ok(stop)
}
