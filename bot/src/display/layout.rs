//! Splits lines over fields and embeds inside Discord's limits; what does not fit is counted, and said. Pure.

use super::limits::{EMBEDS, FIELD_NAME, FIELD_VALUE, FIELDS, fitted, length};

/// Name of a field that goes on: Discord wants one, and shows nothing for it.
const NOTHING: &str = "\u{200b}";

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

impl Field {
    fn length(&self) -> usize {
        length(&self.name) + length(&self.value)
    }
}

/// Fills at most ten embeds of at most 25 fields with lines, until `budget` characters, names included, are used up. If lines are
/// left out, the last field says how many: `more` is its text.
#[must_use]
pub fn arrange(sections: &[Section], budget: usize, more: impl Fn(usize) -> String) -> Vec<Vec<Field>> {
    let total: usize = sections.iter().map(|section| section.lines.len()).sum();
    let note = |left_out: usize| Field {
        name: NOTHING.into(),
        value: fitted(&more(left_out), FIELD_VALUE).unwrap_or_else(|| NOTHING.into()),
    };
    let (mut fields, placed) = fill(sections, budget, FIELDS * EMBEDS);
    if placed < total {
        // Once more with room for the note; the longest one names the largest number.
        let room = budget.saturating_sub(note(total).length());
        let (fewer, placed) = fill(sections, room, FIELDS * EMBEDS - 1);
        fields = fewer;
        fields.push(note(total - placed));
    }
    fields.chunks(FIELDS).map(<[Field]>::to_vec).collect()
}

/// The fields, and how many lines they hold.
fn fill(sections: &[Section], mut budget: usize, most: usize) -> (Vec<Field>, usize) {
    let mut fields: Vec<Field> = Vec::new();
    let mut placed = 0;
    for section in sections {
        let mut open = false;
        for line in
            section.lines.iter().map(|line| fitted(line, FIELD_VALUE).unwrap_or_else(|| NOTHING.into()))
        {
            let needed = length(&line) + 1;
            match fields.last_mut().filter(|field| open && length(&field.value) + needed <= FIELD_VALUE) {
                Some(field) if needed <= budget => {
                    field.value.push('\n');
                    field.value.push_str(&line);
                    budget -= needed;
                }
                Some(_) => return (fields, placed),
                None => {
                    let heading =
                        Some(&section.name).filter(|_| !open).and_then(|name| fitted(name, FIELD_NAME));
                    let field = Field { name: heading.unwrap_or_else(|| NOTHING.into()), value: line };
                    if fields.len() == most || field.length() > budget {
                        return (fields, placed);
                    }
                    budget -= field.length();
                    fields.push(field);
                    open = true;
                }
            }
            placed += 1;
        }
    }
    (fields, placed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_category_goes_on_in_further_fields() {
        let section = Section { name: "Games".into(), lines: vec!["x".repeat(400); 5] };
        let embeds = arrange(&[section], 6000, |_| unreachable!("all fits"));
        let names: Vec<&str> = embeds[0].iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Games", NOTHING, NOTHING]);
    }

    #[test]
    fn what_does_not_fit_is_said_in_a_field_that_has_room_of_its_own() {
        let category = |n: usize| Section { name: format!("c{n}"), lines: vec!["x".into()] };
        let sections: Vec<Section> = (0..300).map(category).collect();
        let embeds = arrange(&sections, 6000, |left_out| format!("and {left_out} more"));
        assert_eq!(embeds.iter().map(Vec::len).collect::<Vec<_>>(), [25; 10]);
        assert_eq!(embeds[9][24].value, "and 51 more");
    }
}
