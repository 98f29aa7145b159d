//! Child processes: real programs with their output kept, killed with the test.

use std::{
    ffi::OsStr,
    fs::File,
    os::unix::fs::FileExt as _,
    path::Path,
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::{guard, wait::POLL};

/// A running program. Dropping it kills it and whatever it started; so does the death of the test process.
pub struct Process {
    name: String,
    child: Child,
    /// Nameless file with standard output and standard error in the order written.
    output: File,
}

impl Process {
    /// Starts `program` with the given arguments and these additions to the environment.
    pub fn spawn<A: AsRef<OsStr>>(
        program: impl AsRef<Path>,
        args: impl IntoIterator<Item = A>,
        env: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        Self::spawn_guarded("KILL", program.as_ref(), args, env)
    }

    /// As [`Self::spawn`], but ended by another signal when the test process dies.
    pub(crate) fn spawn_guarded<A: AsRef<OsStr>>(
        signal: &str,
        program: &Path,
        args: impl IntoIterator<Item = A>,
        env: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let output = tempfile::tempfile()?;
        let mut command = guard::guarded(signal, program);
        command.args(args).envs(env.iter().copied());
        command.stdout(output.try_clone()?).stderr(output.try_clone()?);
        let name = program.display().to_string();
        let child = command.spawn().with_context(|| format!("starting {name}"))?;
        Ok(Self { name, child, output })
    }

    /// Process id, valid until the exit was seen.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything written to standard output and standard error so far.
    #[must_use]
    pub fn output(&self) -> String {
        let length = self.output.metadata().map_or(0, |m| m.len());
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        let read = self.output.read_at(&mut bytes, 0).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }

    /// Sends a signal by its name, like `TERM`.
    pub fn signal(&self, name: &str) -> anyhow::Result<()> {
        guard::signal(&self.child, name).with_context(|| format!("signalling {}", self.name))
    }

    /// The exit status, if it has ended.
    pub fn exited(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for its end; fails with its output when `deadline` passes first.
    pub async fn wait_exit(&mut self, deadline: Duration) -> anyhow::Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.exited()? {
                return Ok(status);
            }
            if start.elapsed() >= deadline {
                bail!("{} still runs after {deadline:?}; its output:\n{}", self.name, self.output());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Kills it at once and waits for its end.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- output of {}\n{}---", self.name, self.output());
        }
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
