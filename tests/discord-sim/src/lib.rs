//! A Discord to test bots against: the gateway, the REST API and a page, with worlds and virtual people that a
//! control API makes and moves. Free of any knowledge of the bots that use it.
//!
//! - [`start`] runs a stand-in inside a test, on a free port; the binary `discord-sim` does the same.
//! - `world` is everything that exists, behind one lock; the rest are ways to it:
//!   `gateway` (WebSocket), `rest` (API v10), `interactions` (what people do and what bots answer),
//!   `control` (`/_sim`), `page`.
//! - `faults`, `log` and `violations` are what tests break things with and look at.

mod control;
mod faults;
mod gateway;
mod id;
mod interactions;
mod log;
mod net;
mod newest;
mod options;
mod page;
mod rest;
mod server;
mod sim;
mod time;
mod violations;
mod world;

pub use id::Id;
pub use options::Options;
pub use sim::{Sim, StartError, start};
pub use time::duration;
pub use world::seed::{SeedError, WorldFile};
