//! Waiting on a condition with a deadline.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

/// How long to rest between two looks.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// Calls `probe` until it gives `Ok`, whose value is returned. `Err` holds what was observed instead.
///
/// # Panics
/// When `deadline` has passed: with `what` was waited for and what was observed last.
pub async fn eventually<T, E, F, P>(deadline: Duration, what: &str, mut probe: P) -> T
where
    E: Debug,
    F: Future<Output = Result<T, E>>,
    P: FnMut() -> F,
{
    let start = Instant::now();
    loop {
        match probe().await {
            Ok(value) => return value,
            Err(observed) if start.elapsed() >= deadline => {
                panic!("not within {deadline:?}: {what}; last observed: {observed:?}")
            }
            Err(_) => tokio::time::sleep(POLL).await,
        }
    }
}
