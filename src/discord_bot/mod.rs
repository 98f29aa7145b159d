//! `DiscordBot`: fetch -> validate -> build -> apply -> status, each in its own module, in this order.

pub mod apply;
pub mod build;
pub mod displays;
pub mod fetch;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod halt;
pub mod mounted;
mod reconcile;
pub mod retire;
pub mod secret_marks;
mod slot;
pub mod status;
pub mod validate;

pub use reconcile::Bots;
