//! `stockbot-operator`: parses arguments, starts logging, dispatches to `run` or `crds`.

mod crds;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use stockbot_operator::{run, telemetry};

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

fn main() -> anyhow::Result<()> {
    // The first thing of all: whatever opens a TLS connection finds this provider installed.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        anyhow::bail!("another TLS provider is installed already");
    }
    match Cli::parse().command {
        Command::Crds { dir } if dir.is_empty() => crds::print(),
        Command::Crds { dir } => dir.iter().try_for_each(|dir| crds::write(dir)),
        Command::Run(options) => {
            telemetry::start(options.log_format, &options.log_level)?;
            // The work is waiting; two threads keep the probes going while a large list is read.
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            runtime.block_on(run::run(options))
        }
    }
}
