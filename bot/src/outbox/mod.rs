//! Carries out what a sale promised: the goods, the receipt, posts and the role.
//!
//! Lanes: the goods and the receipt of a sale go out at once, in a task of their own (`fulfil`), and wait for nothing else; what
//! did not succeed is a job that `worker` finds, each kind with slots of its own; posts go channel by channel, merged when they
//! queue up (`posts`). `delivery` brings goods and looks up what may have been brought, `after` is the receipt and the role.

mod after;
mod delivery;
mod error;
mod fulfil;
mod merge;
mod posts;
pub mod worker;
