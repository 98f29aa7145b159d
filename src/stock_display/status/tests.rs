//! Where a display stands, as its conditions tell it.

use std::collections::BTreeSet;

use stockbot_config::{
    fingerprint,
    status::{Health, LastError, ProductCounts},
};

use super::*;
use crate::{
    api::fixtures::fields,
    discord_bot::fixtures::{bot, display},
};

const STATES: [DisplayState; 9] = [
    DisplayState::NotYetPublished,
    DisplayState::Published,
    DisplayState::Hidden,
    DisplayState::Maintenance,
    DisplayState::FallbackShown,
    DisplayState::ButtonsFailing,
    DisplayState::BreakerOpen,
    DisplayState::ChannelNotFound,
    DisplayState::MissingPermissions,
];

fn mistakes() -> [Mistake; 3] {
    let (bot, namespace, other, channel) = ("growshop", "shops".into(), "older".into(), "1".into());
    [
        Mistake::BotNotFound { bot: bot.into(), namespace },
        Mistake::BotStopped { bot: bot.into() },
        Mistake::ChannelTaken { other, channel },
    ]
}

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
    let of_states = STATES.map(|state| standing(&told(state)));
    let of_mistakes =
        mistakes().map(|mistake| mistaken(&mistake, Some("https://discord.com/channels/1/2/3")));
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

/// The closed set of reasons; each stands in all conditions at once.
const REASONS: [&str; 12] = [
    "Published",
    "NotYetPublished",
    "BotNotFound",
    "BotStopped",
    "ChannelTaken",
    "ChannelNotFound",
    "MissingPermissions",
    "ButtonsFailing",
    "FallbackShown",
    "Hidden",
    "Maintenance",
    "BreakerOpen",
];

const CONDITIONS: [&str; 6] = ["Ready", "Published", "ButtonsPresent", "Degraded", "Stalled", "Bound"];

const FIELDS: [&str; 16] = [
    "observedGeneration",
    "messageId",
    "messageUrl",
    "lastPublishedAt",
    "lastError.time",
    "lastError.message",
    "products.shown",
    "products.hidden",
    "products.soldOut",
    "health.score",
    "health.updateSuccessRate",
    "health.buttonSuccessRate",
    "health.averageResponseTime",
    "health.errorsLastHour",
    "health.retries",
    "conditions",
];

fn health() -> Health {
    Health {
        score: 100,
        update_success_rate: "1.00".into(),
        button_success_rate: "1.00".into(),
        average_response_time: "120ms".into(),
        errors_last_hour: 0,
        retries: 0,
    }
}

#[test]
fn every_reason_and_every_field_is_told_and_no_other() {
    let old = StockDisplayStatus::default();
    let of_states = STATES.map(|state| status(Ok(()), Some(&told(state)), &old));
    let of_mistakes = mistakes().map(|mistake| status(Err(mistake), None, &old));
    let everything = DisplayStatus {
        message_url: Some("https://discord.com/channels/1/2/3".into()),
        last_published_at: Some(Timestamp::UNIX_EPOCH),
        last_error: Some(LastError { time: Timestamp::UNIX_EPOCH, message: "words".into() }),
        health: Some(health()),
        ..told(DisplayState::Published)
    };
    let statuses: Vec<_> =
        of_states.into_iter().chain(of_mistakes).chain([status(Ok(()), Some(&everything), &old)]).collect();

    let conditions = statuses.iter().flat_map(|status| &status.conditions);
    let reasons: BTreeSet<_> = conditions
        .clone()
        .map(|condition| condition.reason.as_str())
        .chain([StockDisplay::UNREADABLE.0, StockDisplay::UNREADABLE.1])
        .collect();
    assert_eq!(reasons, BTreeSet::from(REASONS));
    let kinds: BTreeSet<_> = conditions.map(|condition| condition.type_.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(CONDITIONS));

    let found: BTreeSet<_> =
        statuses.iter().flat_map(|status| fields(&serde_json::to_value(status).unwrap())).collect();
    assert_eq!(found, FIELDS.iter().map(ToString::to_string).collect());
}
