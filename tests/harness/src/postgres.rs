//! A real Postgres server in a folder of its own, from the binaries that Debian installs.

use std::{
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, bail, ensure};

use crate::{guard::FolderGuard, port::free_port, process::Process, wait::POLL};

/// Where Debian and Ubuntu put `initdb` and `postgres`.
const INSTALLED: &str = "/usr/lib/postgresql";
/// Name and password of the superuser.
const SUPERUSER: (&str, &str) = ("postgres", "superuser-of-the-tests");
/// A server that has nothing to lose: no fsync, plenty of connections, only TCP.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "max_connections=400",
    "shared_buffers=64MB",
    "unix_socket_directories=",
    "timezone=UTC",
    "shared_preload_libraries=pg_stat_statements",
    "log_min_messages=warning",
];
const START_DEADLINE: Duration = Duration::from_mins(1);

/// A server on the loopback address. Dropping it ends it and removes its folder; so does the death of the test process.
pub struct Postgres {
    // Dropped in this order: the server ends before its folder goes.
    server: Mutex<Option<Process>>,
    folder: PathBuf,
    bin: PathBuf,
    port: u16,
    listen: String,
    settings: Vec<String>,
    _guard: FolderGuard,
}

impl Postgres {
    /// Starts a server of one's own, which may be stopped, restarted and killed.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_on("127.0.0.1").await
    }

    /// As [`Self::start`], with these settings (`name=value`) besides the usual ones.
    pub async fn start_with(settings: &[&str]) -> anyhow::Result<Self> {
        let mut this = Self::prepare("127.0.0.1")?;
        this.settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        this.run().await?;
        Ok(this)
    }

    /// As [`Self::start`], listening on these addresses (comma-separated); clients of 198.18.0.0/15 may log in as well.
    pub async fn start_on(listen: &str) -> anyhow::Result<Self> {
        let this = Self::prepare(listen)?;
        this.run().await?;
        Ok(this)
    }

    /// The server that all tests of this process share; it must not be stopped.
    ///
    /// # Panics
    /// When it cannot be started: without it no test can go on.
    pub async fn shared() -> &'static Self {
        static SHARED: tokio::sync::OnceCell<Postgres> = tokio::sync::OnceCell::const_new();
        SHARED.get_or_init(|| async { Self::start().await.unwrap_or_else(|e| panic!("{e:#}")) }).await
    }

    /// URL of a database as the superuser.
    #[must_use]
    pub fn admin_url(&self, database: &str) -> String {
        self.url(SUPERUSER.0, SUPERUSER.1, database)
    }

    pub(crate) fn url(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// The folder with the server's programs.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }

    /// TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends the server as an administrator would; open transactions are aborted.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let Some(mut server) = self.take() else { return Ok(()) };
        server.signal("INT")?;
        server.wait_exit(START_DEADLINE).await?;
        Ok(())
    }

    /// Ends the server like a power cut would.
    pub async fn kill(&self) -> anyhow::Result<()> {
        let Some(mut server) = self.take() else { return Ok(()) };
        server.signal("QUIT")?;
        server.wait_exit(START_DEADLINE).await?;
        Ok(())
    }

    /// The folder that goes away with the server.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the stopped server again, on the same port with the same data.
    pub async fn run(&self) -> anyhow::Result<()> {
        let mut args = as_server_user(&self.bin.join("postgres"));
        let data = self.folder.join("data").display().to_string();
        args.extend(["-D".into(), data, "-p".into(), self.port.to_string()]);
        args.extend(["-c".into(), format!("listen_addresses={}", self.listen)]);
        let settings = SETTINGS.iter().copied().chain(self.settings.iter().map(String::as_str));
        args.extend(settings.flat_map(|setting| ["-c".to_owned(), setting.to_owned()]));
        let program = PathBuf::from(args.remove(0));
        let mut server = Process::spawn_guarded("QUIT", &program, args, &[])?;
        self.wait_until_ready(&mut server).await?;
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
        Ok(())
    }

    /// Stops the server and starts it again.
    pub async fn restart(&self) -> anyhow::Result<()> {
        self.stop().await?;
        self.run().await
    }

    fn take(&self) -> Option<Process> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn prepare(listen: &str) -> anyhow::Result<Self> {
        let bin = installed()?;
        let folder = tempfile::Builder::new().prefix("stockbot-postgres-").tempdir()?.keep();
        let guard = FolderGuard::new(&folder)?;
        let listen = listen.to_owned();
        let (port, settings) = (free_port(), Vec::new());
        let this = Self { server: Mutex::new(None), folder, bin, port, listen, settings, _guard: guard };
        this.initdb()?;
        Ok(this)
    }

    fn initdb(&self) -> anyhow::Result<()> {
        let password = self.folder.join("password");
        std::fs::write(&password, SUPERUSER.1)?;
        if let Some((user, group)) = server_user()? {
            chown(&self.folder, Some(user), Some(group))?;
            chown(&password, Some(user), Some(group))?;
        }
        let mut args = as_server_user(&self.bin.join("initdb"));
        let data = self.folder.join("data");
        // Passwords are checked, but sent as they are: SCRAM costs a debug build 30 ms per connection.
        let options = ["--auth=password", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        args.extend(options.map(str::to_owned));
        args.extend(["--username".into(), SUPERUSER.0.into()]);
        args.extend(["--pwfile".into(), password.display().to_string()]);
        args.extend(["--pgdata".into(), data.display().to_string()]);
        let output = Command::new(&args[0]).args(&args[1..]).output()?;
        ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        append(&data.join("pg_hba.conf"), "host all all 198.18.0.0/15 password\n")
    }

    async fn wait_until_ready(&self, server: &mut Process) -> anyhow::Result<()> {
        let start = Instant::now();
        let pid_file = self.folder.join("data/postmaster.pid");
        while start.elapsed() < START_DEADLINE {
            if server.exited()?.is_some() {
                bail!("postgres ended at once:\n{}", server.output());
            }
            // The eighth line of the file tells the state of the server.
            let state = std::fs::read_to_string(&pid_file).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
        bail!("postgres is not ready after {START_DEADLINE:?}:\n{}", server.output())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(server) = self.take() else { return };
        let _ = server.signal("QUIT");
        let start = Instant::now();
        while self.folder.join("data/postmaster.pid").exists() && start.elapsed() < START_DEADLINE {
            std::thread::sleep(POLL);
        }
    }
}

fn append(file: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    std::fs::OpenOptions::new().append(true).open(file)?.write_all(text.as_bytes())?;
    Ok(())
}

/// The command line that runs a program as a user whom Postgres accepts: it refuses to be root.
fn as_server_user(program: &Path) -> Vec<String> {
    let program = program.display().to_string();
    if is_root() {
        let user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"];
        user.into_iter().map(str::to_owned).chain([program]).collect()
    } else {
        vec![program]
    }
}

/// The folder with the newest installed server's programs.
fn installed() -> anyhow::Result<PathBuf> {
    let missing = || anyhow!("no Postgres server under {INSTALLED}; install the Debian package postgresql");
    let versions = std::fs::read_dir(INSTALLED).map_err(|_| missing())?;
    let bins = versions.flatten().map(|entry| entry.path().join("bin"));
    let number = |bin: &PathBuf| bin.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    bins.filter(|bin| bin.join("initdb").exists()).max_by_key(number).ok_or_else(missing)
}

/// Only root may see its own process folder as root's.
fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0))
}

/// User and group id of `postgres`, which the Debian package creates; only needed by root.
fn server_user() -> anyhow::Result<Option<(u32, u32)>> {
    if !is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let account = accounts.lines().find_map(|line| line.strip_prefix("postgres:"));
    let mut fields =
        account.context("no user postgres; install the Debian package postgresql")?.split(':').skip(1);
    let mut number = || fields.next().and_then(|f| f.parse().ok()).context("unreadable /etc/passwd");
    Ok(Some((number()?, number()?)))
}
