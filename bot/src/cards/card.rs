//! What a message of the bot looks like: one embed, rows of components, files. Turned into Discord's JSON in one place, so
//! that no message can ping by accident.

use serde_json::{Value, json};
use serenity::builder::{CreateActionRow, CreateEmbed};

use crate::discord::File;

/// Colours by mood, as Discord's own palette has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mood {
    Plain,
    Good,
    Attention,
    Bad,
}

impl Mood {
    fn colour(self) -> u32 {
        match self {
            Self::Plain => 0x58_65f2,
            Self::Good => 0x57_f287,
            Self::Attention => 0xfe_e75c,
            Self::Bad => 0xed_4245,
        }
    }
}

/// Discord's flag for "only the user sees it".
const EPHEMERAL: u64 = 1 << 6;

/// A message.
#[derive(Clone, Debug)]
pub struct Card {
    embed: CreateEmbed,
    rows: Vec<CreateActionRow>,
    /// Files to upload.
    pub files: Vec<File>,
}

impl Card {
    /// A card with this text.
    pub fn new(mood: Mood, text: impl Into<String>) -> Self {
        Self {
            embed: CreateEmbed::new().colour(mood.colour()).description(text),
            rows: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Gives it a heading.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.embed = self.embed.title(title);
        self
    }

    /// Adds a short field beside the others.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.embed = self.embed.field(name, value, true);
        self
    }

    /// Adds a field on a line of its own.
    #[must_use]
    pub fn wide_field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.embed = self.embed.field(name, value, false);
        self
    }

    /// Adds a row of components.
    #[must_use]
    pub fn row(mut self, row: CreateActionRow) -> Self {
        self.rows.push(row);
        self
    }

    /// Attaches a file.
    #[must_use]
    pub fn file(mut self, file: File) -> Self {
        self.files.push(file);
        self
    }

    /// As a reply that only the user sees. Components are always named: an edit without them would keep the old ones.
    #[must_use]
    pub fn ephemeral(&self) -> Value {
        let mut body = self.public();
        body["flags"] = json!(EPHEMERAL);
        body
    }

    /// As a message that everybody in the channel sees.
    #[must_use]
    pub fn public(&self) -> Value {
        json!({"content": "", "embeds": [self.embed], "components": self.rows, "allowed_mentions": {"parse": []}})
    }
}

/// A message of plain text that pings nobody.
#[must_use]
pub fn plain(text: &str) -> Value {
    json!({"content": text, "allowed_mentions": {"parse": []}})
}

/// The first `limit` characters.
#[must_use]
pub fn clip(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit - 1).chain(['…']).collect()
}
