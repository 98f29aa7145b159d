//! What both kinds share: the driver with its back-off, watches and what is remembered of them, server-side apply, Secrets, events.

pub mod apply;
pub mod backoff;
pub mod cache;
pub mod client;
pub mod context;
pub mod driver;
pub mod events;
pub mod footprint;
pub mod live;
pub mod pace;
pub mod pod;
mod quantity;
pub mod scope;
pub mod secrets;
pub mod status;
mod watches;
pub mod written;
