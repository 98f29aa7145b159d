//! As many lines in one message as Discord takes. Pure.

use serde_json::{Value, json};

use crate::cards::plain;

/// Characters of a message's text (discord.md).
const CONTENT: usize = 2000;
/// Characters of an embed's description (discord.md).
const DESCRIPTION: usize = 4096;

/// A message with the first lines, and how many of them it holds; at least one of a list that is not empty.
///
/// Few are plain text; many go into an embed, which holds twice as much.
pub fn merge(lines: &[String]) -> (Value, usize) {
    if fitting(lines, CONTENT) == lines.len() {
        return (plain(&lines.join("\n")), lines.len());
    }
    let taken = fitting(lines, DESCRIPTION).max(1);
    let text: String = lines[..taken].join("\n").chars().take(DESCRIPTION).collect();
    let mut message = plain("");
    message["embeds"] = json!([{"description": text}]);
    (message, taken)
}

/// How many of the first lines fit.
fn fitting(lines: &[String], limit: usize) -> usize {
    let mut used = 0;
    let fits = |line: &&String| {
        used += line.chars().count() + 1;
        used <= limit + 1
    };
    lines.iter().take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(message: &Value) -> String {
        let content = message["content"].as_str().unwrap_or_default();
        let description = message["embeds"][0]["description"].as_str().unwrap_or_default();
        assert!(content.chars().count() <= CONTENT && description.chars().count() <= DESCRIPTION);
        format!("{content}{description}")
    }

    #[test]
    fn one_sale_is_plain_text() {
        let (message, taken) = merge(&["a sale".to_owned()]);
        assert_eq!((message["content"].as_str(), taken), (Some("a sale"), 1));
        assert!(message["embeds"].is_null());
    }

    #[test]
    fn a_line_above_all_limits_is_cut_and_does_not_block_the_others() {
        let (message, taken) = merge(&["x".repeat(9000), "next".to_owned()]);
        assert_eq!((taken, shown(&message).len()), (1, DESCRIPTION));
    }

    proptest! {
        #[test]
        fn messages_hold_every_line_once_and_in_order(lines in prop::collection::vec("[a-zé€]{1,400}", 1..60)) {
            let (mut left, mut all) = (&lines[..], Vec::new());
            while !left.is_empty() {
                let (message, taken) = merge(left);
                prop_assert_eq!(shown(&message), left[..taken].join("\n"));
                all.extend_from_slice(&left[..taken]);
                left = &left[taken..];
            }
            prop_assert_eq!(all, lines);
        }
    }
}
