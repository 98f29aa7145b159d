//! What somebody can do next, as a row of buttons under a reply.

use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};
use stockbot_config::{ButtonAction, Locale};

use super::button_label;
use crate::{custom_id::CustomId, texts::text};

/// One button for each.
pub fn next_steps(locale: Locale, steps: &[CustomId]) -> CreateActionRow {
    let button = |step: &CustomId| {
        let style = if *step == CustomId::Do(ButtonAction::Register) {
            ButtonStyle::Success
        } else {
            ButtonStyle::Secondary
        };
        CreateButton::new(step.to_string()).label(label(locale, step)).style(style)
    };
    CreateActionRow::Buttons(steps.iter().map(button).collect())
}

fn label(locale: Locale, step: &CustomId) -> String {
    let key = match step {
        CustomId::Do(action) => return button_label(locale, *action),
        CustomId::BuyCode(_) => "button-enter-code",
        CustomId::BuyAgain(..) => "button-again",
        CustomId::BuyMore(_) => "button-buy-more",
        _ => "button-choose",
    };
    text(locale, key, &[])
}
