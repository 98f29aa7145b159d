//! Carries out what a sale promised: the goods, the receipt, posts and the role. Each is a job that is repeated until done.
//!
//! `worker` claims and judges, `delivery` brings goods, `after` does the rest, `goods` writes the file.

mod after;
mod delivery;
mod error;
mod goods;
pub mod worker;

pub use goods::goods_file;
