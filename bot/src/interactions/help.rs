//! Cards that only tell: help and the deposit world.

use super::{error::ReplyError, reply::Reply};
use crate::cards::{Card, Mood};

/// What each button does.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    reply
        .show(Card::new(Mood::Plain, reply.text("help-body", &[])).title(reply.text("help-title", &[])))
        .await
}

/// Where to deposit. No command sets a world yet, so there is none to name.
pub async fn world(reply: &Reply) -> Result<(), ReplyError> {
    reply
        .show(Card::new(Mood::Plain, reply.text("world-none", &[])).title(reply.text("button-world", &[])))
        .await
}
