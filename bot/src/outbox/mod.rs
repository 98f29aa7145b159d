//! Carries out what a sale promised: the goods, the receipt, posts and the role. Each is a job that is repeated until done.
//!
//! `worker` claims and judges, `delivery` brings goods, `after` does the rest.

mod after;
mod delivery;
mod error;
pub mod worker;
