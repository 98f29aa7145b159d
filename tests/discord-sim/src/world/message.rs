//! Messages with their attachments, and the objects clients get of them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::base::Base;
use super::keeping::weight;
use super::media;
use crate::id::Id;
use crate::time::iso;

/// Flag: embeds are hidden.
pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Flag: only the person who caused it sees the message.
pub const EPHEMERAL: u64 = 1 << 6;
/// Flag: "is thinking", a deferred answer.
pub const LOADING: u64 = 1 << 7;
/// Flag: nobody is notified.
pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// Flag: the message is made of components alone and stays so.
pub const IS_COMPONENTS_V2: u64 = 1 << 15;

/// What a message takes in the lists it stands in, and an embed or component beside its content.
const PART: usize = 200;

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: Id,
    /// The channel it is in.
    pub channel: Id,
    /// Who wrote it.
    pub author: Author,
    /// The application it came from, if it came from one.
    pub application: Option<Id>,
    /// 0 written, 19 a reply, 20 the answer to a slash command, 23 that to a command of a context menu.
    pub kind: u8,
    /// Its text.
    pub content: String,
    /// Embed objects as they were checked and kept.
    pub embeds: Vec<Value>,
    /// Component objects as they were checked and kept.
    pub components: Vec<Value>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Flag bits.
    pub flags: u64,
    /// When it was written.
    pub created: Timestamp,
    /// How much older than that it is made to look (`POST /_sim/messages/{id}/age`).
    pub aged: Duration,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// The only person who sees it.
    pub ephemeral_to: Option<Id>,
    /// The sender's mark against doubles.
    pub nonce: Option<Value>,
    /// Users mentioned.
    pub mentions: Vec<Id>,
    /// Roles mentioned.
    pub mention_roles: Vec<Id>,
    /// Whether everyone is mentioned.
    pub mention_everyone: bool,
    /// The message it replies to.
    pub reply_to: Option<Id>,
    /// The interaction that caused it.
    pub interaction: Option<Cause>,
    /// Read out aloud.
    pub tts: bool,
}

/// The interaction that caused a message.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Its id.
    pub id: Id,
    /// Its kind.
    pub kind: u64,
    /// Who did it.
    pub user: Id,
    /// In which guild.
    pub guild: Option<Id>,
    /// The command used.
    pub used: Option<Used>,
    /// The message whose component was used.
    pub source: Option<Id>,
    /// For a modal sent off: the interaction that opened it.
    pub trigger: Option<Box<Cause>>,
    /// For a follow-up: the first answer.
    pub first: Option<Id>,
}

/// A command somebody used.
#[derive(Clone, Debug)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// 1 slash, 2 user, 3 message.
    pub kind: u64,
    /// The person or message it was used on.
    pub target: Option<Id>,
}

impl Used {
    /// The type of the message that answers it.
    #[must_use]
    pub fn answer_kind(&self) -> u8 {
        if self.kind == 1 { 20 } else { 23 }
    }
}

/// Who wrote a message.
#[derive(Clone, Debug)]
pub enum Author {
    /// A person or a bot.
    User(Id),
    /// A webhook under a name of its own.
    Webhook {
        /// Which webhook.
        id: Id,
        /// The name shown.
        name: String,
    },
}

/// A file of a message or of a command option.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its id.
    pub id: Id,
    /// The channel its address is under.
    pub channel: Id,
    /// Its name.
    pub filename: String,
    /// What its sender says of it.
    pub words: Words,
    /// Its media type.
    pub content_type: String,
    /// How many bytes it has; the bytes themselves are with the world's files.
    pub size: usize,
    /// Whether it belongs to an ephemeral message.
    pub ephemeral: bool,
}

/// What the sender of a file says of it.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// What screen readers say.
    pub description: Option<String>,
    /// What stands over it in place of its name.
    pub title: Option<String>,
}

impl Attachment {
    /// Its address under `base`.
    #[must_use]
    pub fn url(&self, base: &Base) -> String {
        base.http(&format!("/attachments/{}/{}/{}", self.channel, self.id, url_part(&self.filename)))
    }

    /// The attachment object.
    #[must_use]
    pub fn json(&self, base: &Base) -> Value {
        let url = self.url(base);
        let mut object = json!({
            "id": self.id,
            "filename": self.filename,
            "size": self.size,
            "url": url,
            "proxy_url": url,
            "content_type": self.content_type,
            "flags": 0,
        });
        if let Some(description) = &self.words.description {
            object["description"] = json!(description);
        }
        if let Some(title) = &self.words.title {
            object["title"] = json!(title);
        }
        if self.ephemeral {
            object["ephemeral"] = json!(true);
        }
        object
    }
}

/// A file name as one part of a path.
fn url_part(name: &str) -> String {
    use std::fmt::Write;
    let mut part = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}

impl Message {
    /// Whether it is older than `age`, made older by the control API or not.
    #[must_use]
    pub fn older_than(&self, age: Duration) -> bool {
        self.age() > age
    }

    /// How old it is, made older by the control API or not.
    #[must_use]
    pub fn age(&self) -> Duration {
        let since = Timestamp::now().duration_since(self.created);
        Duration::try_from(since).unwrap_or_default().saturating_add(self.aged)
    }

    /// When it was written, as seen by clients.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.created.checked_sub(self.aged).unwrap_or(self.created)
    }

    /// Whether it is made of Components V2.
    #[must_use]
    pub fn is_v2(&self) -> bool {
        self.flags & IS_COMPONENTS_V2 != 0
    }

    /// Whether it was written with a token of its own: by a webhook, or as the answer to an interaction.
    #[must_use]
    pub fn is_by_token(&self) -> bool {
        self.interaction.is_some() || matches!(self.author, Author::Webhook { .. })
    }

    /// The user id of its author, a webhook's included.
    #[must_use]
    pub fn author_id(&self) -> Id {
        match self.author {
            Author::User(id) | Author::Webhook { id, .. } => id,
        }
    }

    /// About how much memory it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let parts: usize = self.embeds.iter().chain(&self.components).map(|part| PART + weight(part)).sum();
        let files = self.attachments.len() * 2 * size_of::<Attachment>();
        size_of::<Self>() + PART + self.content.len() + parts + files
    }

    /// The message object without `interaction_metadata`; `author` and `mentions` are user objects.
    #[must_use]
    pub fn json(&self, author: &Value, mentions: &[Value], base: &Base) -> Value {
        let mut object = json!({
            "id": self.id,
            "channel_id": self.channel,
            "type": self.kind,
            "author": author,
            "content": self.content,
            "timestamp": iso(self.timestamp()),
            "edited_timestamp": self.edited.map(iso),
            "tts": self.tts,
            "mention_everyone": self.mention_everyone,
            "mentions": mentions,
            "mention_roles": self.mention_roles,
            "attachments": self.attachments.iter().map(|file| file.json(base)).collect::<Vec<_>>(),
            "embeds": if self.flags & SUPPRESS_EMBEDS == 0 { &self.embeds[..] } else { &[] },
            "components": self.components,
            "pinned": false,
            "flags": self.flags,
        });
        let mut add = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                object[key] = value;
            }
        };
        add("nonce", self.nonce.clone());
        add("application_id", self.application.map(|id| json!(id)));
        if let Author::Webhook { id, .. } = &self.author {
            add("webhook_id", Some(json!(id)));
        } else if self.interaction.is_some() {
            add("webhook_id", self.application.map(|id| json!(id)));
        }
        let reference =
            self.reply_to.map(|id| json!({ "type": 0, "message_id": id, "channel_id": self.channel }));
        add("message_reference", reference);
        for parts in ["embeds", "components"] {
            media::resolve(&mut object[parts], self.id, &self.attachments, base);
        }
        object
    }
}
