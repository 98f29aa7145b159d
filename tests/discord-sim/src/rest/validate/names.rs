//! Rules for the names of commands and options, and for translations of their texts.

use super::form::{Form, Object};

/// Checks the name of a slash command or of an option.
pub fn name(form: &mut Form, object: &Object) {
    let Some(name) = form.need_text(object, "name", 1..=32) else { return };
    if !valid_name(name) {
        form.fail_at("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

/// `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, and every letter that can be lower-case is.
pub fn valid_name(name: &str) -> bool {
    // Letters and numbers of these two scripts need signs beside them, which are neither.
    let script = |c: char| matches!(c, '\u{900}'..='\u{97F}' | '\u{E01}'..='\u{E5B}') && !"।॥฿".contains(c);
    name.chars().all(|c| c.is_alphanumeric() || script(c) || "-_'".contains(c)) && name.to_lowercase() == name
}

/// Checks translations: known locales, each text as long as it may be and `valid`.
pub fn localized(form: &mut Form, object: &Object, key: &str, max: usize, valid: impl Fn(&str) -> bool) {
    let Some(texts) = form.object(object, key) else { return };
    form.within(key, |form| {
        for (locale, text) in texts {
            form.need_text(texts, locale, 1..=max);
            if text.as_str().is_some_and(|text| !text.is_empty() && !valid(text)) {
                form.fail_at(locale, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
            }
            if !LOCALES.contains(&locale.as_str()) {
                form.fail_at(locale, "BASE_TYPE_CHOICES", "Not a locale that Discord knows");
            }
        }
    });
}

/// Locales Discord knows (reference, "Locales").
const LOCALES: [&str; 34] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja",
    "zh-TW", "ko", "ar", "he",
];
