//! `/blacklist`: who may not buy. Balance, history and bought goods stay theirs.

use stockbot_store::customers::{blacklisted, set_blacklisted};

use super::{done, people, show_list};
use crate::{
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::escape,
};

/// More than fit a message.
const MOST: i64 = 500;

/// Forbids or allows a customer to buy.
pub async fn set(reply: &Reply, options: &Options<'_>, forbid: bool) -> Result<(), ReplyError> {
    let customer = people::find(reply, options).await?;
    let name = [("growId", escape(&customer.grow_id).into())];
    if customer.blacklisted == forbid {
        let key = if forbid { "admin-blacklist-already" } else { "admin-blacklist-not" };
        return Err(reply.refusal(key, &name));
    }
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    if set_blacklisted(store, shop, customer.id, forbid, &actor).await?.is_none() {
        return Err(people::unknown(reply, &customer.grow_id));
    }
    done(reply, if forbid { "admin-blacklist-added" } else { "admin-blacklist-removed" }, &name).await
}

/// Who may not buy.
pub async fn list(reply: &Reply) -> Result<(), ReplyError> {
    let customers = blacklisted(&reply.bot.store, reply.bot.shop, MOST).await?;
    let lines: Vec<String> =
        customers.iter().map(|c| format!("{} · <@{}>", escape(&c.grow_id), c.user_id)).collect();
    show_list(reply, "admin-blacklist-title", "admin-blacklist-empty", &lines).await
}
