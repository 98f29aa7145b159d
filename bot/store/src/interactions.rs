//! Interactions: written down by their id before any effect, so that repeats do nothing and any pod can finish them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use stockbot_config::Locale;

use crate::{ShopId, Store, StoreError};

/// An interaction as it arrives.
#[derive(Clone)]
pub struct NewInteraction {
    /// Discord's id.
    pub id: u64,
    /// Shop.
    pub shop: ShopId,
    /// Receiving bot, `<namespace>/<name>`.
    pub bot: String,
    /// Its application.
    pub application_id: u64,
    /// Works for 15 minutes.
    pub token: String,
    /// What it is about, like `purchase`.
    pub kind: String,
    /// Custom id of the button, or name of the command.
    pub custom_id: String,
    /// Who.
    pub user_id: u64,
    /// Where.
    pub channel_id: Option<u64>,
    /// Where.
    pub guild_id: Option<u64>,
    /// The user's language.
    pub locale: Locale,
    /// Receiving pod.
    pub pod: String,
    /// What is needed to finish it elsewhere.
    pub payload: Value,
}

/// How an interaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InteractionEnd {
    /// Answered.
    Finished,
    /// Discord did not take the acknowledgement in time; nothing was done.
    TooLate,
    /// Given up.
    Failed,
}

/// An acknowledged interaction that nobody finished, claimed by the caller.
#[derive(Clone)]
#[expect(missing_docs, reason = "as in NewInteraction")]
pub struct UnfinishedInteraction {
    pub id: u64,
    pub shop: ShopId,
    pub application_id: u64,
    pub token: String,
    pub kind: String,
    pub custom_id: String,
    pub user_id: u64,
    pub channel_id: Option<u64>,
    pub guild_id: Option<u64>,
    pub locale: Locale,
    pub payload: Value,
    /// When it arrived; the token works for 15 minutes from then.
    pub received_at: Timestamp,
}

/// Writes an interaction down. `false`: it is there already, somebody handles it.
pub async fn receive_interaction(_store: &Store, _new: &NewInteraction) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Discord took the acknowledgement.
pub async fn mark_acknowledged(_store: &Store, _id: u64) -> Result<(), StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Ends an interaction with what was answered. The first end stays; `false`: it had ended before.
pub async fn mark_finished(
    _store: &Store,
    _id: u64,
    _end: InteractionEnd,
    _response: &Value,
) -> Result<bool, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}

/// Claims acknowledged, unfinished interactions of a bot that were acknowledged more than `older_than` ago, oldest first. Each is
/// handed to one caller until `lease` is over.
#[expect(clippy::too_many_arguments, reason = "each is a different kind of thing and all are needed")]
pub async fn unfinished_interactions(
    _store: &Store,
    _bot: &str,
    _kind: &str,
    _owner: &str,
    _older_than: Duration,
    _lease: Duration,
    _limit: i64,
) -> Result<Vec<UnfinishedInteraction>, StoreError> {
    Err(StoreError::Unexpected("unfinished".into()))
}
