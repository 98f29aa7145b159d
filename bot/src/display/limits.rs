//! Discord's limits of a message's embeds and buttons (discord.md), and texts cut down to them. Pure.
//!
//! Lengths are in UTF-16 units, as Discord's clients count: never less than what Discord itself counts. White space around a
//! text is removed, as Discord does, and a text of nothing else is none.

/// Characters of an embed's title.
pub const TITLE: usize = 256;
/// Characters of an embed's footer.
pub const FOOTER: usize = 2048;
/// Characters of a field's name.
pub const FIELD_NAME: usize = 256;
/// Characters of a field's value.
pub const FIELD_VALUE: usize = 1024;
/// Fields of an embed.
pub const FIELDS: usize = 25;
/// Embeds of a message.
pub const EMBEDS: usize = 10;
/// Characters over all embeds of a message.
pub const CHARACTERS: usize = 6000;
/// Rows of components.
pub const ROWS: i32 = 5;
/// Buttons of a row.
pub const BUTTONS: usize = 5;
/// Characters of a button's label.
pub const LABEL: usize = 80;

/// Length of a text.
#[must_use]
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text as Discord keeps it, cut to `limit` with an ellipsis; `None` if nothing is left.
#[must_use]
pub fn fitted(text: &str, limit: usize) -> Option<String> {
    let text = text.trim();
    if length(text) <= limit {
        return Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
    }
    let mut left = limit.saturating_sub(1);
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    Some(format!("{}…", kept.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_and_cut_where_discord_would_refuse_it() {
        assert_eq!(fitted(" Shop ", 256).as_deref(), Some("Shop"));
        assert_eq!(fitted(" \n ", 256), None);
        assert_eq!(fitted("abcdef", 4).as_deref(), Some("abc…"));
        assert_eq!(fitted("a🟢🟢", 4).as_deref(), Some("a🟢…"));
    }
}
