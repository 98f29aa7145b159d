//! The gateway: `ownership` takes and keeps the lease of each shard, `owned` is a shard held, `connection` the session of one,
//! `queue` guards the identify budget, `close` knows what each close code asks for, `sequence` what may be resumed from,
//! `dispatch` what a payload is.

mod close;
mod connection;
mod dispatch;
mod owned;
pub mod ownership;
mod queue;
mod sequence;
