//! Which characters people may enter: the one rule for every text field, at the edge. Pure.
//!
//! Control, zero-width and direction characters make two texts look the same, or a line read backwards; they are never stored.

/// A character that no text may have, and its number as Unicode writes it.
#[must_use]
pub fn forbidden(text: &str) -> Option<char> {
    text.chars().find(|character| is_forbidden(*character))
}

/// As [`forbidden`], in a text of many lines.
#[must_use]
pub fn forbidden_in_lines(text: &str) -> Option<char> {
    text.chars().find(|character| is_forbidden(*character) && !matches!(character, '\n' | '\r' | '\t'))
}

/// `U+202E`.
#[must_use]
pub fn named(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// A text that somebody else lets people choose (a name in Discord), without such characters.
#[must_use]
pub fn cleaned(text: &str) -> String {
    text.chars().map(|character| if is_forbidden(character) { '\u{fffd}' } else { character }).collect()
}

/// Unicode's control, format, line and paragraph separators, and letters that show nothing.
fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_or_turns_a_line_around_is_named() {
        for (text, name) in [
            ("a\0b", "U+0000"),
            ("a\u{200b}", "U+200B"),
            ("\u{202e}live", "U+202E"),
            ("a\nb", "U+000A"),
            ("\u{2066}x", "U+2066"),
            ("\u{feff}x", "U+FEFF"),
            ("\u{e0041}", "U+E0041"),
        ] {
            assert_eq!(forbidden(text).map(named).as_deref(), Some(name), "{text:?}");
        }
        for text in ["Akun VIP", "é 日本 🎮 ❤️ ß", "a\u{300}", "tab?"] {
            assert_eq!(forbidden(text), None, "{text:?}");
        }
        assert_eq!(forbidden_in_lines("a\r\nb\tc"), None);
        assert_eq!(forbidden_in_lines("a\u{85}b"), Some('\u{85}'));
    }

    proptest! {
        #[test]
        fn what_is_cleaned_is_allowed_and_as_long(text in any::<String>()) {
            let cleaned = cleaned(&text);
            prop_assert_eq!(forbidden(&cleaned), None);
            prop_assert_eq!(cleaned.chars().count(), text.chars().count());
        }
    }
}
