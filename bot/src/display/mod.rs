//! The live stock message: derived from the database, never read back.
//!
//! `scheduler` notices changes and keeps one `worker` per display; `select` chooses and orders products, `layout` puts their lines
//! into embeds, `buttons` and `message` make the message, all within Discord's `limits`; `publish` brings it to Discord, `kept`
//! tells whether it still is what was sent, `removal` and `sweeper` take away what is not wanted any more; `edit_pace` keeps to
//! Discord's limit of edits, `standing` and `health` tell how that went.

mod buttons;
mod edit_pace;
mod health;
mod kept;
mod layout;
mod limits;
mod message;
#[cfg(test)]
mod message_limits;
mod publish;
mod removal;
pub mod scheduler;
mod select;
mod standing;
mod sweeper;
mod worker;
