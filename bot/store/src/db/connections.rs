//! The connections to the database: opened when needed, at most so many, and replaced once something speaks against them.
//!
//! Must not: know any table.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult,
};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::{sync::Notify, time::timeout};

use crate::{StoreError, refusal::Unopened, server};

/// Longest wait for a free or new connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest time that opening one may take.
const OPEN_TIMEOUT: Duration = Duration::from_secs(4);
/// A connection that rested longer is checked before it is used.
const CHECK_AFTER: Duration = Duration::from_secs(1);
/// Longest time that such a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection that nobody needed for so long makes room for those of other pods.
const KEEP: Duration = Duration::from_mins(1);
/// A server that takes no more connections is not asked again for so long.
const FULL: Duration = Duration::from_secs(1);
/// While it takes no more: how long to wait for one of the own to become free before looking again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// All connections of a store.
pub(crate) struct Connections {
    pool: Pool<Opener>,
    freed: Notify,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("open", &self.pool.status().size).finish_non_exhaustive()
    }
}

impl Connections {
    /// At most `most`; none is opened yet.
    pub fn new(options: PgConnectOptions, most: u32) -> Result<Arc<Self>, StoreError> {
        let opener = Opener { options, doubted: Mutex::default(), full: Mutex::default() };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        // The one used last is used next, so that those which a surge leaves over rest and go.
        let config = PoolConfig { queue_mode: QueueMode::Lifo, ..PoolConfig::new(most) };
        let pool = Pool::builder(opener).config(config).build();
        let pool = pool.map_err(|error| StoreError::Unexpected(error.to_string()))?;
        Ok(Arc::new(Self { pool, freed: Notify::new() }))
    }

    /// One that is free, or a new one.
    pub async fn take(self: &Arc<Self>) -> Result<Connection, StoreError> {
        self.pool.retain(|_, metrics| metrics.last_used() < KEEP);
        match timeout(ACQUIRE_TIMEOUT, self.wait()).await {
            Ok(Ok(link)) => Ok(Connection { link, _back: Back(Arc::clone(self)) }),
            Ok(Err(PoolError::Backend(error))) => Err(error.into()),
            Ok(Err(_)) => Err(StoreError::Unavailable("shutting down".into())),
            Err(_) => Err(self.opener().full().map_or_else(|| self.all_in_use(), StoreError::Unavailable)),
        }
    }

    async fn wait(&self) -> Result<Object<Opener>, PoolError<Unopened>> {
        loop {
            let freed = self.freed.notified();
            match self.pool.get().await {
                // Those that are open serve everybody in turn.
                Err(PoolError::Backend(Unopened::Full(_))) if self.pool.status().size > 0 => {
                    let _ = timeout(LOOK_AGAIN, freed).await;
                }
                answer => return answer,
            }
        }
    }

    fn all_in_use(&self) -> StoreError {
        let most = self.pool.status().max_size;
        StoreError::Unavailable(format!(
            "all {most} connections of this pod are in use; if that lasts, raise database.maxConnections"
        ))
    }

    /// Something speaks against all that were opened until now: each is replaced before it is used again.
    pub fn doubt(&self) {
        *lock(&self.opener().doubted) = Some(Instant::now());
    }

    /// A new connection for a place that is taken already.
    pub async fn open(&self) -> Result<Link, StoreError> {
        Ok(self.opener().create().await?)
    }

    /// Closes those that rest, and waits for the others to come back and be closed.
    pub async fn close(&self) {
        self.pool.close();
        loop {
            let freed = self.freed.notified();
            if self.pool.status().size == 0 {
                return;
            }
            let _ = timeout(LOOK_AGAIN, freed).await;
        }
    }

    fn opener(&self) -> &Opener {
        self.pool.manager()
    }
}

/// A connection in use. Dropped, it goes back to the others, or is closed unless it is sound.
#[derive(Debug)]
pub(crate) struct Connection {
    // Dropped in this order: it is back when the others look.
    link: Object<Opener>,
    _back: Back,
}

impl Connection {
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }
}

#[derive(Debug)]
struct Back(Arc<Connections>);

impl Drop for Back {
    fn drop(&mut self) {
        // At once, because an open connection keeps its transaction and so its locks.
        self.0.pool.retain(|link, _| link.sound);
        self.0.freed.notify_one();
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Link {
    pub connection: PgConnection,
    /// Was every statement answered, and does nothing speak against the connection?
    pub sound: bool,
}

/// Opens connections and looks after those that rest.
#[derive(Debug)]
struct Opener {
    options: PgConnectOptions,
    /// What was opened before is replaced.
    doubted: Mutex<Option<Instant>>,
    /// When and how the server said last that it takes no more connections.
    full: Mutex<Option<(Instant, String)>>,
}

impl Opener {
    /// Did the server say a moment ago that it takes no more connections?
    fn full(&self) -> Option<String> {
        lock(&self.full).as_ref().filter(|(at, _)| at.elapsed() < FULL).map(|(_, why)| why.clone())
    }

    async fn open(&self) -> Result<PgConnection, Unopened> {
        let opened = async {
            let mut connection =
                self.options.connect().await.map_err(|error| Unopened::new(error, &self.options))?;
            server::check(&mut connection).await?;
            Ok(connection)
        };
        let silent =
            || Unopened::Failed(StoreError::Unavailable("no answer in time to a new connection".into()));
        timeout(OPEN_TIMEOUT, Box::pin(opened)).await.unwrap_or_else(|_| Err(silent()))
    }
}

impl Manager for Opener {
    type Type = Link;
    type Error = Unopened;

    async fn create(&self) -> Result<Link, Unopened> {
        if let Some(why) = self.full() {
            return Err(Unopened::Full(why));
        }
        let opened = self.open().await;
        if let Err(Unopened::Full(why)) = &opened {
            *lock(&self.full) = Some((Instant::now(), why.clone()));
        }
        Ok(Link { connection: opened?, sound: true })
    }

    async fn recycle(&self, link: &mut Link, metrics: &Metrics) -> RecycleResult<Unopened> {
        let doubted = lock(&self.doubted).is_some_and(|at| metrics.created <= at);
        let fit = link.sound
            && !doubted
            && (metrics.last_used() < CHECK_AFTER || answers(&mut link.connection).await);
        // The pool goes on to the next one; nobody sees this.
        if fit { Ok(()) } else { Err(RecycleError::message("replaced")) }
    }
}

async fn answers(connection: &mut PgConnection) -> bool {
    matches!(timeout(CHECK_TIMEOUT, connection.ping()).await, Ok(Ok(())))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
