//! Last step: what the status should say. The status writer writes it.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord_bot::fixtures::{bot, display};
    use stockbot_config::{fingerprint, status::ProductCounts};

    fn told(state: DisplayState) -> DisplayStatus {
        DisplayStatus {
            name: "main".into(),
            settings_hash: fingerprint(&1),
            state,
            message: String::new(),
            message_id: Some("1".into()),
            message_url: None,
            last_published_at: None,
            last_error: None,
            buttons_present: true,
            products: ProductCounts { shown: 3, hidden: 1, sold_out: 0 },
            health: None,
        }
    }

    fn status(
        verdict: Result<(), Mistake>,
        told: Option<&DisplayStatus>,
        old: &StockDisplayStatus,
    ) -> StockDisplayStatus {
        let display = display("main", 1_100_000_000_000_000_010, 1);
        compute(&display, verdict, Some(&bot("")), told, old, Timestamp::UNIX_EPOCH)
    }

    /// Every condition as one word: capital = True, small = False, dash = Unknown; and the reason.
    fn word(status: &StockDisplayStatus) -> String {
        let letter = |kind: &str| match find(&status.conditions, kind).unwrap().status.as_str() {
            "True" => kind[..1].to_owned(),
            "False" => kind[..1].to_lowercase(),
            _ => "-".into(),
        };
        let letters: String =
            ["Ready", "Published", "ButtonsPresent", "Degraded", "Stalled", "Bound"].map(letter).concat();
        format!("{letters} {}", status.conditions[0].reason)
    }

    #[test]
    fn what_the_bot_says_becomes_conditions() {
        for (state, wanted) in [
            (DisplayState::NotYetPublished, "rp-dsB NotYetPublished"),
            (DisplayState::Published, "RPBdsB Published"),
            (DisplayState::Hidden, "Rp-dsB Hidden"),
            (DisplayState::Maintenance, "RPBdsB Maintenance"),
            (DisplayState::FallbackShown, "rPBDsB FallbackShown"),
            (DisplayState::ButtonsFailing, "rpBDsB ButtonsFailing"),
            (DisplayState::BreakerOpen, "rpBDsB BreakerOpen"),
            (DisplayState::ChannelNotFound, "rpBDSB ChannelNotFound"),
            (DisplayState::MissingPermissions, "rpBDSB MissingPermissions"),
        ] {
            assert_eq!(word(&status(Ok(()), Some(&told(state)), &StockDisplayStatus::default())), wanted);
        }
    }

    /// To be read when a word changes: what the person on call is told.
    #[test]
    fn every_message_reads_well() {
        use DisplayState as State;
        let states = [
            State::NotYetPublished,
            State::Published,
            State::Hidden,
            State::Maintenance,
            State::FallbackShown,
            State::ButtonsFailing,
            State::BreakerOpen,
            State::ChannelNotFound,
            State::MissingPermissions,
        ];
        let (bot, namespace, other, channel) =
            ("growshop".into(), "shops".into(), "older".into(), "1".into());
        let mistakes = [
            Mistake::BotNotFound { bot: String::clone(&bot), namespace },
            Mistake::BotStopped { bot },
            Mistake::ChannelTaken { other, channel },
        ];
        let of_states = states.map(|state| standing(&told(state)));
        let of_mistakes =
            mistakes.iter().map(|mistake| mistaken(mistake, Some("https://discord.com/channels/1/2/3")));
        let line = |standing: Standing| format!("{}: {}\n", standing.reason, standing.message);
        insta::assert_snapshot!(of_states.into_iter().chain(of_mistakes).map(line).collect::<String>());
    }

    #[test]
    fn mistakes_stall_a_display() {
        let missing = Mistake::BotNotFound { bot: "b".into(), namespace: "n".into() };
        let stopped = Mistake::BotStopped { bot: "b".into() };
        let old = StockDisplayStatus::default();
        assert_eq!(word(&status(Err(missing), None, &old)), "rp-dSb BotNotFound");
        assert_eq!(word(&status(Err(stopped), None, &old)), "rp-dSB BotStopped");
    }

    #[test]
    fn the_last_message_is_remembered_while_the_bot_is_silent_but_not_when_it_lost_the_display() {
        let shown = status(Ok(()), Some(&told(DisplayState::Published)), &StockDisplayStatus::default());
        assert_eq!(status(Ok(()), None, &shown).message_id.as_deref(), Some("1"));
        let lost = Mistake::BotNotFound { bot: "b".into(), namespace: "n".into() };
        assert_eq!(status(Err(lost), None, &shown).message_id, None);
    }

    #[test]
    fn a_display_that_waits_says_what_keeps_its_bot_from_being_ready() {
        let mut bot = bot("");
        let not_ready = |reason| Finding::new("Ready", Some(false), reason, "the database is away");
        let mut message = |reason| {
            let conditions = merge(&[], vec![not_ready(reason)], None, Timestamp::UNIX_EPOCH);
            bot.status.get_or_insert_default().conditions = conditions;
            waiting(Some(&bot)).message
        };
        assert!(message("PodsNotReady").ends_with("it is not ready: the database is away"));
        assert_eq!(message("DisplaysNotReady"), "the bot has not published this version yet");
    }
}
