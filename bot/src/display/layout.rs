//! Splits lines over fields and embeds inside Discord's limits; what does not fit is counted, and said where it belongs. Pure.

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

impl Section {
    /// The section with its first `shown` lines, and how many it has besides.
    fn fields(&self, shown: usize, here: &impl Fn(usize) -> String) -> Vec<Field> {
        let besides = self.lines.len() - shown;
        let note = (besides > 0).then(|| here(besides));
        let mut fields: Vec<Field> = Vec::new();
        for line in self.lines[..shown].iter().chain(&note) {
            let line = fitted(line, FIELD_VALUE).unwrap_or_else(|| NOTHING.into());
            match fields.last_mut().filter(|field| length(&field.value) + length(&line) < FIELD_VALUE) {
                Some(field) => {
                    field.value.push('\n');
                    field.value.push_str(&line);
                }
                None => fields.push(Field::new(if fields.is_empty() { &self.name } else { NOTHING }, &line)),
            }
        }
        fields
    }
}

impl Field {
    /// Cut to what Discord takes.
    fn new(name: &str, value: &str) -> Self {
        let text = |text: &str, limit| fitted(text, limit).unwrap_or_else(|| NOTHING.into());
        Self { name: text(name, FIELD_NAME), value: text(value, FIELD_VALUE) }
    }

    fn length(&self) -> usize {
        length(&self.name) + length(&self.value)
    }
}

/// What is said of lines that are left out: below their category, and below all.
pub struct LeftOut<H, A> {
    /// "so many more" of this category.
    pub here: H,
    /// So many more, and where they are to be found.
    pub over_all: A,
}

/// Fills at most ten embeds of at most 25 fields with lines, until `budget` characters, names included, are used up. If not all
/// fit, every category is named and the room is shared evenly: each shows its first lines and says how many it has besides.
#[must_use]
pub fn arrange(
    sections: &[Section],
    budget: usize,
    left_out: &LeftOut<impl Fn(usize) -> String, impl Fn(usize) -> String>,
) -> Vec<Vec<Field>> {
    let total: usize = sections.iter().map(|section| section.lines.len()).sum();
    let whole = sections.iter().flat_map(|section| section.fields(section.lines.len(), &left_out.here));
    let mut fields: Vec<Field> = whole.collect();
    if !(Room { characters: budget, fields: FIELDS * EMBEDS }).holds(&fields) {
        let note = |count: usize| Field::new(NOTHING, &(left_out.over_all)(count));
        // The longest note names the largest number.
        let room =
            Room { characters: budget.saturating_sub(note(total).length()), fields: FIELDS * EMBEDS - 1 };
        let (shared, shown) = share(sections, room, &left_out.here);
        fields = shared;
        fields.push(note(total - shown));
    }
    fields.chunks(FIELDS).map(<[Field]>::to_vec).collect()
}

/// What a message has room for.
#[derive(Clone, Copy)]
struct Room {
    characters: usize,
    fields: usize,
}

impl Room {
    fn holds(self, fields: &[Field]) -> bool {
        self.less(fields).is_some()
    }

    /// What is left beside these.
    fn less(self, fields: &[Field]) -> Option<Self> {
        Some(Self {
            characters: self.characters.checked_sub(characters(fields))?,
            fields: self.fields.checked_sub(fields.len())?,
        })
    }

    fn and(self, fields: &[Field]) -> Self {
        Self { characters: self.characters + characters(fields), fields: self.fields + fields.len() }
    }
}

fn characters(fields: &[Field]) -> usize {
    fields.iter().map(Field::length).sum()
}

/// The fields of the sections and how many lines they show: each section in turn gets one line more, while there is room.
fn share(sections: &[Section], mut room: Room, here: &impl Fn(usize) -> String) -> (Vec<Field>, usize) {
    let mut shares: Vec<(&Section, usize, Vec<Field>)> = Vec::new();
    for section in sections {
        let named = section.fields(0, here);
        let Some(left) = room.less(&named) else { break };
        room = left;
        shares.push((section, 0, named));
    }
    let mut growing: Vec<usize> = (0..shares.len()).collect();
    while !growing.is_empty() {
        growing.retain(|&index| {
            let (section, shown, fields) = &mut shares[index];
            if *shown == section.lines.len() {
                return false;
            }
            let more = section.fields(*shown + 1, here);
            let Some(left) = room.and(fields).less(&more) else { return false };
            (room, *shown, *fields) = (left, *shown + 1, more);
            true
        });
    }
    let shown = shares.iter().map(|(_, shown, _)| shown).sum();
    (shares.into_iter().flat_map(|(_, _, fields)| fields).collect(), shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(sections: &[Section], budget: usize) -> Vec<Vec<Field>> {
        let (here, over_all) = (|n| format!("+{n}"), |n| format!("and {n} more"));
        arrange(sections, budget, &LeftOut { here, over_all })
    }

    #[test]
    fn a_long_category_goes_on_in_further_fields() {
        let section = Section { name: "Games".into(), lines: vec!["x".repeat(400); 5] };
        let embeds = arranged(&[section], 6000);
        let names: Vec<&str> = embeds[0].iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Games", NOTHING, NOTHING]);
    }

    #[test]
    fn what_does_not_fit_is_said_in_a_field_that_has_room_of_its_own() {
        let category = |n: usize| Section { name: format!("c{n}"), lines: vec!["x".into()] };
        let sections: Vec<Section> = (0..300).map(category).collect();
        let embeds = arranged(&sections, 6000);
        assert_eq!(embeds.iter().map(Vec::len).collect::<Vec<_>>(), [25; 10]);
        assert_eq!(embeds[9][24].value, "and 51 more");
    }

    #[test]
    fn every_category_is_named_and_says_how_many_products_it_has_besides() {
        let lines = |count: usize| (0..count).map(|n| format!("{n:0>60}")).collect();
        let sections: Vec<Section> = [200, 3, 97]
            .iter()
            .enumerate()
            .map(|(n, count)| Section { name: format!("c{n}"), lines: lines(*count) })
            .collect();
        let fields = arranged(&sections, 3000).concat();
        let of = |name: &str| {
            let start = fields.iter().position(|field| field.name == name).unwrap();
            let rest = fields[start + 1..].iter().take_while(|field| field.name == NOTHING);
            let all: Vec<&str> =
                std::iter::once(&fields[start]).chain(rest).flat_map(|field| field.value.lines()).collect();
            all
        };
        let (large, small) = (of("c0"), of("c1"));
        assert_eq!(small.len(), 3, "a small one is whole: {small:?}");
        let shown = large.iter().filter(|line| line.len() == 60).count();
        assert!(shown > 15, "{shown}");
        assert_eq!(large.last().unwrap(), &format!("+{}", 200 - shown));
        let other = of("c2").iter().filter(|line| line.len() == 60).count();
        assert!(other.abs_diff(shown) <= 1, "{other} beside {shown}");
        assert_eq!(fields.last().unwrap().value, format!("and {} more", 300 - shown - other - 3));
    }
}
