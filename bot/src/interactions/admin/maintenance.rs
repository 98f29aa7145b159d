//! `/maintenance`: the shop closed and opened from Discord. It is closed while the configuration or this says so.

use stockbot_store::shops::{set_maintenance, shop_state};

use super::done;
use crate::{
    cards::{Card, Mood},
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::escape,
};

/// Closes the shop.
pub async fn on(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let reason = options.text("reason");
    set_maintenance(&reply.bot.store, reply.bot.shop, true, reason, &reply.actor()).await?;
    reply.bot.wakeups.display.notify_one();
    match reason {
        "" => done(reply, "admin-maintenance-on", &[]).await,
        reason => done(reply, "admin-maintenance-on-reason", &[("reason", escape(reason).into())]).await,
    }
}

/// Opens the shop, as far as Discord decides it.
pub async fn off(reply: &Reply) -> Result<(), ReplyError> {
    set_maintenance(&reply.bot.store, reply.bot.shop, false, "", &reply.actor()).await?;
    reply.bot.wakeups.display.notify_one();
    if reply.bot.config().shop.maintenance.enabled {
        return reply.show(Card::new(Mood::Attention, reply.text("admin-maintenance-forced", &[]))).await;
    }
    done(reply, "admin-maintenance-off", &[]).await
}

/// Says who keeps the shop closed.
pub async fn status(reply: &Reply) -> Result<(), ReplyError> {
    let state = shop_state(&reply.bot.store, reply.bot.shop).await?;
    let forced = reply.bot.config().shop.maintenance.clone();
    let lines = [
        (forced.enabled, forced.reason, "admin-maintenance-by-config"),
        (state.maintenance, state.reason, "admin-maintenance-by-admin"),
    ];
    let closed: Vec<String> = lines
        .into_iter()
        .filter(|(on, ..)| *on)
        .map(|(_, reason, key)| {
            let reason = if reason.is_empty() { "-".to_owned() } else { escape(&reason) };
            reply.text(key, &[("reason", reason.into())])
        })
        .collect();
    if closed.is_empty() {
        return done(reply, "admin-maintenance-open", &[]).await;
    }
    reply.show(Card::new(Mood::Attention, closed.join("\n"))).await
}
