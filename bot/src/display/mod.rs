//! The live stock message: derived from the database, never read back.
//!
//! `scheduler` notices changes and keeps one `worker` per display; `select` chooses and orders products, `layout` puts their lines
//! into embeds within Discord's limits, `buttons` and `message` make the message, `publish` brings it to Discord, `edit_pace`
//! keeps to Discord's limit of edits, `health` remembers how that went.

mod buttons;
mod edit_pace;
mod health;
mod layout;
mod message;
mod publish;
pub mod scheduler;
mod select;
mod worker;
