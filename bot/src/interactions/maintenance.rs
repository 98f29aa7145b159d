//! A closed shop: by the configuration, by an administrator in Discord, or one display alone.

use stockbot_config::Mode;

use super::{error::ReplyError, reply::Reply};
use crate::texts::escape;

/// Refuses while the shop, or the display that was used, is closed.
pub async fn refuse_if_closed(reply: &Reply, display: Option<&str>) -> Result<(), ReplyError> {
    let config = reply.bot.config();
    let of_display = |name: &str| {
        config.displays.iter().find(|d| d.name == name).is_some_and(|d| d.settings.mode == Mode::Maintenance)
    };
    let forced = &config.shop.maintenance;
    if forced.enabled {
        return Err(refusal(reply, &forced.reason));
    }
    if display.is_some_and(of_display) {
        return Err(refusal(reply, ""));
    }
    let state = reply.shop().await?;
    if state.maintenance { Err(refusal(reply, &state.reason)) } else { Ok(()) }
}

/// The refusal of a closed shop.
pub fn refusal(reply: &Reply, reason: &str) -> ReplyError {
    if reason.is_empty() {
        return reply.refusal("refuse-maintenance", &[]);
    }
    let reason = escape(reason);
    reply.refusal("refuse-maintenance-reason", &[("reason", reason.into())])
}
