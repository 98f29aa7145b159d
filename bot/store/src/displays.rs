//! Live messages: which Discord message each display is. Written before and after a post, so that a crash never leaves two.

use jiff::Timestamp;

use crate::{ShopId, Store, StoreError};

/// One display of a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayRow {
    /// Name of the `StockDisplay`.
    pub name: String,
    /// Channel.
    pub channel_id: u64,
    /// The live message; `None` while it is being posted for the first time.
    pub message_id: Option<u64>,
    /// Fingerprint of what was published last; empty before.
    pub content_hash: String,
    /// When.
    pub published_at: Option<Timestamp>,
    /// Nonce of a post that was started and not saved yet.
    pub posting_nonce: Option<String>,
    /// When that post was started.
    pub posting_since: Option<Timestamp>,
}

/// Outcome of [`reserve_display`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// Post with this nonce; nobody did before.
    Post {
        /// At most 25 characters.
        nonce: String,
    },
    /// A post with this nonce was started and may have reached the channel: look for it there, else post with the same nonce.
    Recover {
        /// At most 25 characters.
        nonce: String,
        /// When the post was started.
        since: Timestamp,
    },
    /// The message exists, here or in the channel of the row: edit it, or remove it and [`forget_display`].
    Published(DisplayRow),
}

/// The displays of a bot in its shop.
pub async fn displays(_store: &Store, _shop: ShopId, _bot: &str) -> Result<Vec<DisplayRow>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// To be called before a message is posted.
pub async fn reserve_display(
    _store: &Store,
    _shop: ShopId,
    _bot: &str,
    _name: &str,
    _channel_id: u64,
) -> Result<Reservation, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The message was posted or edited.
#[expect(clippy::too_many_arguments, reason = "each is a different kind of thing and all are needed")]
pub async fn save_display(
    _store: &Store,
    _shop: ShopId,
    _bot: &str,
    _name: &str,
    _channel_id: u64,
    _message_id: u64,
    _content_hash: &str,
) -> Result<(), StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// The message is gone (removed by us or by somebody else). Only if it is still the one that the row names; `false`: it is not.
pub async fn forget_display(
    _store: &Store,
    _shop: ShopId,
    _bot: &str,
    _name: &str,
    _message_id: Option<u64>,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
