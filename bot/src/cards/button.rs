//! The built-in words of the live message's buttons; replies that offer the same action use them too.

use stockbot_config::{ButtonAction, Locale};

use crate::{custom_id::word, texts::text};

/// The built-in text of an action's button.
#[must_use]
pub fn button_label(locale: Locale, action: ButtonAction) -> String {
    text(locale, &format!("button-{}", word(action)), &[])
}
