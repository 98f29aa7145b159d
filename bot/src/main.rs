//! The `stockbot` binary: reads arguments and dispatches. Everything else is in the library.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use stockbot::{
    exit::Exit,
    run::{self, Places},
    startup::Secrets,
    telemetry,
};
use stockbot_config::{ConfigFile, mounts, tuning::Logging};
use stockbot_store::{Store, StoreError};

/// Discord shop bot: one live stock message per channel, sold out of Postgres.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bot until it is told to stop.
    Run {
        #[command(flatten)]
        files: Files,
        /// Address of the HTTP server for probes, metrics and status.
        #[arg(long, env = "STOCKBOT_LISTEN", default_value_t = SocketAddr::from(([0, 0, 0, 0], mounts::HTTP_PORT)))]
        listen: SocketAddr,
    },
    /// Bring the database to this version's schema; safe to run by many at once.
    Migrate {
        #[command(flatten)]
        files: Files,
        /// How long to wait for a database that is away, in seconds.
        #[arg(long, default_value_t = 20)]
        wait: u64,
    },
    /// Check a configuration file and say what is wrong with it.
    CheckConfig {
        /// The file.
        path: PathBuf,
    },
    /// Prove balances, ledger, orders and stock against each other.
    Audit {
        #[command(flatten)]
        files: Files,
    },
}

#[derive(Args)]
struct Files {
    /// The configuration file.
    #[arg(long, env = "STOCKBOT_CONFIG", default_value = mounts::CONFIG_FILE)]
    config: PathBuf,
    /// The directory of the mounted Secrets.
    #[arg(long, env = "STOCKBOT_SECRETS", default_value = mounts::SECRETS_DIR)]
    secrets: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Two TLS users share one provider; installing it twice is the only way this can fail.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = match Arguments::parse().command {
        Command::Run { files, listen } => start(files, listen).await,
        Command::Migrate { files, wait } => migrate(&files, Duration::from_secs(wait)).await,
        Command::CheckConfig { path } => check(&path),
        Command::Audit { files } => audit(&files).await,
    };
    match result {
        Ok(code) => code,
        Err(reason) => {
            let _ = telemetry::start(&Logging::default());
            reason.report()
        }
    }
}

async fn start(files: Files, listen: SocketAddr) -> Result<ExitCode, Exit> {
    let file = ConfigFile::load(&files.config)?;
    let log = telemetry::start(&file.config.logging);
    run::run(Places { config: files.config, secrets: files.secrets, listen }, file, log).await?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(files: &Files, patience: Duration) -> Result<ExitCode, Exit> {
    let config = ConfigFile::load(&files.config)?.config;
    let _log = telemetry::start(&config.logging);
    let options = Secrets::read(&files.secrets, &config)?.database;
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let result = async { Store::connect(&options).await?.migrate().await };
        match result.await {
            Ok(version) => {
                tracing::info!(%version, "the database is migrated");
                return Ok(ExitCode::SUCCESS);
            }
            Err(error) if error.is_unavailable() && tokio::time::Instant::now() < deadline => {
                tracing::warn!(%error, "waiting for the database");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn check(path: &std::path::Path) -> Result<ExitCode, Exit> {
    let config = ConfigFile::load(path)?.known(path)?;
    println!("{} is valid: bot {} with {} displays", path.display(), config.bot, config.displays.len());
    Ok(ExitCode::SUCCESS)
}

async fn audit(files: &Files) -> Result<ExitCode, Exit> {
    let config = ConfigFile::load(&files.config)?.config;
    let options = Secrets::read(&files.secrets, &config)?.database;
    let report = async { stockbot_store::ledger::audit(&Store::connect(&options).await?, None).await };
    let report = report.await.map_err(|error: StoreError| Exit::from(error))?;
    println!(
        "{} transfers, {} entries, {} orders, {} units",
        report.transfers, report.entries, report.orders, report.units
    );
    for problem in &report.problems {
        println!("PROBLEM: {problem}");
    }
    let clean = report.problems.is_empty();
    println!(
        "{}",
        if clean {
            "everything agrees"
        } else {
            "something does not agree: restore from a backup and compare"
        }
    );
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
