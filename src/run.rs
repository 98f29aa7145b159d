//! `stockbot-operator run`: its options, and the life of the process: elect a leader, run the scopes, stop in time.

use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Args;
use kube::Config;
use stockbot_config::Span;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{Freshness, connect},
    cluster::{
        context::{Context, Defaults, Process},
        rollout_pace::RolloutPace,
    },
    controller::events::Events,
    leader::Leadership,
    metrics::Metrics,
    scope::{Scope, run_all},
    server::{Health, serve},
    telemetry::LogFormat,
};

/// Longest time from the signal to the end of the process.
const STOP_DEADLINE: Duration = Duration::from_secs(20);

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

/// Runs the operator until it is told to stop.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let metrics = Arc::new(Metrics::new()?);
    let freshness = Arc::new(Freshness::default());
    let config =
        Config::infer().await.context("no cluster: set KUBECONFIG or run in a pod with a ServiceAccount")?;
    let lease_namespace =
        options.leader_election_namespace.clone().unwrap_or(config.default_namespace.clone());
    let client = connect(config, Arc::clone(&metrics), Arc::clone(&freshness))?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
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

    let identity = std::env::var("HOSTNAME").unwrap_or_else(|_| "stockbot-operator".into());
    let identity = format!("{identity}-{}", std::process::id());
    let Some(mut leadership) = Leadership::compete(&client, &lease_namespace, &identity, &stop).await else {
        return Ok(());
    };
    started.send_replace(true);
    let process = Process {
        events: Events::new(client.clone(), Some(identity)),
        client,
        metrics: Arc::clone(&metrics),
        defaults: Defaults { bot_image: options.bot_image.clone() },
        rollout_pace: Arc::new(RolloutPace::new(options.rollout_pace.get())),
        concurrency: options.max_concurrent_reconciles,
    };
    while stop.run_until_cancelled(leadership.won()).await == Some(true) {
        metrics.leader.set(1);
        tracing::info!("this process leads");
        lead(&namespaces(&options), &process, &mut leadership, &stop, &scopes).await;
        metrics.leader.set(0);
        freshness.clear();
    }
    server.abort();
    if tokio::time::timeout(STOP_DEADLINE / 4, leadership.resign()).await.is_err() {
        tracing::warn!("the leader's Lease was not released in time; it ends by itself");
    }
    tracing::info!("operator stopped");
    Ok(())
}

/// Acts until this process is told to stop or does not lead any more.
async fn lead(
    namespaces: &[Option<String>],
    process: &Process,
    leadership: &mut Leadership,
    stop: &CancellationToken,
    seen: &watch::Sender<Vec<Arc<Context>>>,
) {
    let scopes: Vec<_> = namespaces.iter().map(|one| Scope::new(one.clone(), process.clone())).collect();
    seen.send_replace(scopes.iter().map(|scope| Arc::clone(&scope.context)).collect());
    let ending = stop.child_token();
    let mut running = std::pin::pin!(run_all(scopes, ending.clone()));
    tokio::select! {
        () = &mut running => {}
        // Whoever leads now may act at once: what is under way here is dropped, not finished.
        () = leadership.lost() => tracing::warn!("this process does not lead any more"),
        () = stop.cancelled() => {
            if tokio::time::timeout(STOP_DEADLINE / 2, &mut running).await.is_err() {
                tracing::warn!("reconciles under way did not end in time");
            }
        }
    }
    seen.send_replace(Vec::new());
}

fn namespaces(options: &Options) -> Vec<Option<String>> {
    let named: BTreeSet<_> =
        options.watch_namespaces.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if named.is_empty() { vec![None] } else { named.into_iter().map(|name| Some(name.to_owned())).collect() }
}

/// Cancelled at the first SIGTERM or SIGINT. Whatever happens then, the process ends within the deadline.
fn stop_signal() -> anyhow::Result<CancellationToken> {
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
