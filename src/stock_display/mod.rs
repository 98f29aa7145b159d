//! `StockDisplay`: fetch -> validate -> status. It has no children of its own: the bot's ConfigMap carries it
//! (`discord_bot::build::config_map`), so build and apply are the bot's.

pub mod fetch;
mod reconcile;
pub mod retire;
pub mod status;
pub mod validate;

pub use reconcile::Displays;
