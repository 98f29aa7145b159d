//! `/world-admin`: the worlds in which customers deposit.

use stockbot_store::{
    WorldChange, WorldStatus,
    worlds::{add_world, is_world_name, remove_world, set_world},
};

use super::done;
use crate::interactions::{error::ReplyError, options::Options, reply::Reply};
use crate::texts::escape;

/// Adds a world.
pub async fn add(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let name = name(reply, options)?;
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let added = add_world(store, shop, &name, &change(options), &actor).await?;
    tell(reply, &name, added, "admin-world-added", "admin-world-known").await
}

/// Changes what is given.
pub async fn set(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let (name, change) = (name(reply, options)?, change(options));
    if change == WorldChange::default() {
        return Err(reply.refusal("admin-world-nothing", &[]));
    }
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let changed = set_world(store, shop, &name, &change, &actor).await?;
    tell(reply, &name, changed, "admin-world-set", "admin-world-unknown").await
}

/// Removes a world.
pub async fn remove(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let name = name(reply, options)?;
    let removed = remove_world(&reply.bot.store, reply.bot.shop, &name, &reply.actor()).await?;
    tell(reply, &name, removed, "admin-world-removed", "admin-world-unknown").await
}

async fn tell(reply: &Reply, name: &str, is_done: bool, yes: &str, no: &str) -> Result<(), ReplyError> {
    let arguments = [("world", name.to_owned().into())];
    if is_done { done(reply, yes, &arguments).await } else { Err(reply.refusal(no, &arguments)) }
}

fn name(reply: &Reply, options: &Options<'_>) -> Result<String, ReplyError> {
    let given = options.text("world");
    if is_world_name(given) {
        return Ok(given.to_ascii_uppercase());
    }
    Err(reply.refusal("admin-world-name", &[("world", escape(given).into())]))
}

fn change(options: &Options<'_>) -> WorldChange {
    WorldChange {
        owner: options.changed("owner"),
        bot: options.changed("bot"),
        status: WorldStatus::of(options.text("status")),
        note: options.changed("note"),
    }
}
