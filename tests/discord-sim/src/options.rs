//! What a stand-in is started with. Every field has the value Discord uses as its default.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::world::seed::WorldFile;

/// How to start a stand-in. `Options::default()` is a strict Discord on a free port of the loopback device.
#[derive(Clone, Debug)]
pub struct Options {
    /// Addresses to listen on; port 0 takes a free one. All of them serve the same world.
    pub listen: Vec<SocketAddr>,
    /// Decides everything that is random (faults with a probability, tokens, session ids).
    pub seed: u64,
    /// The world to start with; none is an empty one.
    pub world: Option<WorldFile>,
    /// Gets every log entry as a line of JSON, also those that memory has dropped. Without it, the environment
    /// variable `DISCORD_SIM_LOG_DIR` names a folder for such files.
    pub log_file: Option<PathBuf>,
    /// What Hello announces. Discord says 41.25 s.
    pub heartbeat_interval: Duration,
    /// How long a session outlives its connection. Discord gives no number; 180 s is the stand-in's.
    pub session_life: Duration,
    /// How long a bot has for its first answer to an interaction: 3 s.
    pub answer_within: Duration,
    /// How long an interaction's token lives: 15 min.
    pub token_life: Duration,
    /// How long a client may take for a request's head, and again for its body; idle connections end after it, too.
    pub request_within: Duration,
    /// 401, 403 and 429 answers within 10 minutes that get an address banned: 10,000.
    pub invalid_request_limit: usize,
    /// Log entries kept in memory; older ones are dropped with a notice.
    pub log_capacity: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))],
            seed: 1,
            world: None,
            log_file: None,
            heartbeat_interval: Duration::from_millis(41_250),
            session_life: Duration::from_mins(3),
            answer_within: Duration::from_secs(3),
            token_life: Duration::from_mins(15),
            request_within: Duration::from_mins(1),
            invalid_request_limit: 10_000,
            log_capacity: 50_000,
        }
    }
}
