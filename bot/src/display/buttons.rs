//! The buttons of a live message: rows of five, labels of the shop's language, custom ids that name action and display. Pure.

use serenity::{
    all::{ButtonStyle, EmojiId, ReactionType},
    builder::{CreateActionRow, CreateButton},
};
use stockbot_config::{Button, ButtonAction, ButtonStyle as Style, Locale};

use crate::{cards::button_label, custom_id::CustomId};

/// Rows of a message (discord.md).
const ROWS: i32 = 5;

/// The rows of buttons of the display. Restock notices are not built yet, so their button is left out.
#[must_use]
pub fn rows(display: &str, buttons: &[Button], locale: Locale) -> Vec<CreateActionRow> {
    let of_row = |row: i32| -> Vec<CreateButton> {
        let mut of_row: Vec<&Button> =
            buttons.iter().filter(|b| b.row == row && b.action != ButtonAction::Notify).collect();
        of_row.truncate(5);
        of_row.into_iter().map(|button| build(display, button, locale)).collect()
    };
    (0..ROWS).map(of_row).filter(|row| !row.is_empty()).map(CreateActionRow::Buttons).collect()
}

fn build(display: &str, button: &Button, locale: Locale) -> CreateButton {
    let own = match locale {
        Locale::Id => &button.label.id,
        Locale::En => &button.label.en,
    };
    let label = if own.is_empty() { button_label(locale, button.action) } else { own.clone() };
    let id = CustomId::Live { action: button.action, display: display.to_owned() };
    let built = CreateButton::new(id.to_string()).label(label).style(style(button));
    match emoji(&button.emoji) {
        Some(emoji) => built.emoji(emoji),
        None => built,
    }
}

fn style(button: &Button) -> ButtonStyle {
    let default = match button.action {
        ButtonAction::Register => Style::Success,
        ButtonAction::Balance | ButtonAction::Buy => Style::Primary,
        _ => Style::Secondary,
    };
    match button.style.unwrap_or(default) {
        Style::Primary => ButtonStyle::Primary,
        Style::Secondary => ButtonStyle::Secondary,
        Style::Success => ButtonStyle::Success,
        Style::Danger => ButtonStyle::Danger,
    }
}

/// `name:id` is a custom emoji, anything else a Unicode one.
fn emoji(text: &str) -> Option<ReactionType> {
    if text.is_empty() {
        return None;
    }
    match text
        .split_once(':')
        .and_then(|(name, id)| Some((name, id.parse::<u64>().ok().filter(|id| *id > 0)?)))
    {
        Some((name, id)) => {
            Some(ReactionType::Custom { animated: false, id: EmojiId::new(id), name: Some(name.to_owned()) })
        }
        None => Some(ReactionType::Unicode(text.to_owned())),
    }
}
