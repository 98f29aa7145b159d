//! Interactions: what a person did, and what became of it. Keeps the clocks of 3 s and 15 min.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Notify;

use crate::id::Id;

/// A slash, user or message command.
pub const COMMAND: u64 = 2;
/// A button or a select.
pub const COMPONENT: u64 = 3;
/// Suggestions for an option being typed.
pub const AUTOCOMPLETE: u64 = 4;
/// A modal sent off.
pub const MODAL: u64 = 5;

/// One interaction.
#[derive(Debug)]
pub struct Interaction {
    /// Its id.
    pub id: Id,
    /// Its token, good for 15 min.
    pub token: String,
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
    /// The command's name, for "X used /name".
    pub name: Option<String>,
    /// What the bot was sent, for addresses anywhere.
    pub payload: Value,
    /// When the person did it.
    pub received: Timestamp,
    /// The same on the clock the limits are measured by.
    pub started: Instant,
    /// Made older by the control API.
    pub aged: Duration,
    /// How long the first answer took.
    pub acknowledged: Option<Duration>,
    /// The first answer as it was sent: `{type, data}`.
    pub callback: Option<Value>,
    /// Where it stands.
    pub progress: Progress,
    /// The message `@original` means.
    pub original: Option<Id>,
    /// Bodies of the edits of `@original`.
    pub edits: Vec<Value>,
    /// Follow-up messages.
    pub followups: Vec<Id>,
    /// The modal it was answered with.
    pub modal: Option<Value>,
    /// Session ids it was delivered to, or `http`.
    pub delivered_to: Vec<String>,
    /// Wakes those who wait for a change.
    pub changed: Arc<Notify>,
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
