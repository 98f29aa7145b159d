//! A killed test process leaves nothing behind. A program of its own, because one process has to be killed.

use std::{path::Path, time::Duration};

use stockbot_harness::{Postgres, Process, eventually};

const DEADLINE: Duration = Duration::from_secs(30);

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if std::env::args().any(|arg| arg == "hold") {
        runtime.block_on(hold())
    } else {
        runtime.block_on(check())
    }
}

/// Starts a server and a program, says where they are, and waits to be killed.
async fn hold() -> anyhow::Result<()> {
    let server = Postgres::start().await?;
    let program = Process::spawn("sleep", ["1000"], &[])?;
    println!("{} {}", server.folder().display(), program.id());
    std::future::pending().await
}

async fn check() -> anyhow::Result<()> {
    let mut holder = Process::spawn(std::env::current_exe()?, ["hold"], &[])?;
    let (folder, pid) = eventually(DEADLINE, "the server runs", || async {
        let output = holder.output();
        let line = output.lines().next().filter(|_| output.ends_with('\n'));
        let parts = line.and_then(|l| l.split_once(' ')).map(|(f, p)| (f.to_owned(), p.to_owned()));
        parts.ok_or(output)
    })
    .await;
    let postmaster = std::fs::read_to_string(format!("{folder}/data/postmaster.pid"))?;
    let postmaster = postmaster.lines().next().unwrap_or_default().to_owned();
    for pid in [&pid, &postmaster] {
        anyhow::ensure!(runs(pid), "{pid} should run before the kill");
    }

    holder.kill()?;

    eventually(DEADLINE, "server, program and folder are gone", || async {
        let left = (runs(&pid), runs(&postmaster), Path::new(&folder).exists());
        if left == (false, false, false) { Ok(()) } else { Err(left) }
    })
    .await;
    println!("a killed test process leaves nothing behind ... ok");
    Ok(())
}

/// Does the process exist and is it more than a zombie that nobody has waited for?
fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
