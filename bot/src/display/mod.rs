//! The live stock message: derived from the database, never read back.
//!
//! `scheduler` notices changes and keeps one `worker` per display; `select` chooses and orders products, `lines` and `layout`
//! turn them into embeds within Discord's limits, `buttons` and `message` make the message, `publish` brings it to Discord,
//! `pace` keeps to Discord's limit of edits, `health` remembers how that went.

mod buttons;
mod health;
mod layout;
pub mod lines;
mod message;
mod pace;
mod publish;
pub mod scheduler;
mod select;
mod worker;
