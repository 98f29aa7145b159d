//! The stand-in as a child process on one core, with a world for the load.

use std::fmt::Write;
use std::process::Stdio;

use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Bots, each with one session. At 50 requests/s each they are allowed more than any core carries.
pub const BOTS: usize = 500;
/// Bots that share a guild, and so get each other's messages as events.
pub const BOTS_PER_GUILD: usize = 5;
/// Guilds, each with one person.
pub const GUILDS: usize = BOTS / BOTS_PER_GUILD;
/// Channels per guild: a bot may write 5 messages in 5 seconds in each.
pub const CHANNELS: usize = 20;
/// Short, so that heartbeats flow while it is measured.
pub const HEARTBEAT_SECONDS: u64 = 5;

// The first id of each kind of thing.
const APPLICATION: usize = 10_000;
const GUILD: usize = 20_000;
const CHANNEL: usize = 30_000;
const USER: usize = 40_000;

/// A running stand-in.
pub struct Target {
    child: Child,
    /// Its world, which goes away with it.
    _world: NamedTempFile,
    /// `http://127.0.0.1:1234`.
    pub url: String,
}

/// The application of a bot.
pub fn application(bot: usize) -> usize {
    APPLICATION + bot
}

/// The token of a bot.
pub fn token(bot: usize) -> String {
    format!("token-{bot}")
}

/// A channel of a bot's guild.
pub fn channel(bot: usize, number: usize) -> usize {
    CHANNEL + bot / BOTS_PER_GUILD * CHANNELS + number % CHANNELS
}

/// The person of a guild.
pub fn user(guild: usize) -> usize {
    USER + guild
}

fn world() -> String {
    let mut yaml = "applications:\n".to_owned();
    for bot in 0..BOTS {
        let (id, token) = (application(bot), token(bot));
        writeln!(yaml, "  - {{ name: Bot {bot}, id: \"{id}\", token: {token}, identify_spacing: 0s }}")
            .unwrap();
    }
    yaml.push_str("guilds:\n");
    for guild in 0..GUILDS {
        let first = guild * BOTS_PER_GUILD;
        let bots: Vec<_> = (first..first + BOTS_PER_GUILD).map(|bot| format!("Bot {bot}")).collect();
        let channels: Vec<_> =
            (0..CHANNELS).map(|n| format!("{{ name: c{n}, id: \"{}\" }}", channel(first, n))).collect();
        writeln!(
            yaml,
            "  - {{ name: Guild {guild}, id: \"{}\", applications: [{}], channels: [{}], members: [{{ name: P{guild}, id: \"{}\" }}] }}",
            GUILD + guild,
            bots.join(", "),
            channels.join(", "),
            user(guild)
        )
        .unwrap();
    }
    yaml
}

/// Binds a command to a core where that can be done.
pub fn on_core(core: &str, program: &str) -> Command {
    let known = std::process::Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok();
    let mut command = Command::new(if known { "taskset" } else { program });
    if known {
        command.args(["-c", core, program]);
    }
    command
}

/// Keeps this process, which makes the load, off the stand-in's core.
pub async fn keep_off() {
    let pid = std::process::id().to_string();
    let _ = Command::new("taskset").args(["-acp", "1", &pid]).stdout(Stdio::null()).status().await;
}

impl Target {
    /// Starts a stand-in with the world.
    pub async fn start() -> Self {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(&file, world()).unwrap();
        let mut command = on_core("0", env!("CARGO_BIN_EXE_discord-sim"));
        let heartbeat = format!("{HEARTBEAT_SECONDS}s");
        command
            .args(["--listen", "127.0.0.1:0", "--heartbeat-interval", &heartbeat, "--world"])
            .arg(file.path());
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("the stand-in tells its address");
        let url = line.rsplit(' ').next().unwrap().trim_end_matches('/').to_owned();
        Self { child, _world: file, url }
    }

    /// Resident memory in MB, as the kernel counts it.
    pub fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Seconds of processor time it used.
    pub fn busy_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id().unwrap())).unwrap();
        // After the name in brackets: utime and stime are fields 14 and 15, in hundredths.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }

    /// Ends it.
    pub async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}
