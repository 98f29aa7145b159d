//! The command `discord-sim`: runs a stand-in until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use discord_sim::{Options, WorldFile};
use tokio::signal::unix::{SignalKind, signal};

/// A Discord to test bots against: the gateway at /gateway, the REST API at /api/v10, a page for people at / and
/// a control API for tests at /_sim.
#[derive(Parser)]
#[command(name = "discord-sim", version)]
struct Arguments {
    /// Address to listen on; may be given several times, all serve the same world.
    #[arg(long, default_value = "127.0.0.1:8700")]
    listen: Vec<SocketAddr>,
    /// A world to start with (YAML; see the README). Without it the world is empty.
    #[arg(long)]
    world: Option<PathBuf>,
    /// Decides everything that is random, so that a run can be repeated.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File that gets every log entry as a line of JSON, also those that memory has dropped.
    #[arg(long)]
    log_file: Option<PathBuf>,
    /// What Hello announces, like 41250ms.
    #[arg(long, value_parser = discord_sim::duration, default_value = "41250ms")]
    heartbeat_interval: Duration,
    /// How long a session outlives its connection.
    #[arg(long, value_parser = discord_sim::duration, default_value = "180s")]
    session_life: Duration,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let options = Options {
        listen: arguments.listen,
        seed: arguments.seed,
        world: arguments.world.as_deref().map(WorldFile::read).transpose()?,
        log_file: arguments.log_file,
        heartbeat_interval: arguments.heartbeat_interval,
        session_life: arguments.session_life,
        ..Options::default()
    };
    let sim = discord_sim::start(options).await?;
    for address in &sim.addrs {
        println!("discord-sim: http://{address}/");
    }
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    sim.shutdown().await;
    Ok(())
}
