//! A shard that this pod owns: the proof for the store, and the session that may be resumed from.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use stockbot_store::{
    Own, SavedSession, ShardLease, StoreError,
    leases::{clear_session, release, save_session},
};
use tokio::sync::Notify;
use twilight_gateway::ShardId;

use super::{sequence::Sequence, tenure::Tenure};
use crate::context::Bot;

/// How long a pod that has handed over leaves the shard to the one that asked.
const COURTESY: Duration = Duration::from_secs(5);

/// A shard that this pod owns.
pub struct Owned {
    /// The shard.
    pub id: ShardId,
    /// What may be resumed from.
    pub sequence: Sequence,
    /// An interaction was stored.
    pub stored: Notify,
    /// Until when the lease is proven.
    pub tenure: Tenure,
    bot: String,
    lease: Lease,
    session: Mutex<Option<SavedSession>>,
    lost: AtomicBool,
}

/// What the store knows the ownership by.
struct Lease {
    shard: i32,
    owner: String,
    epoch: i64,
}

impl Owned {
    /// Just taken.
    pub fn new(bot: &Bot, id: ShardId, lease: ShardLease, tenure: Tenure) -> Self {
        let sequence = Sequence::default();
        sequence
            .reset(lease.session.as_ref().map_or(0, |session| u64::try_from(session.sequence).unwrap_or(0)));
        Self {
            id,
            sequence,
            stored: Notify::new(),
            tenure,
            bot: bot.key(),
            lease: Lease { shard: lease.shard, owner: bot.pod.clone(), epoch: lease.epoch },
            session: Mutex::new(lease.session),
            lost: AtomicBool::new(false),
        }
    }

    /// As the pulse renews it.
    pub fn own(&self) -> Own {
        Own { shard: self.lease.shard, epoch: self.lease.epoch, session: self.session() }
    }

    /// Another pod owns the shard.
    pub fn lose(&self) {
        self.lost.store(true, Ordering::Release);
    }

    /// Does another pod own the shard?
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// The session as it could be resumed now.
    pub fn session(&self) -> Option<SavedSession> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        session.sequence = i64::try_from(self.sequence.safe()).unwrap_or(i64::MAX);
        Some(session)
    }

    /// A new session: it is stored at once, since a crash in the next second should resume it.
    pub async fn remember_session(&self, bot: &Bot, session: SavedSession) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        self.store_session(bot).await;
    }

    /// Discord has dropped the session.
    pub async fn forget_session(&self, bot: &Bot) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let Lease { shard, owner, epoch } = &self.lease;
        if let Err(error) = clear_session(&bot.store, &self.bot, *shard, owner, *epoch).await {
            tracing::warn!(%error, "a dead session could not be forgotten; resuming it will fail once");
        }
    }

    /// Keeps the session for the next owner.
    pub async fn store_session(&self, bot: &Bot) {
        let Some(session) = self.session() else { return };
        let Lease { shard, owner, epoch } = &self.lease;
        if let Err(error) = save_session(&bot.store, &self.bot, *shard, owner, *epoch, &session).await {
            tracing::warn!(%error, "the session could not be stored; after a crash it may be resumed from an older point");
        }
    }

    /// Lets go; false if another pod has taken the shard.
    pub async fn release(&self, bot: &Bot) -> Result<bool, StoreError> {
        let Lease { shard, owner, epoch } = &self.lease;
        release(&bot.store, &self.bot, *shard, owner, *epoch, COURTESY).await
    }
}
