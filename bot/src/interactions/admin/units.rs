//! Units out of text that people paste or upload: one a line, whatever their editor calls a line. Pure.

/// One unit a line, blank ones left out. A byte order mark is no part of any: files that were joined have them in the middle.
pub fn units(text: &str) -> Vec<String> {
    let text = text.replace('\u{feff}', "");
    text.split(is_line_end).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What editors end lines with (Unicode, section 5.8). Of a pair the second ends a blank line, which is left out.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_line_is_one_unit_whatever_ends_it_and_blank_lines_are_none() {
        let cases = [
            "a:1\r\n\n  b:2  \n\t\nc,3",
            "a:1\rb:2\rc,3\r",
            "\u{feff}a:1\n\u{feff}b:2\r\n\u{feff}\nc\u{feff},3",
            "a:1\u{2028}b:2\u{2029}c,3",
            "a:1\u{85}b:2\u{c}c,3\u{b}",
        ];
        for text in cases {
            assert_eq!(units(text), ["a:1", "b:2", "c,3"], "{text:?}");
        }
        // What nothing can store is told by the store, so it is kept as it is.
        assert_eq!(units("a\0b\n"), ["a\0b"]);
        assert_eq!(units("\u{feff}\r\n \n"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn units_survive_every_mix_of_line_ends_and_marks(
            lines in proptest::collection::vec("[!-~]([ -~]{0,20}[!-~])?", 0..20),
            ends in proptest::collection::vec(
                proptest::sample::select(vec!["\n", "\r\n", "\r", "\n\n", "\u{2028}", "\u{85}", "\r\n\u{feff}", "\u{feff}\n"]), 20
            )
        ) {
            let text: String = lines.iter().zip(&ends).flat_map(|(line, end)| [line.as_str(), end]).collect();
            prop_assert_eq!(units(&text), lines);
        }

        #[test]
        fn no_unit_has_a_line_end_a_mark_or_blank_edges(text in any::<String>()) {
            for unit in units(&text) {
                prop_assert!(!unit.chars().any(|c| is_line_end(c) || c == '\u{feff}'), "{:?}", unit);
                prop_assert!(!unit.is_empty() && unit.trim() == unit, "{:?}", unit);
            }
        }
    }
}
