//! Splits lines over fields and embeds inside Discord's limits; what does not fit is counted. Pure.

/// Characters of a field's value (discord.md).
const FIELD: usize = 1024;
/// Characters of a field's name (discord.md).
const NAME: usize = 256;
/// Fields of an embed (discord.md).
const FIELDS: usize = 25;
/// Embeds of a message (discord.md).
const EMBEDS: usize = 10;

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading, a category.
    pub name: String,
    /// One line or more per product.
    pub lines: Vec<String>,
}

/// One field of an embed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Heading; a zero-width space where a category goes on.
    pub name: String,
    /// Lines.
    pub value: String,
}

/// Embeds as lists of fields, and how many lines did not fit.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// At most ten embeds of at most 25 fields.
    pub embeds: Vec<Vec<Field>>,
    /// Lines left out.
    pub left_out: usize,
}

/// Length as Discord's clients count it: in UTF-16 units, never less than Discord's own count.
#[must_use]
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Fills fields with lines until `budget` characters, names included, are used up.
#[must_use]
pub fn arrange(sections: &[Section], mut budget: usize) -> Layout {
    let mut fields: Vec<Field> = Vec::new();
    let total: usize = sections.iter().map(|section| section.lines.len()).sum();
    let mut placed = 0;
    'all: for section in sections {
        let mut open = false;
        for line in &section.lines {
            let line: String =
                if length(line) > FIELD { line.chars().take(FIELD / 2).collect() } else { line.clone() };
            let needed = length(&line) + 1;
            let fits = open && fields.last().is_some_and(|field| length(&field.value) + needed <= FIELD);
            if !fits {
                let name =
                    if open { "\u{200b}".to_owned() } else { section.name.chars().take(NAME / 2).collect() };
                if fields.len() == FIELDS * EMBEDS || length(&name) + needed > budget {
                    break 'all;
                }
                budget -= length(&name);
                fields.push(Field { name, value: String::new() });
                open = true;
            }
            let Some(field) = fields.last_mut().filter(|_| needed <= budget) else { break 'all };
            budget -= needed;
            if !field.value.is_empty() {
                field.value.push('\n');
            }
            field.value.push_str(&line);
            placed += 1;
        }
    }
    fields.retain(|field| !field.value.is_empty());
    Layout { embeds: fields.chunks(FIELDS).map(<[Field]>::to_vec).collect(), left_out: total - placed }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_category_goes_on_in_further_fields() {
        let section = Section { name: "Games".into(), lines: vec!["x".repeat(400); 5] };
        let layout = arrange(&[section], 6000);
        let names: Vec<&str> = layout.embeds[0].iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Games", "\u{200b}", "\u{200b}"]);
        assert_eq!(layout.left_out, 0);
    }

    proptest! {
        #[test]
        fn no_limit_is_ever_broken_and_every_line_is_shown_or_counted(
            sizes in prop::collection::vec(prop::collection::vec(1usize..1500, 0..60), 0..12), budget in 0usize..6000,
        ) {
            let sections: Vec<Section> = sizes.iter().enumerate()
                .map(|(i, lines)| Section { name: format!("category {i}"), lines: lines.iter().map(|n| "🟢".repeat(*n / 2 + 1)).collect() })
                .collect();
            let layout = arrange(&sections, budget);
            prop_assert!(layout.embeds.len() <= EMBEDS);
            let mut used = 0;
            let mut shown = 0;
            for embed in &layout.embeds {
                prop_assert!(!embed.is_empty() && embed.len() <= FIELDS);
                for field in embed {
                    prop_assert!((1..=NAME).contains(&length(&field.name)) && (1..=FIELD).contains(&length(&field.value)));
                    used += length(&field.name) + length(&field.value);
                    shown += field.value.lines().count();
                }
            }
            prop_assert!(used <= budget);
            prop_assert_eq!(shown + layout.left_out, sizes.iter().map(Vec::len).sum::<usize>());
        }
    }
}
