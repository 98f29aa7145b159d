//! The buttons of a live message: rows of five, labels of the shop's language, custom ids that name action and display. Pure.

use std::collections::BTreeSet;

use serenity::{
    all::{ButtonStyle, EmojiId, ReactionType},
    builder::{CreateActionRow, CreateButton},
};
use stockbot_config::{Button, ButtonAction, ButtonStyle as Style, Locale};

use super::limits::{BUTTONS, LABEL, ROWS, fitted};
use crate::{cards::button_label, custom_id::CustomId};

/// The rows of buttons of the display, each action once. Restock notices are not built yet, so their button is left out.
#[must_use]
pub fn rows(display: &str, buttons: &[Button], locale: Locale) -> Vec<CreateActionRow> {
    let mut seen = BTreeSet::from([ButtonAction::Notify]);
    let mut rows: Vec<Vec<CreateButton>> = (0..ROWS).map(|_| Vec::new()).collect();
    for button in buttons {
        let row = usize::try_from(button.row).ok().and_then(|row| rows.get_mut(row));
        if let Some(row) = row.filter(|row| row.len() < BUTTONS && seen.insert(button.action)) {
            row.push(build(display, button, locale));
        }
    }
    rows.into_iter().filter(|row| !row.is_empty()).map(CreateActionRow::Buttons).collect()
}

fn build(display: &str, button: &Button, locale: Locale) -> CreateButton {
    let own = match locale {
        Locale::Id => &button.label.id,
        Locale::En => &button.label.en,
    };
    let label = fitted(own, LABEL).unwrap_or_else(|| button_label(locale, button.action));
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

/// A custom emoji as Discord copies it (`<:cart:110>`, `<a:cart:110>`) or as `cart:110`; anything else is a Unicode one.
fn emoji(text: &str) -> Option<ReactionType> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    let (animated, inner) = match inner.strip_prefix("a:") {
        // `a:110` is an emoji of the name "a".
        Some(rest) if rest.contains(':') => (true, rest),
        _ => (false, inner.strip_prefix(':').unwrap_or(inner)),
    };
    let custom =
        inner.split_once(':').and_then(|(name, id)| Some((name, id.parse().ok().filter(|id| *id > 0)?)));
    Some(match custom {
        Some((name, id)) => {
            ReactionType::Custom { animated, id: EmojiId::new(id), name: Some(name.to_owned()) }
        }
        None => ReactionType::Unicode(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_taken_as_people_copy_it() {
        let custom = |animated| {
            Some(ReactionType::Custom {
                animated,
                id: EmojiId::new(1_100_000_000_000_000_001),
                name: Some("cart".into()),
            })
        };
        for text in [
            "<:cart:1100000000000000001>",
            "cart:1100000000000000001",
            " <:cart:1100000000000000001> ",
            ":cart:1100000000000000001",
        ] {
            assert_eq!(emoji(text), custom(false), "{text}");
        }
        assert_eq!(emoji("<a:cart:1100000000000000001>"), custom(true));
        assert_eq!(emoji(" 🛒 "), Some(ReactionType::Unicode("🛒".into())));
        assert_eq!(emoji("  "), None);
    }
}
