//! What every part of the stand-in shares: the world behind its lock, the log, the faults, the limits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::faults::Faults;
use crate::log::Log;
use crate::options::Options;
use crate::rest::ratelimit::RateLimits;
use crate::violations::Violations;
use crate::world::World;

/// The shared parts, one per stand-in.
pub struct Server {
    world: Mutex<World>,
    limits: Mutex<RateLimits>,
    faults: Mutex<Faults>,
    /// Everything that happened.
    pub log: Log,
    /// Every rule a client broke.
    pub violations: Violations,
    /// How the stand-in was started.
    pub options: Options,
    /// Cancelled when it ends.
    pub shutdown: CancellationToken,
    /// Delivers HTTP interactions.
    pub http: reqwest::Client,
}

/// How the parts are passed around.
pub type Shared = Arc<Server>;

impl Server {
    /// Puts the parts together around an empty world.
    pub fn new(options: Options) -> std::io::Result<Self> {
        Ok(Self {
            world: Mutex::new(World::new(options.seed)),
            limits: Mutex::new(RateLimits::new(options.invalid_request_limit)),
            faults: Mutex::new(Faults::new(options.seed)),
            log: Log::new(options.log_capacity, options.log_file.as_deref())?,
            violations: Violations::default(),
            options,
            shutdown: CancellationToken::new(),
            http: reqwest::Client::new(),
        })
    }

    /// The world. Never hold it across an await.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rate limits. Never hold them together with the world.
    pub fn limits(&self) -> MutexGuard<'_, RateLimits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults set by the control API.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything as at the start, but for ids and log numbers, which go on growing.
    pub fn reset(&self) {
        self.world().reset();
        self.limits().reset();
        self.faults().reset();
        self.violations.reset();
        self.log.reset();
    }
}
