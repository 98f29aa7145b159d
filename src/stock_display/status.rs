//! Last step: what the status should say. The status writer writes it.

#[cfg(test)]
mod tests;

use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{Condition, Time},
    jiff::Timestamp,
};
use stockbot_config::status::{DisplayState, DisplayStatus};

use super::validate::Mistake;
use crate::{
    api::{
        DiscordBot, StockDisplay, StockDisplayStatus,
        conditions::{Finding, find, merge},
        status::LastErrorStatus,
    },
    controller::status_writer::HasStatus,
    discord_bot::displays::{is_shown, words},
};

/// Where a display stands, as every condition tells it.
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of its own, not a state together")]
struct Standing {
    reason: &'static str,
    message: String,
    ready: bool,
    published: bool,
    buttons: Option<bool>,
    degraded: bool,
    stalled: bool,
    bound: bool,
}

/// The status; `told` is what the bot says of the display's settings as they are now.
#[must_use]
pub fn compute(
    display: &StockDisplay,
    verdict: Result<(), Mistake>,
    bot: Option<&DiscordBot>,
    told: Option<&DisplayStatus>,
    old: &StockDisplayStatus,
    now: Timestamp,
) -> StockDisplayStatus {
    let standing = match (verdict, told) {
        (Err(mistake), _) => mistaken(&mistake, old.message_url.as_deref()),
        (Ok(()), Some(told)) => standing(told),
        (Ok(()), None) => waiting(bot),
    };
    let generation = display.metadata.generation;
    let conditions = merge(&old.conditions, findings(&standing), generation, now);
    let Some(told) = told else {
        // The message of a stopped bot stays where it is; one of a display that is not bound any more is gone.
        let kept = if standing.bound { old.clone() } else { StockDisplayStatus::default() };
        return StockDisplayStatus { observed_generation: generation, conditions, ..kept };
    };
    StockDisplayStatus {
        observed_generation: generation,
        message_id: told.message_id.clone(),
        message_url: told.message_url.clone(),
        last_published_at: told.last_published_at.map(Time),
        last_error: told
            .last_error
            .clone()
            .map(|error| LastErrorStatus { time: Time(error.time), message: error.message }),
        products: Some(told.products),
        health: told.health.clone(),
        conditions,
    }
}

fn mistaken(mistake: &Mistake, url: Option<&str>) -> Standing {
    let bound = matches!(mistake, Mistake::BotStopped { .. });
    let stays = url.filter(|_| bound).map(|url| format!("; its buttons at {url} do not answer until then"));
    Standing {
        reason: mistake.reason(),
        message: format!("{mistake}{}", stays.unwrap_or_default()),
        ready: false,
        published: false,
        buttons: None,
        degraded: false,
        stalled: true,
        bound,
    }
}

fn waiting(bot: Option<&DiscordBot>) -> Standing {
    let conditions = bot.and_then(|bot| bot.status.as_ref()).map(|status| status.conditions.as_slice());
    // A bot that only lacks this display says nothing that helps.
    let trouble = find(conditions.unwrap_or_default(), "Ready")
        .filter(|ready| ready.status != "True" && ready.reason != "DisplaysNotReady")
        .map(|ready| format!("; it is not ready: {}", ready.message));
    Standing {
        reason: "NotYetPublished",
        message: format!("the bot has not published this version yet{}", trouble.unwrap_or_default()),
        ready: false,
        published: false,
        buttons: None,
        degraded: false,
        stalled: false,
        bound: true,
    }
}

fn standing(told: &DisplayStatus) -> Standing {
    let state = told.state;
    let as_wanted = is_shown(told);
    let (reason, message) = words(told);
    Standing {
        reason,
        message,
        ready: as_wanted,
        published: matches!(
            state,
            DisplayState::Published | DisplayState::Maintenance | DisplayState::FallbackShown
        ),
        buttons: match state {
            DisplayState::NotYetPublished | DisplayState::Hidden => None,
            _ => Some(told.buttons_present),
        },
        degraded: !as_wanted && state != DisplayState::NotYetPublished,
        stalled: matches!(state, DisplayState::ChannelNotFound | DisplayState::MissingPermissions),
        bound: true,
    }
}

fn findings(standing: &Standing) -> Vec<Finding> {
    let Standing { reason, message, ready, published, buttons, degraded, stalled, bound } = standing;
    [
        ("Ready", Some(*ready)),
        ("Published", Some(*published)),
        ("ButtonsPresent", *buttons),
        ("Degraded", Some(*degraded)),
        ("Stalled", Some(*stalled)),
        ("Bound", Some(*bound)),
    ]
    .map(|(kind, status)| Finding::new(kind, status, reason, message.clone()))
    .into()
}

impl HasStatus for StockDisplay {
    type Status = StockDisplayStatus;
    const UNREADABLE: (&'static str, &'static str) = ("NotYetPublished", "NotYetPublished");

    fn status(&self) -> Option<&StockDisplayStatus> {
        self.status.as_ref()
    }

    fn conditions(status: &StockDisplayStatus) -> &[Condition] {
        &status.conditions
    }

    fn without_figures(status: &StockDisplayStatus) -> StockDisplayStatus {
        StockDisplayStatus { last_published_at: None, products: None, health: None, ..status.clone() }
    }
}
