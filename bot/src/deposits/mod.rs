//! Money that customers have paid in the game, told by messages of one webhook or author, or by signed requests; each credited once.
//!
//! `parse` reads a message (pure), `channel` finds the messages, `credit` hands a deposit to the store and has it told; signed
//! requests come in by `http::deposits`. Must not: guess whose a deposit is.

pub mod channel;
pub mod credit;
mod parse;

pub use parse::read;
