//! Channel messages and direct messages.

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, File, Rest, RestError};

/// Where direct channels are opened.
const DIRECT_CHANNELS: &str = "/users/@me/channels";
/// So many may be opened within [`OPENING_WINDOW`], as its headers say.
const OPENINGS: u16 = 10;
/// See [`OPENINGS`].
pub const OPENING_WINDOW: Duration = Duration::from_secs(10);

/// An uploaded file of a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Attachment {
    /// Its name.
    pub filename: String,
}

/// What the bot reads of a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// Discord id.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// Text.
    #[serde(default)]
    pub content: String,
    /// The webhook that posted it.
    #[serde(default)]
    pub webhook_id: Option<String>,
    /// Discord's flags.
    #[serde(default)]
    pub flags: u64,
    /// The interaction that it answers.
    #[serde(default)]
    pub interaction_metadata: Option<Cause>,
    /// Embeds, as sent.
    #[serde(default)]
    pub embeds: Vec<Value>,
    /// Rows of buttons, as sent.
    #[serde(default)]
    pub components: Vec<Value>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// Who wrote a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Author {
    /// Discord id.
    pub id: String,
}

/// What a message answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Cause {
    /// Discord id of the interaction.
    pub id: String,
}

/// Discord's flag of a reply that still says "thinking".
const LOADING: u64 = 1 << 7;

impl Message {
    /// Is the answer still to come?
    #[must_use]
    pub fn is_thinking(&self) -> bool {
        self.flags & LOADING != 0
    }

    /// Is it the reply to this interaction, and not the message whose button was pressed?
    #[must_use]
    pub fn answers(&self, interaction: u64) -> bool {
        self.interaction_metadata.as_ref().is_some_and(|cause| cause.id == interaction.to_string())
    }

    /// The id as a number; Discord never sends anything else.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.id.parse().unwrap_or_default()
    }
}

/// Reads an answer as `T`.
pub(super) fn parse<T: serde::de::DeserializeOwned>(call: &str, value: Value) -> Result<T, RestError> {
    serde_json::from_value(value)
        .map_err(|error| RestError::BadAnswer { call: call.into(), reason: error.to_string() })
}

impl Rest {
    /// Posts a message once: Discord answers a repeat of the same `nonce` (at most 25 characters) with the first message.
    pub async fn create_message(
        &self,
        channel: u64,
        mut body: Value,
        nonce: &str,
        files: Vec<File>,
    ) -> Result<Message, RestError> {
        body["nonce"] = json!(nonce);
        body["enforce_nonce"] = json!(true);
        let call = Call::new(Method::POST, format!("/channels/{channel}/messages"))
            .body(body)
            .files(files)
            .repeatable();
        parse("create message", self.send(call).await?)
    }

    /// Replaces content, embeds and components of a message, in one try: each may count against the limit on edits.
    pub async fn edit_message(&self, channel: u64, message: u64, body: Value) -> Result<Message, RestError> {
        let call = Call::new(Method::PATCH, format!("/channels/{channel}/messages/{message}")).body(body);
        parse("edit message", self.once().send(call).await?)
    }

    /// Reads a message.
    pub async fn message(&self, channel: u64, message: u64) -> Result<Message, RestError> {
        let call = Call::new(Method::GET, format!("/channels/{channel}/messages/{message}"));
        parse("read message", self.send(call).await?)
    }

    /// The newest messages of a channel, at most 100.
    pub async fn recent_messages(&self, channel: u64, limit: u8) -> Result<Vec<Message>, RestError> {
        let call = Call::new(Method::GET, format!("/channels/{channel}/messages?limit={limit}"));
        parse("list messages", self.send(call).await?)
    }

    /// The first messages of a channel after the one with the id `after`, at most 100.
    pub async fn messages_after(
        &self,
        channel: u64,
        after: u64,
        limit: u8,
    ) -> Result<Vec<Message>, RestError> {
        let path = format!("/channels/{channel}/messages?after={after}&limit={limit}");
        parse("list messages", self.send(Call::new(Method::GET, path)).await?)
    }

    /// The guild of a channel.
    pub async fn guild_of(&self, channel: u64) -> Result<Option<String>, RestError> {
        #[derive(Deserialize)]
        struct Channel {
            guild_id: Option<String>,
        }
        let call = Call::new(Method::GET, format!("/channels/{channel}"));
        let channel: Channel = parse("read channel", self.send(call).await?)?;
        Ok(channel.guild_id)
    }

    /// Deletes a message.
    pub async fn delete_message(&self, channel: u64, message: u64) -> Result<(), RestError> {
        self.send(Call::new(Method::DELETE, format!("/channels/{channel}/messages/{message}")))
            .await
            .map(drop)
    }

    /// Opens, or finds, the direct channel with a user; its id.
    pub async fn direct_channel(&self, user: u64) -> Result<u64, RestError> {
        #[derive(Deserialize)]
        struct Channel {
            id: String,
        }
        let call = Call::new(Method::POST, DIRECT_CHANNELS)
            .body(json!({"recipient_id": user.to_string()}))
            .repeatable();
        let channel: Channel = parse("open direct messages", self.send(call).await?)?;
        channel
            .id
            .parse()
            .map_err(|_| RestError::BadAnswer { call: "open direct messages".into(), reason: "no id".into() })
    }

    /// Counts direct channels that other pods have opened, which is over in `over_in`.
    pub async fn opened_by_others(&self, count: u64, over_in: Duration) {
        let left = OPENINGS.saturating_sub(u16::try_from(count).unwrap_or(u16::MAX));
        let call = Call::new(Method::POST, DIRECT_CHANNELS);
        self.used_by_others(&call, OPENINGS, left, over_in).await;
    }

    /// Gives a member a role; giving it again changes nothing.
    pub async fn add_role(&self, guild: u64, user: u64, role: u64) -> Result<(), RestError> {
        self.send(Call::new(Method::PUT, format!("/guilds/{guild}/members/{user}/roles/{role}")))
            .await
            .map(drop)
    }
}
