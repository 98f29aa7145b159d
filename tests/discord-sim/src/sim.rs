//! Starting and ending a stand-in.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::net::serve;
use crate::options::Options;
use crate::server::{Server, Shared};
use crate::world::seed::SeedError;
use crate::{control, gateway, page, rest};

/// How often the log file is written out and memory is brought back within its bounds.
const HOUSEKEEPING: Duration = Duration::from_millis(500);

/// A running stand-in. It ends when this is dropped.
pub struct Sim {
    /// The first address it listens on.
    pub addr: SocketAddr,
    /// All of them.
    pub addrs: Vec<SocketAddr>,
    server: Shared,
    tasks: JoinSet<()>,
}

/// Why a stand-in cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address is taken or not of this machine.
    #[error("cannot listen on {0}: {1}; choose another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// The log file cannot be made.
    #[error("cannot write the log file: {0}")]
    Log(std::io::Error),
    /// The world is faulty.
    #[error(transparent)]
    World(#[from] SeedError),
    /// No address at all.
    #[error("give at least one address to listen on")]
    NoAddress,
}

/// Starts a stand-in; it serves when this returns.
pub async fn start(options: Options) -> Result<Sim, StartError> {
    let mut listeners = Vec::new();
    for address in &options.listen {
        let listener =
            TcpListener::bind(address).await.map_err(|error| StartError::Listen(*address, error))?;
        listeners.push(listener);
    }
    let addrs: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let addr = *addrs.first().ok_or(StartError::NoAddress)?;
    let log_file = options.log_file.clone().or_else(log_file_by_environment);
    let options = Options { listen: addrs.clone(), log_file, ..options };
    let server = Arc::new(Server::new(options).map_err(StartError::Log)?);
    if let Some(world) = &server.options.world {
        world.apply(&mut server.world())?;
    }
    let mut tasks = JoinSet::new();
    for listener in listeners {
        let patience = server.options.request_within;
        tasks.spawn(serve(listener, router(&server), patience, server.shutdown.clone()));
    }
    tasks.spawn(keep_house(server.clone()));
    Ok(Sim { addr, addrs, server, tasks })
}

/// With `DISCORD_SIM_LOG_DIR` set, every stand-in of a test run writes its log to a file of its own in there.
fn log_file_by_environment() -> Option<PathBuf> {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let folder = PathBuf::from(std::env::var_os("DISCORD_SIM_LOG_DIR")?);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    Some(folder.join(format!("{}-{number}.ndjson", std::process::id())))
}

async fn keep_house(server: Shared) {
    while !server.shutdown.is_cancelled() {
        let _ = tokio::time::timeout(HOUSEKEEPING, server.shutdown.cancelled()).await;
        let forgotten = server.world().tidy(server.options.session_life);
        if let Some(entry) = forgotten.entry() {
            server.log.add("forgotten", &entry);
        }
        server.log.flush();
    }
}

fn router(server: &Shared) -> Router {
    let mut router = Router::new();
    for prefix in rest::version::PREFIXES {
        router = router.nest(prefix, rest::router(server));
        // Nesting leaves out the bare prefix with a slash.
        router = router.route(&format!("{prefix}/"), any(rest::pipeline::no_route));
    }
    router
        .nest("/api", rest::no_version(server))
        .nest("/_sim", control::router())
        .merge(gateway::router())
        .merge(page::router())
        .route("/_sim/", any(control::error::no_route))
        .route("/attachments/{channel}/{id}/{name}", get(rest::attachments::get))
        .with_state(server.clone())
}

impl Sim {
    /// `http://127.0.0.1:1234`, for clients of this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Ends it: connections break, the log file is complete.
    pub async fn shutdown(mut self) {
        self.server.shutdown.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        // A client that keeps its connection busy must not hold up the end.
        let _ = tokio::time::timeout(Duration::from_secs(2), all).await;
        self.server.log.flush();
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.server.shutdown.cancel();
        self.server.log.flush();
    }
}
