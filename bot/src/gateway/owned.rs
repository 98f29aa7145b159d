//! A shard that this pod owns: the proof for the store, and the session that may be resumed from.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use stockbot_store::StoreError;
use stockbot_store::leases::{self, Renewal, SavedSession, ShardLease};
use tokio::sync::Notify;
use twilight_gateway::ShardId;

use super::sequence::Sequence;
use crate::context::Bot;

/// A crashed owner's shard is free after this; far below the 60 s that Discord keeps a session for sure.
pub const TTL: Duration = Duration::from_secs(10);

/// What proves ownership of a shard to the store.
pub struct LeaseKey {
    /// `<namespace>/<name>`.
    pub bot: String,
    /// The shard's number.
    pub shard: i32,
    /// The pod.
    pub owner: String,
    /// Grows with every owner.
    pub epoch: i64,
}

/// A shard that this pod owns.
pub struct Owned {
    /// The shard.
    pub id: ShardId,
    /// What may be resumed from.
    pub sequence: Sequence,
    /// An interaction was stored.
    pub stored: Notify,
    key: LeaseKey,
    session: Mutex<Option<SavedSession>>,
}

impl Owned {
    /// Just taken.
    pub fn new(id: ShardId, key: LeaseKey, lease: ShardLease) -> Self {
        let sequence = Sequence::default();
        sequence
            .reset(lease.session.as_ref().map_or(0, |session| u64::try_from(session.sequence).unwrap_or(0)));
        Self { id, sequence, stored: Notify::new(), key, session: Mutex::new(lease.session) }
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
        if let Err(error) =
            leases::clear_session(&bot.store, &self.key.bot, self.key.shard, &self.key.owner, self.key.epoch)
                .await
        {
            tracing::warn!(%error, "a dead session could not be forgotten; resuming it will fail once");
        }
    }

    /// Lets go; false if another pod has taken the shard.
    pub async fn release(&self, bot: &Bot) -> Result<bool, StoreError> {
        leases::release(&bot.store, &self.key.bot, self.key.shard, &self.key.owner, self.key.epoch).await
    }

    /// Stays the owner for another [`TTL`].
    pub async fn renew(&self, bot: &Bot) -> Result<Renewal, StoreError> {
        let sequence = i64::try_from(self.sequence.safe()).ok();
        leases::renew(
            &bot.store,
            &self.key.bot,
            self.key.shard,
            &self.key.owner,
            self.key.epoch,
            TTL,
            sequence,
        )
        .await
    }

    /// Keeps the session for the next owner.
    pub async fn store_session(&self, bot: &Bot) {
        let Some(session) = self.session() else { return };
        if let Err(error) = leases::save_session(
            &bot.store,
            &self.key.bot,
            self.key.shard,
            &self.key.owner,
            self.key.epoch,
            &session,
        )
        .await
        {
            tracing::warn!(%error, "the session could not be stored; after a crash it may be resumed from an older point");
        }
    }
}
