//! A closed shop: by the configuration, by an administrator in Discord, or one display alone.
//!
//! One rule for every way to buy: the shop's maintenance closes all of them, a display's mode what is reached through it. It is
//! held at every step, and once more in the transaction of the purchase.

use stockbot_config::Mode;

use super::{error::ReplyError, reply::Reply};
use crate::{
    custom_id::{Entrance, Tag},
    texts::escape,
};

/// Refuses while the shop, or the display that this was reached through, is closed.
pub async fn refuse_if_closed(reply: &Reply, entrance: Entrance) -> Result<(), ReplyError> {
    if let Some(reason) = configured(reply, entrance) {
        return Err(refusal(reply, &reason));
    }
    let state = reply.shop().await?;
    if state.maintenance { Err(refusal(reply, &state.reason)) } else { Ok(()) }
}

/// Why the configuration closes what is reached through this display.
pub fn configured(reply: &Reply, entrance: Entrance) -> Option<String> {
    let config = reply.bot.config();
    let shop = &config.shop.maintenance;
    let closed = |name: &str| entrance == Some(Tag::of(name));
    if shop.enabled {
        return Some(shop.reason.clone());
    }
    let display = config.displays.iter().find(|display| closed(&display.name));
    display.is_some_and(|display| display.settings.mode == Mode::Maintenance).then(String::new)
}

/// The refusal of a closed shop.
pub fn refusal(reply: &Reply, reason: &str) -> ReplyError {
    if reason.is_empty() {
        return reply.refusal("refuse-maintenance", &[]);
    }
    let reason = escape(reason);
    reply.refusal("refuse-maintenance-reason", &[("reason", reason.into())])
}
