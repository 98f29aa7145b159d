//! Discord's REST API behind one door: `client` sends, `ratelimit` waits, `error` tells what went wrong; the other files
//! are the calls that the bot makes, by subject. Must not: know shops, orders or texts.

pub mod client;
pub mod commands;
pub mod error;
pub mod interactions;
pub mod messages;
mod ratelimit;
pub mod session;

pub use client::{Call, File, Rest};
pub use error::RestError;
