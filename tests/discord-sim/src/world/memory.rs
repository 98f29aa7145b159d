//! What the world forgets so that its memory stays bounded, and the count of it, which the log tells.

use bytes::Bytes;
use serde_json::{Value, json};

use super::World;
use super::interaction::{Interaction, Said};
use super::message::{Attachment, Message};
use crate::id::Id;

/// Memory for messages. The ones nobody wrote, edited or clicked for longest go first.
pub const MESSAGES: usize = 36 << 20;
/// Memory for what was said in interactions; the interactions themselves are kept longer.
pub const SAID: usize = 24 << 20;
/// Interactions kept; the oldest go first.
const INTERACTIONS: usize = if cfg!(test) { 2000 } else { 50_000 };

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::interactions::payload::{self, New};
    use crate::rest::compose::{self, Origin};
    use crate::rest::validate::message::Draft;
    use crate::world::channel::Settings;
    use crate::world::interaction::COMPONENT;

    fn world() -> (World, Id, Id) {
        let mut world = World::new(1);
        let owner = world.create_user(None, "Owner", "de", true);
        let guild = world.create_guild(None, "Guild", "de", owner);
        let channel = world.create_channel(guild, None, Settings::default()).unwrap();
        (world, owner, channel)
    }

    fn write(world: &mut World, channel: Id, author: Id, length: usize) -> Id {
        let draft = Draft { content: Some("x".repeat(length)), ..Draft::default() };
        let message = compose::message(world, Origin::user(channel, author, None), &draft, &[]);
        world.post(&message);
        message.id
    }

    fn interact(world: &mut World, channel: Id, user: Id, length: usize) -> Id {
        let data = json!({ "custom_id": "x".repeat(length) });
        let new = New {
            application: user,
            kind: COMPONENT,
            user,
            channel,
            source: None,
            used: None,
            trigger: None,
            data,
        };
        let interaction = payload::make(world, &new);
        let id = interaction.id;
        world.remember_interaction(interaction);
        id
    }

    #[test]
    fn messages_are_bounded_and_those_in_use_stay() {
        let (mut world, author, channel) = world();
        let shop = write(&mut world, channel, author, 10);
        let first = write(&mut world, channel, author, 100_000);
        for _ in 0..2 * MESSAGES / 100_000 {
            write(&mut world, channel, author, 100_000);
            world.kept_messages.touch(shop);
        }
        assert!(world.message(shop).is_some(), "it was clicked all the time");
        assert!(world.message(first).is_none());
        let kept = world.channels[&channel].messages.len();
        assert!((MESSAGES / 110_000..=MESSAGES / 100_000 + 1).contains(&kept), "{kept}");
        assert_eq!(world.places.len(), kept);
        let forgotten = world.tidy(Duration::ZERO);
        assert_eq!(forgotten.messages, 2 + 2 * MESSAGES / 100_000 - kept);
        assert_eq!(forgotten.entry().unwrap()["messages"], forgotten.messages);
        assert_eq!(world.tidy(Duration::ZERO).entry(), None, "told once");
    }

    #[test]
    fn what_was_said_in_interactions_is_bounded_and_their_clocks_go_on() {
        let (mut world, user, channel) = world();
        let first = interact(&mut world, channel, user, 50_000);
        for _ in 0..2 * SAID / 50_000 {
            interact(&mut world, channel, user, 50_000);
        }
        let old = &world.interactions[&first];
        assert!(old.said.is_none());
        assert_eq!(
            world.interaction_by_token(user, &old.token()).unwrap().id,
            first,
            "it can still be answered"
        );
        let kept = world.interactions.values().filter(|one| one.said.is_some()).count();
        assert!(kept * 50_000 <= SAID && kept * 60_000 > SAID, "{kept}");
        assert_eq!(world.tidy(Duration::ZERO).said, world.interactions.len() - kept);
    }

    #[test]
    fn interactions_are_bounded_by_their_number() {
        let (mut world, user, channel) = world();
        let first = interact(&mut world, channel, user, 1);
        for _ in 0..INTERACTIONS {
            interact(&mut world, channel, user, 1);
        }
        assert_eq!(world.interactions.len(), INTERACTIONS);
        assert!(!world.interactions.contains_key(&first));
        assert_eq!(world.tidy(Duration::ZERO).interactions, 1);
    }

    #[test]
    fn an_interaction_keeps_its_latest_edits_and_deliveries() {
        let (mut world, user, channel) = world();
        let id = interact(&mut world, channel, user, 1);
        for number in 0..5000 {
            world.note(id, |said| said.edit(number.to_string().into()));
            world.interactions.get_mut(&id).unwrap().delivered([number.to_string()]);
        }
        let interaction = &world.interactions[&id];
        let edits = &interaction.said.as_ref().unwrap().edits;
        assert_eq!((edits.len(), &**edits.back().unwrap()), (100, "4999"));
        assert_eq!((interaction.delivered_to.len(), interaction.delivered_to[0].as_str()), (2000, "3000"));
    }
}
