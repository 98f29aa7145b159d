//! A database that is away keeps no click waiting: what is asked of it before the first answer is given up in time for a polite one.
//!
//! Until an answer is begun nothing but reading has happened, so giving up changes nothing; from then on the handler runs to its end.

use std::{future::Future, pin::pin, time::Duration};

use stockbot_store::StoreError;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{error::ReplyError, reply::Reply};

/// Discord waits 3 s for the first answer; half of that is left for bringing the polite one there.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Until when an interaction that has just arrived may wait for the database.
pub fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

/// The database's answer, if it comes in time.
pub async fn in_time<T>(
    deadline: Instant,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout_at(deadline, asked).await.unwrap_or_else(|_| Err(too_late()))
}

/// What the handler comes to; given up at the deadline if it has not begun to answer by then.
pub async fn answered_in_time(
    deadline: Instant,
    reply: &Reply,
    handler: impl Future<Output = Result<(), ReplyError>>,
) -> Result<(), ReplyError> {
    let mut handler = pin!(handler);
    tokio::select! {
        biased;
        result = &mut handler => return result,
        () = sleep_until(deadline) => {}
    }
    if reply.is_begun() { handler.await } else { Err(ReplyError::Store(too_late())) }
}

fn too_late() -> StoreError {
    StoreError::Unavailable("no answer in time for the first answer to an interaction".into())
}
