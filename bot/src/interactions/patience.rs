//! A database that is away keeps no click waiting: what only reads is given up in time for a polite answer, and who has something
//! changed is told that it takes longer.
//!
//! Until something is changed nothing but reading has happened, so giving up changes nothing; from then on the handler runs to its
//! end, whatever has been told meanwhile.

use std::{future::Future, pin::pin, time::Duration};

use stockbot_store::StoreError;
use tokio::time::{Instant, timeout_at};

use super::{error::ReplyError, reply::Reply, stage::Stage};

/// Discord waits 3 s for the first answer; half of that is left for bringing the polite one there.
pub const PATIENCE: Duration = Duration::from_millis(1500);

/// The database's answer, if it comes in time for the first answer to an interaction that arrived then.
pub async fn in_time<T>(
    arrived: Instant,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout_at(arrived + PATIENCE, asked).await.unwrap_or_else(|_| Err(too_late()))
}

/// What the handler comes to.
pub async fn answered_in_time(
    reply: &Reply,
    handler: impl Future<Output = Result<(), ReplyError>>,
) -> Result<(), ReplyError> {
    let mut handler = pin!(handler);
    let stage = tokio::select! {
        biased;
        result = &mut handler => return result,
        stage = reply.progress.stands_still(PATIENCE) => stage,
    };
    if stage < Stage::Changing {
        return Err(ReplyError::Store(too_late()));
    }
    // The handler rests meanwhile, so that its own answer comes after this one.
    reply.takes_longer().await;
    handler.await
}

fn too_late() -> StoreError {
    StoreError::Unavailable("no answer in time for the answer to an interaction".into())
}
