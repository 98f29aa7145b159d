//! What the world forgets so that its memory stays bounded, and the count of it, which the log tells.

use bytes::Bytes;
use serde_json::{Value, json};

use super::World;
use super::interaction::{Interaction, Said};
use super::message::{Attachment, Message};
use crate::id::Id;

/// Memory for messages. The ones nobody wrote, edited or clicked for longest go first.
pub const MESSAGES: usize = 56 << 20;
/// Memory for what was said in interactions; the interactions themselves are kept longer.
pub const SAID: usize = 24 << 20;
/// Interactions kept; the oldest go first.
const INTERACTIONS: usize = 50_000;

/// How much was forgotten since the log told of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Messages.
    pub messages: usize,
    /// Files.
    pub files: usize,
    /// Interactions.
    pub interactions: usize,
    /// What was said in interactions that are still there.
    pub said: usize,
    /// Dispatches that a resume can no longer replay.
    pub dispatches: usize,
    /// Sessions that can no longer be resumed.
    pub sessions: usize,
}

impl Forgotten {
    /// The entry for the log, if there is anything to tell.
    #[must_use]
    pub fn entry(self) -> Option<Value> {
        (self != Self::default()).then(|| {
            json!({
                "messages": self.messages,
                "files": self.files,
                "interactions": self.interactions,
                "interaction_bodies": self.said,
                "dispatches": self.dispatches,
                "sessions": self.sessions,
            })
        })
    }
}

impl World {
    /// Counts a new or changed message, and forgets others if memory is full.
    pub fn keep_message(&mut self, message: &Message) {
        self.kept_messages.put(message.id, message.bytes());
        while let Some(old) = self.kept_messages.overflow() {
            self.take_message(old);
            self.forgotten.messages += 1;
        }
    }

    /// Takes a message out of its channel.
    pub fn take_message(&mut self, id: Id) -> Option<(Id, Message)> {
        let place = self.places.remove(&id)?;
        let message = self.channels.get_mut(&place)?.messages.remove(&id)?;
        Some((place, message))
    }

    /// Keeps a file for download.
    pub fn keep_file(&mut self, file: Attachment, data: Bytes) {
        self.forgotten.files += self.files.put(file, data);
    }

    /// Keeps an interaction, and forgets the oldest ones beyond what is kept.
    pub fn remember_interaction(&mut self, interaction: Interaction) {
        let id = interaction.id;
        self.interactions.insert(id, interaction);
        self.note(id, |_| {});
        while self.interactions.len() > INTERACTIONS {
            let Some((old, _)) = self.interactions.pop_first() else { return };
            self.kept_said.remove(old);
            self.forgotten.interactions += 1;
        }
    }

    /// Adds to what was said in an interaction, and forgets what was said in others if memory is full.
    pub fn note(&mut self, id: Id, add: impl FnOnce(&mut Said)) {
        let said = self.interactions.get_mut(&id).and_then(|interaction| interaction.said.as_mut());
        let Some(said) = said else { return };
        add(said);
        self.kept_said.put(id, said.bytes());
        while let Some(old) = self.kept_said.overflow() {
            if let Some(interaction) = self.interactions.get_mut(&old) {
                interaction.said = None;
            }
            self.forgotten.said += 1;
        }
    }

    /// Forgets sessions that are over, brings the rest within bounds, and tells what was forgotten of late.
    pub fn tidy(&mut self, session_life: std::time::Duration) -> Forgotten {
        self.sessions.forget_dead(session_life);
        let lost = self.sessions.tidy();
        self.forgotten.dispatches += lost.dispatches;
        self.forgotten.sessions += lost.sessions;
        std::mem::take(&mut self.forgotten)
    }
}
