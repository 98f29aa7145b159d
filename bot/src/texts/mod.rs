//! Every word that people read, from one Fluent catalogue per language (`id.ftl`, `en.ftl`).
//!
//! Must not: format money (the store's `money` does) or decide anything.

use std::{borrow::Cow, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use stockbot_config::Locale;
use unic_langid::LanguageIdentifier;

/// Arguments of a text, shown as they are.
pub type Args<'a> = &'a [(&'static str, Cow<'a, str>)];

type Bundle = FluentBundle<FluentResource>;

struct Catalogues {
    id: Bundle,
    en: Bundle,
}

/// The language to answer a user in: their own if it is one of ours, else the shop's.
#[must_use]
pub fn locale_of(discord_locale: &str, default: Locale) -> Locale {
    match discord_locale.split('-').next() {
        Some("id") => Locale::Id,
        Some("en") => Locale::En,
        _ => default,
    }
}

/// The text `key` in this language. An unknown key comes back as itself, which the tests exclude.
#[must_use]
pub fn text(locale: Locale, key: &str, args: Args<'_>) -> String {
    let catalogues = catalogues();
    let bundle = match locale {
        Locale::Id => &catalogues.id,
        Locale::En => &catalogues.en,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, "a text is missing in the catalogue");
        return key.to_owned();
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        values.set(*name, FluentValue::String(value.clone()));
    }
    let mut problems = Vec::new();
    let shown = bundle.format_pattern(pattern, Some(&values), &mut problems).into_owned();
    if !problems.is_empty() {
        tracing::error!(key, ?problems, "a text lacks an argument");
    }
    shown
}

fn catalogues() -> &'static Catalogues {
    static CATALOGUES: OnceLock<Catalogues> = OnceLock::new();
    CATALOGUES.get_or_init(|| Catalogues {
        id: bundle("id", include_str!("id.ftl")),
        en: bundle("en", include_str!("en.ftl")),
    })
}

/// A catalogue with mistakes keeps its good entries; the tests refuse mistakes.
fn bundle(language: &str, source: &str) -> Bundle {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Discord shows the isolation marks that Fluent puts around arguments as boxes.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(good, problems)| {
        tracing::error!(?problems, "a catalogue has mistakes");
        good
    });
    bundle.add_resource_overriding(resource);
    bundle
}

/// A number as an argument of a text: whole and without grouping.
#[must_use]
pub fn number(value: i64) -> Cow<'static, str> {
    Cow::Owned(value.to_string())
}

/// How many there are, as an argument of a text.
#[must_use]
pub fn count(things: usize) -> Cow<'static, str> {
    number(i64::try_from(things).unwrap_or(i64::MAX))
}

/// User text without Discord's markup and mentions: it is shown as it was typed.
#[must_use]
pub fn escape(user_text: &str) -> String {
    let mut escaped = String::with_capacity(user_text.len());
    for character in user_text.chars() {
        match character {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '#' | '[' | ']' | '(' | ')' | '<' | '@' | ':' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\r' | '\n' => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn entries(source: &str) -> BTreeSet<String> {
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, mistakes)| mistakes)
            .expect("no mistakes in a catalogue");
        let name = |entry: &fluent_syntax::ast::Entry<&str>| match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        };
        resource.entries().filter_map(name).collect()
    }

    /// `{ $name }` of each entry, as the same set of arguments must do for both languages.
    fn arguments(source: &str) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let mut key = String::new();
        for line in source.lines() {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '#'])) {
                name.clone_into(&mut key);
            }
            found.extend(line.split("{ $").skip(1).filter_map(|rest| {
                Some((key.clone(), rest.split(|c: char| !c.is_alphanumeric()).next()?.to_owned()))
            }));
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        let (id, en) = (include_str!("id.ftl"), include_str!("en.ftl"));
        assert_eq!(entries(id), entries(en));
        assert_eq!(arguments(id), arguments(en));
    }

    #[test]
    fn every_text_that_the_code_names_exists_and_none_is_left_over() {
        let known = entries(include_str!("en.ftl"));
        let mut missing = Vec::new();
        let mut unused = known.clone();
        // Named by their action's word.
        unused.retain(|key| !key.starts_with("button-"));
        for file in rust_files(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            let source = std::fs::read_to_string(&file).unwrap();
            unused.retain(|key| !source.contains(&format!("\"{key}\"")));
            for call in ["text(\"", "refusal(\"", "say(\"", "text(locale, \""] {
                let named = source.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                missing.extend(
                    named
                        .filter(|key| key.contains('-') && !known.contains(*key))
                        .map(|key| format!("{key} in {}", file.display())),
                );
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
        assert!(unused.is_empty(), "{unused:?}");
    }

    fn rust_files(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                files.extend(rust_files(&entry));
            } else if entry.extension().is_some_and(|end| end == "rs") {
                files.push(entry);
            }
        }
        files
    }

    #[test]
    fn people_get_their_own_language_or_the_shops() {
        assert_eq!(locale_of("en-US", Locale::Id), Locale::En);
        assert_eq!(locale_of("id", Locale::En), Locale::Id);
        assert_eq!(locale_of("ja", Locale::En), Locale::En);
    }

    #[test]
    fn user_text_cannot_ping_or_format() {
        assert_eq!(escape("@everyone **x**\n`y`"), "\\@everyone \\*\\*x\\*\\* \\`y\\`");
    }
}
