//! Messages that people write, by the rules of the channel.

use std::time::Duration;

use super::act::{Refusal, not_offered, person, unknown};
use crate::id::Id;
use crate::rest::compose::{self, Origin};
use crate::rest::validate::message::Draft;
use crate::server::Shared;
use crate::world::channel::{Channel, Place};
use crate::world::permissions;

/// Writes a message.
pub fn write(server: &Shared, user: Id, channel: Id, content: &str) -> Result<Id, Refusal> {
    let mut world = server.world();
    person(&world, user)?;
    let found =
        world.channels.get(&channel).ok_or_else(|| unknown(format!("there is no channel {channel}")))?;
    if world.permissions(found, user) & permissions::SEND_MESSAGES == 0 {
        return Err(not_offered(format!("user {user} may not write in channel {channel}")));
    }
    if let Some(left) = slowed(found, user, world.permissions(found, user)) {
        return Err(not_offered(format!(
            "slow mode: user {user} may write again in {} s",
            left.as_secs() + 1
        )));
    }
    let content = content.trim();
    if content.is_empty() || content.chars().count() > 2000 {
        return Err(not_offered("a message has 1 to 2000 characters"));
    }
    let draft = Draft { content: Some(content.to_owned()), ..Draft::default() };
    let message = compose::message(&mut world, Origin::user(channel, user, None), &draft, &[]);
    let id = message.id;
    world.post(&message);
    Ok(id)
}

/// How long a person still waits for the next message in a channel with slow mode.
fn slowed(channel: &Channel, user: Id, granted: u64) -> Option<Duration> {
    let Place::Guild { settings, .. } = &channel.place else { return None };
    if granted & (permissions::MANAGE_MESSAGES | permissions::MANAGE_CHANNELS) != 0 {
        return None;
    }
    let pause = Duration::from_secs(u64::try_from(settings.slow_mode).unwrap_or_default());
    let last = channel.messages.values().rev().find(|message| message.author_id() == user)?;
    pause.checked_sub(last.age()).filter(|left| !left.is_zero())
}
