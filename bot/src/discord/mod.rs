//! Discord's REST API behind one door: `call` is a request, `client` sends it, `limits` waits, `answer` and `error` tell what
//! came of it; the other files are the calls that the bot makes, by subject. Must not: know shops, orders or texts.

mod answer;
pub mod call;
pub mod client;
pub mod commands;
pub mod error;
pub mod interactions;
mod limits;
pub mod messages;
mod sent;
pub mod session;
mod tries;

pub use call::{Call, File};
pub use client::Rest;
pub use error::{Effect, RestError};
