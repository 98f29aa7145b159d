//! `stockbot run`: warms up, runs the loops, and ends in good order on SIGTERM.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use stockbot_config::{Config, ConfigFile, exit::Reason, mounts};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    channels,
    context::{Bot, Sold, Wakeups},
    deposits,
    discord::{Rest, session::GatewayInfo},
    display::scheduler,
    exit::Exit,
    gateway, housekeeping, http, interactions,
    metrics::Metrics,
    outbox::worker,
    reload,
    secret::Secret,
    secret_watch::SecretWatch,
    startup::{Identity, Secrets, Startup},
    state::State,
    telemetry::LogControl,
};

/// Of the pod's grace period the last part is left for closing connections, before the kubelet kills.
const MARGIN: Duration = Duration::from_secs(10);

/// Where things are.
pub struct Places {
    /// The configuration file.
    pub config: PathBuf,
    /// The directory of mounted Secrets.
    pub secrets: PathBuf,
    /// Address of the HTTP server.
    pub listen: SocketAddr,
}

/// Runs until told to stop or until something fatal happens.
pub async fn run(places: Places, file: ConfigFile, log: LogControl) -> Result<(), Exit> {
    let pod = std::env::var(mounts::POD_NAME_ENV).unwrap_or_else(|_| format!("local-{}", std::process::id()));
    let state = Arc::new(State::new(&pod));
    let config = reload::taken(file, &state);
    let metrics = Arc::new(Metrics::new().map_err(|error| Exit::crashed(error.to_string()))?);
    let stopping = CancellationToken::new();
    stop_on_signals(stopping.clone())?;
    let requests = http::Deposits::default();
    let served = http::serve(
        places.listen,
        state.clone(),
        metrics.clone(),
        requests.clone(),
        CancellationToken::new(),
    );
    let address = served.await;
    let address = address.map_err(|error| {
        let message = format!("cannot listen on {}: {error}; give --listen", places.listen);
        Exit::new(Reason::ConfigurationInvalid, message)
    })?;
    tracing::info!(%address, pod, version = env!("CARGO_PKG_VERSION"), "starting");

    let mounted = SecretWatch::start(&places.secrets);
    let secrets = Secrets::read(&places.secrets, &config)?;
    tokio::spawn(mounted.follow(state.clone(), stopping.clone()));
    let rest = Rest::new(&config.discord.api_url, secrets.token.clone(), &config.resilience.retry);
    let rest = rest.map_err(|error| Exit::crashed(error.to_string()))?;
    let startup = Startup { config: &config, rest: &rest, state: &state, stopping: &stopping };
    let Some(identity) = startup.warm_up(&secrets.database).await? else { return Ok(()) };
    let gateway = identity.gateway.clone();
    let grace = grace(config.termination_grace_period_seconds);
    let (fatal, first_fatal) = mpsc::channel(1);
    let (sender, receiver) = watch::channel(Arc::new(config));
    let (sold, sales) = mpsc::unbounded_channel();
    let bot = Arc::new(assemble(identity, rest, pod, state, metrics, stopping, fatal, receiver, sold));
    tokio::spawn(reload::follow(places.config, sender, log, bot.state.clone(), bot.stopping.clone()));
    if bot.config().shop.deposits.http_secret_ref.is_some() && secrets.deposits.is_none() {
        let missing = "shop.deposits.httpSecretRef: the key is not mounted, so deposits by request are off; upgrade the operator";
        tracing::warn!(missing);
        bot.state.trouble("shop.deposits.httpSecretRef", Some(missing.to_owned()));
    }
    requests.open(bot.clone(), secrets.deposits);
    bot.state.update(|status| status.ready = true);
    tracing::info!("warm and ready");
    drive(bot, secrets.token, gateway, first_fatal, sales, grace).await
}

/// How long after SIGTERM what was begun may take.
fn grace(pods_seconds: i64) -> Duration {
    Duration::from_secs(pods_seconds.unsigned_abs()).saturating_sub(MARGIN)
}

#[expect(clippy::too_many_arguments, reason = "called once, to put together what is shared")]
fn assemble(
    identity: Identity,
    rest: Rest,
    pod: String,
    state: Arc<State>,
    metrics: Arc<Metrics>,
    stopping: CancellationToken,
    fatal: mpsc::Sender<Exit>,
    config: watch::Receiver<Arc<Config>>,
    sold: mpsc::UnboundedSender<Sold>,
) -> Bot {
    Bot {
        config,
        store: identity.store,
        shop: identity.shop,
        rest,
        application: identity.application,
        user: identity.user,
        pod,
        state,
        metrics,
        wakeups: Wakeups::default(),
        tasks: TaskTracker::new(),
        sold,
        stopping,
        fatal,
    }
}

/// Runs the loops until the process stops; they, and then what was begun for people, have `grace` to end then.
async fn drive(
    bot: Arc<Bot>,
    token: Secret,
    gateway: GatewayInfo,
    mut fatal: mpsc::Receiver<Exit>,
    sales: mpsc::UnboundedReceiver<Sold>,
    grace: Duration,
) -> Result<(), Exit> {
    let (publisher, holds_shard_0) = watch::channel(false);
    let mut tasks = JoinSet::new();
    gateway::start(&bot, token, gateway, publisher, &mut tasks);
    tasks.spawn(deposits::channel::follow(bot.clone(), holds_shard_0.clone()));
    tasks.spawn(scheduler::run(bot.clone(), holds_shard_0));
    tasks.spawn(interactions::recover(bot.clone()));
    tasks.spawn(housekeeping::run(bot.clone()));
    tasks.spawn(channels::follow(bot.clone()));
    let mut outbox = tokio::spawn(worker::run(bot.clone(), sales));
    let reason = tokio::select! {
        // In this order: when told to stop, the loops end as well, and that is no failure.
        biased;
        () = bot.stopping.cancelled() => None,
        reason = fatal.recv() => reason,
        ended = tasks.join_next() => ended.map(|result| Exit::crashed(format!("a loop ended unexpectedly: {result:?}"))),
        ended = &mut outbox => Some(Exit::crashed(format!("the outbox ended unexpectedly: {ended:?}"))),
    };
    bot.stopping.cancel();
    tracing::info!("stopping");
    let ended = async {
        // The loops first: they begin nothing new for people after that.
        while tasks.join_next().await.is_some() {}
        bot.tasks.close();
        bot.tasks.wait().await;
    };
    if tokio::time::timeout(grace, ended).await.is_err() {
        tracing::warn!("not everything ended in time; what was begun is finished by the next pod");
    }
    bot.store.close().await;
    reason.map_or(Ok(()), Err)
}

fn stop_on_signals(stopping: CancellationToken) -> Result<(), Exit> {
    let crashed = |error: std::io::Error| Exit::crashed(format!("cannot listen for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(crashed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(crashed)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
    });
    Ok(())
}
