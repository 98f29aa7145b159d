//! A closed shop: by the configuration, by an administrator in Discord, or one display alone.

use stockbot_config::Mode;
use stockbot_store::shops::shop_state;

use super::{exchange::Exchange, failure::Failure};
use crate::texts::escape;

/// Refuses while the shop, or the display that was used, is closed.
pub async fn refuse_if_closed(x: &Exchange, display: Option<&str>) -> Result<(), Failure> {
    let config = x.bot.config();
    let of_display = |name: &str| {
        config.displays.iter().find(|d| d.name == name).is_some_and(|d| d.settings.mode == Mode::Maintenance)
    };
    let forced = &config.shop.maintenance;
    if forced.enabled {
        return Err(refusal(x, &forced.reason));
    }
    if display.is_some_and(of_display) {
        return Err(refusal(x, ""));
    }
    let state = shop_state(&x.bot.store, x.bot.shop).await?;
    if state.maintenance { Err(refusal(x, &state.reason)) } else { Ok(()) }
}

/// The refusal of a closed shop.
pub fn refusal(x: &Exchange, reason: &str) -> Failure {
    if reason.is_empty() {
        return x.refusal("refuse-maintenance", &[]);
    }
    let reason = escape(reason);
    x.refusal("refuse-maintenance-reason", &[("reason", reason.into())])
}
