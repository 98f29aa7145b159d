//! The body of a watch, event by event: each is held against the plan before it goes on.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};

use crate::Fault;

/// Passes the lines of `body` on until one meets a fault.
pub fn events<S, E>(
    body: S,
    meets: impl FnMut() -> Option<Fault> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
{
    let state = Lines { body, rest: BytesMut::new(), meets, end: End::Open };
    stream::unfold(state, |mut lines| async move {
        match lines.end {
            End::Open => {}
            End::Cut => {
                lines.end = End::Over;
                return Some((Err(cut()), lines));
            }
            End::Over => return None,
        }
        let event = match lines.next().await? {
            Ok(event) => event,
            Err(error) => {
                lines.end = End::Over;
                return Some((Err(io::Error::other(error)), lines));
            }
        };
        match (lines.meets)() {
            Some(Fault::EventDropped) => None,
            Some(Fault::Silence) => std::future::pending().await,
            Some(Fault::WatchCut) => {
                lines.end = End::Over;
                Some((Err(cut()), lines))
            }
            Some(Fault::HalfBody) => {
                lines.end = End::Cut;
                Some((Ok(event.slice(..event.len() / 2)), lines))
            }
            _ => Some((Ok(event), lines)),
        }
    })
}

/// The end of a connection that was not meant to end.
pub(crate) fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "a planned fault")
}

struct Lines<S, F> {
    body: S,
    rest: BytesMut,
    meets: F,
    end: End,
}

/// How far the end of the watch is.
enum End {
    /// Events pass.
    Open,
    /// Half an event has passed, and no more will.
    Cut,
    /// Nothing more is told.
    Over,
}

impl<S, F, E> Lines<S, F>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// The next line with its end.
    async fn next(&mut self) -> Option<Result<Bytes, E>> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                return Some(Ok(self.rest.split_to(end + 1).freeze()));
            }
            match self.body.next().await? {
                Ok(bytes) => self.rest.extend_from_slice(&bytes),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    /// What comes of three events, in pieces of the network's own, if the second meets the fault.
    async fn passed(fault: Option<Fault>) -> (String, bool) {
        let pieces = ["one\ntw", "o\nthr", "ee\n"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece)));
        let mut number = 0;
        let meets = move || {
            number += 1;
            fault.filter(|_| number == 2)
        };
        let all: Vec<_> = events(stream::iter(pieces), meets).collect().await;
        let cut = all.iter().any(Result::is_err);
        let text = all.into_iter().flatten().flat_map(|bytes| bytes.to_vec()).collect();
        (String::from_utf8(text).unwrap(), cut)
    }

    #[tokio::test]
    async fn a_fault_strikes_between_or_within_events_and_ends_the_watch() {
        assert_eq!(passed(None).await, ("one\ntwo\nthree\n".into(), false));
        assert_eq!(passed(Some(Fault::WatchCut)).await, ("one\n".into(), true));
        assert_eq!(passed(Some(Fault::EventDropped)).await, ("one\n".into(), false));
        assert_eq!(passed(Some(Fault::HalfBody)).await, ("one\ntw".into(), true));
    }

    #[tokio::test]
    async fn a_silent_watch_stays_open() {
        let pieces = stream::iter([Ok::<_, io::Error>(Bytes::from("one\n")), Ok(Bytes::from("two\n"))]);
        let mut faults = [None, Some(Fault::Silence)].into_iter();
        let mut all = std::pin::pin!(events(pieces, move || faults.next().flatten()));
        assert_eq!(all.next().await.unwrap().unwrap(), "one\n");
        assert!(all.next().now_or_never().is_none(), "neither an event nor an end");
    }
}
