//! Interactions: what a person did, and what became of it. Keeps the clocks of 3 s and 15 min.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::message::{Cause, Used};
use crate::id::Id;

/// A slash, user or message command.
pub const COMMAND: u64 = 2;
/// A button or a select.
pub const COMPONENT: u64 = 3;
/// Suggestions for an option being typed.
pub const AUTOCOMPLETE: u64 = 4;
/// A modal sent off.
pub const MODAL: u64 = 5;

/// What every token begins with.
const TOKEN: &str = "interaction";
/// Edits of `@original` whose bodies are kept.
const EDITS: usize = 100;
/// Deliveries that are kept.
const DELIVERIES: usize = 2000;

/// One interaction.
#[derive(Debug)]
pub struct Interaction {
    /// Its id.
    pub id: Id,
    /// The part of its token that nobody can guess.
    pub secret: [u8; 24],
    /// Whose command or component it was.
    pub application: Id,
    /// [`COMMAND`], [`COMPONENT`], [`AUTOCOMPLETE`] or [`MODAL`].
    pub kind: u64,
    /// Who did it.
    pub user: Id,
    /// Where.
    pub guild: Option<Id>,
    /// Where.
    pub channel: Id,
    /// The message whose component was used, also by way of a modal.
    pub source: Option<Id>,
    /// The command used, for "X used /name".
    pub used: Option<Used>,
    /// For a modal sent off: the interaction that opened it.
    pub trigger: Option<Cause>,
    /// When the person did it.
    pub received: Timestamp,
    /// The same on the clock the limits are measured by.
    pub started: Instant,
    /// Made older by the control API.
    pub aged: Duration,
    /// How long the first answer took.
    pub acknowledged: Option<Duration>,
    /// The type of the first answer.
    pub callback: Option<i64>,
    /// Where it stands.
    pub progress: Progress,
    /// The message `@original` means.
    pub original: Option<Id>,
    /// Follow-up messages.
    pub followups: Vec<Id>,
    /// Session ids it was delivered to of late, or `http`.
    pub delivered_to: VecDeque<String>,
    /// What was said, unless memory had to forget it.
    pub said: Option<Said>,
    /// Wakes those who wait for a change.
    pub changed: Arc<Notify>,
}

/// What was said in an interaction: the bulk of it, which the clocks and the answers to come do not need. All of it
/// is JSON.
#[derive(Debug)]
pub struct Said {
    /// What the bot was sent, for addresses anywhere.
    pub payload: Arc<str>,
    /// The first answer as it was sent: `{type, data}`.
    pub callback: Option<Box<str>>,
    /// Bodies of the latest edits of `@original`.
    pub edits: VecDeque<Box<str>>,
    /// The modal it was answered with.
    pub modal: Option<Box<str>>,
}

impl Said {
    /// Notes the body of an edit.
    pub fn edit(&mut self, body: Box<str>) {
        self.edits.push_back(body);
        if self.edits.len() > EDITS {
            self.edits.pop_front();
        }
    }

    /// Memory it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let length = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
        let edits: usize = self.edits.iter().map(|body| size_of::<Box<str>>() + body.len()).sum();
        size_of::<Self>() + self.payload.len() + length(&self.callback) + length(&self.modal) + edits
    }
}

/// Where an interaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not answered yet.
    Waiting,
    /// Answered with "thinking" or with a promise to update.
    Deferred,
    /// Answered for good.
    Answered,
    /// Answered with a modal.
    Modal,
    /// HTTP delivery failed: no answer can come.
    Failed,
}

impl Interaction {
    /// Its token, good for 15 min. It tells which interaction it is of, as Discord's do.
    #[must_use]
    pub fn token(&self) -> String {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(self.secret);
        BASE64_URL_SAFE_NO_PAD.encode(format!("{TOKEN}:{}:{secret}", self.id))
    }

    /// The interaction a token claims to be of.
    #[must_use]
    pub fn id_in(token: &str) -> Option<Id> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        text.strip_prefix(TOKEN)?.strip_prefix(':')?.split(':').next()?.parse().ok()
    }

    /// Notes where it was delivered to.
    pub fn delivered(&mut self, to: impl IntoIterator<Item = String>) {
        self.delivered_to.extend(to);
        let excess = self.delivered_to.len().saturating_sub(DELIVERIES);
        self.delivered_to.drain(..excess);
    }

    /// How old it is for its clocks.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.started.elapsed().saturating_add(self.aged)
    }

    /// The word `GET /_sim/interactions/{id}` has for where it stands.
    #[must_use]
    pub fn state(&self, answer_within: Duration, token_life: Duration) -> &'static str {
        match self.progress {
            Progress::Waiting if self.age() > answer_within => "failed",
            Progress::Waiting => "waiting",
            Progress::Deferred if self.age() > token_life => "expired",
            Progress::Deferred => "deferred",
            Progress::Answered => "answered",
            Progress::Modal => "modal",
            Progress::Failed => "failed",
        }
    }
}
