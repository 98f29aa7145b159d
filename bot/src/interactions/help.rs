//! What the buttons and commands do.

use super::{error::ReplyError, reply::Reply};
use crate::cards::{Card, Mood};

/// What each button does.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    reply
        .show(Card::new(Mood::Plain, reply.text("help-body", &[])).title(reply.text("help-title", &[])))
        .await
}
