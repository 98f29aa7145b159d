//! Where to deposit.

use stockbot_store::{World, WorldStatus, worlds::worlds};

use super::{error::ReplyError, reply::Reply};
use crate::{
    cards::{Card, Mood},
    texts::escape,
};

/// Worlds that fit a card.
const SHOWN: usize = 10;

/// World, owner, bot and status of each deposit world, and how to deposit.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    reply.defer().await?;
    let worlds = worlds(&reply.bot.store, reply.bot.shop).await?;
    let title = reply.text("button-world", &[]);
    if worlds.is_empty() {
        return reply.show(Card::new(Mood::Plain, reply.text("world-none", &[])).title(title)).await;
    }
    let card = Card::new(Mood::Plain, reply.text("world-how", &[])).title(title);
    let card =
        worlds.iter().take(SHOWN).fold(card, |card, world| card.wide_field(&world.name, told(reply, world)));
    reply.show(card).await
}

/// What is known of a world.
pub fn told(reply: &Reply, world: &World) -> String {
    let status = match world.status {
        WorldStatus::Open => "world-open",
        WorldStatus::Full => "world-full",
        WorldStatus::Closed => "world-closed",
    };
    let status = reply.text(status, &[]);
    let known = [("world-owner", &world.owner), ("world-bot", &world.bot), ("world-note", &world.note)];
    let known = known.into_iter().filter(|(_, value)| !value.is_empty());
    let lines = known.map(|(key, value)| reply.text(key, &[("value", escape(value).into())]));
    std::iter::once(status).chain(lines).collect::<Vec<_>>().join("\n")
}
