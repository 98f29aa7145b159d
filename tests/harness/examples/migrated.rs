//! Runs a command with `DATABASE_URL` leading to an empty database that has all migrations, and ends as it ends:
//! `migrated MIGRATIONS-FOLDER COMMAND [ARGUMENT...]`. For tests/write-queries.sh, which checks statements against it.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::Context as _;
use stockbot_harness::Postgres;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().context("give the folder of the migrations")?);
    let program = arguments.next().context("give the command to run")?;
    let server = Postgres::start().await?;
    let database = server.database().await;
    database.execute("CREATE SCHEMA stockbot").await;
    for file in sorted(&folder)? {
        let sql = std::fs::read_to_string(&file)?;
        database.execute(&format!("BEGIN; {sql}; COMMIT")).await;
    }
    let status = Command::new(program).args(arguments).env("DATABASE_URL", &database.admin_url).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}
