//! `stockbot-operator`: parses arguments, starts logging, dispatches to `run` or `crds`.

mod crds;

use std::{io, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use stockbot_operator::{
    run::{self, RunError},
    telemetry::{self, TelemetryError},
};

use self::crds::CrdsError;

/// Turns `DiscordBot` and `StockDisplay` objects into running Discord shop bots.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the operator
    Run(run::Options),
    /// Print the definitions of both kinds as YAML
    Crds {
        /// Write one file per kind into this directory instead; may be given more than once
        #[arg(long)]
        dir: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    match start(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stockbot-operator: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Why the program ended before its time.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("another TLS provider is installed already")]
    Tls,
    #[error(transparent)]
    Crds(#[from] CrdsError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error("no runtime: {0}")]
    Runtime(#[from] io::Error),
    #[error(transparent)]
    Run(#[from] RunError),
}

fn start(command: Command) -> Result<(), StartError> {
    // The first thing of all: whatever opens a TLS connection finds this provider installed.
    rustls::crypto::ring::default_provider().install_default().map_err(|_| StartError::Tls)?;
    match command {
        Command::Crds { dir } if dir.is_empty() => Ok(crds::print()?),
        Command::Crds { dir } => Ok(dir.iter().try_for_each(|dir| crds::write(dir))?),
        Command::Run(options) => {
            telemetry::start(options.log_format, &options.log_level)?;
            // The work is waiting; two threads keep the probes going while a large list is read.
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            Ok(runtime.block_on(run::run(options))?)
        }
    }
}
