//! Small `sh` watchdogs that outlive a killed test process just long enough to clean up behind it.
//!
//! Each blocks on a pipe that only the test process holds open; its end means that the owner dropped the guard or died.

use std::{
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Runs `$@` in a process group of its own, and signals the group when the pipe ends. The watchdog is a member of the group, so
/// the group's number cannot have been given to anybody else by then.
const PROCESS: &str = r#"signal=$1; shift; exec 3<&0
{ cat <&3 >/dev/null; kill -s "$signal" 0; } >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null"#;

/// Removes a folder when the pipe ends, once no server uses it any more (at most 10 s later).
const FOLDER: &str = r#"cat >/dev/null; i=0
while [ -e "$1/data/postmaster.pid" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
rm -rf "$1""#;

/// A command that is signalled with `signal` (a name like `KILL`) when the returned child's `stdin` is dropped.
pub(crate) fn guarded(signal: &str, program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", PROCESS, "sh", signal]).arg(program).stdin(Stdio::piped()).process_group(0);
    command
}

/// Removes `folder` when dropped and when this process dies.
pub(crate) struct FolderGuard {
    watchdog: Child,
}

impl FolderGuard {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", FOLDER, "sh"]).arg(folder).stdin(Stdio::piped()).process_group(0);
        Ok(Self { watchdog: command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()? })
    }
}

impl Drop for FolderGuard {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// Sends a signal (a name like `TERM`) to a child that was not waited for yet.
pub(crate) fn signal(child: &Child, name: &str) -> io::Result<()> {
    let pid = child.id().to_string();
    let status = Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "sh", name, &pid]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("kill -s {name} {pid}: {status}"))) }
}
