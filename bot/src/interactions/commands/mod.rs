//! The guild's slash commands: English names with Indonesian localisations; one file per group of commands.

mod customers;
mod products;
mod shop;
mod stock;

use serenity::{
    all::{CommandOptionType, Permissions},
    builder::{CreateCommand, CreateCommandOption},
};

/// A command or option in both languages.
struct Words {
    name: &'static str,
    id_name: &'static str,
    en: &'static str,
    id: &'static str,
}

const fn words(name: &'static str, id_name: &'static str, en: &'static str, id: &'static str) -> Words {
    Words { name, id_name, en, id }
}

fn command(w: &Words) -> CreateCommand {
    CreateCommand::new(w.name)
        .name_localized("id", w.id_name)
        .description(w.en)
        .description_localized("id", w.id)
}

/// Hidden from everybody who may not manage the guild; the bot asks for `spec.shop.admins` besides.
fn admin_command(w: &Words) -> CreateCommand {
    command(w).default_member_permissions(Permissions::MANAGE_GUILD)
}

fn option(kind: CommandOptionType, w: &Words) -> CreateCommandOption {
    CreateCommandOption::new(kind, w.name, w.en)
        .name_localized("id", w.id_name)
        .description_localized("id", w.id)
}

fn sub_command(w: &Words) -> CreateCommandOption {
    option(CommandOptionType::SubCommand, w)
}

fn text(w: &Words, required: bool) -> CreateCommandOption {
    option(CommandOptionType::String, w).required(required)
}

/// A whole number from 1.
fn count(w: &Words, most: u64) -> CreateCommandOption {
    option(CommandOptionType::Integer, w).min_int_value(1).max_int_value(most)
}

const CODE: Words = words("code", "kode", "Product code", "Kode produk");

/// The code of a product that there is.
fn known_code(required: bool) -> CreateCommandOption {
    text(&CODE, required).max_length(32).set_autocomplete(true)
}

fn price(w: &Words, required: bool) -> CreateCommandOption {
    text(w, required).max_length(60)
}

/// All commands as Discord's JSON.
#[must_use]
pub fn definitions(max_quantity: i32) -> Vec<CreateCommand> {
    let max_quantity = u64::try_from(max_quantity).unwrap_or(1);
    let groups =
        [customers::commands(max_quantity), stock::commands(), products::commands(), shop::commands()];
    groups.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Discord's rules of discord.md, Interactions: names of 1-32 lower-case characters, texts of 1-100, 25 options.
    fn check(node: &Value, path: &str) {
        let name = node["name"].as_str().unwrap();
        let localised = node["name_localizations"]["id"].as_str().unwrap();
        for name in [name, localised] {
            assert!(
                (1..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{path}/{name}"
            );
        }
        for text in [&node["description"], &node["description_localizations"]["id"]] {
            assert!((1..=100).contains(&text.as_str().unwrap().chars().count()), "{path}/{name}");
        }
        let options = node["options"].as_array().cloned().unwrap_or_default();
        assert!(options.len() <= 25);
        let required: Vec<bool> =
            options.iter().map(|option| option["required"].as_bool().unwrap_or(false)).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "required options come first: {path}/{name}");
        for option in &options {
            check(option, &format!("{path}/{name}"));
        }
    }

    #[test]
    fn discord_would_take_every_command() {
        for command in serde_json::to_value(definitions(999)).unwrap().as_array().unwrap() {
            check(command, "");
        }
    }

    /// All commands by their names in a language: `/stok daftar`.
    fn named(node: &Value, before: &str, indonesian: bool, found: &mut Vec<String>) {
        let own = if indonesian { &node["name_localizations"]["id"] } else { &node["name"] };
        let name = format!("{before}{}", own.as_str().unwrap());
        let subs = node["options"].as_array().into_iter().flatten().filter(|option| option["type"] == 1);
        subs.for_each(|sub| named(sub, &format!("{name} "), indonesian, found));
        found.push(name);
    }

    #[test]
    fn texts_name_commands_as_their_reader_sees_them() {
        let catalogues =
            [(include_str!("../../texts/en.ftl"), false), (include_str!("../../texts/id.ftl"), true)];
        for (catalogue, indonesian) in catalogues {
            let mut known = Vec::new();
            for command in serde_json::to_value(definitions(999)).unwrap().as_array().unwrap() {
                named(command, "/", indonesian, &mut known);
            }
            let words = |text: &str| {
                let end = text.find(|c: char| !c.is_ascii_lowercase() && !matches!(c, '-' | ' ' | '/'));
                text[..end.unwrap_or(text.len())].trim().to_owned()
            };
            let begins = |at: usize| catalogue[..at].ends_with([' ', '`', '(']);
            let told = catalogue
                .match_indices('/')
                .filter(|(at, _)| begins(*at))
                .map(|(at, _)| words(&catalogue[at..]));
            for told in told.filter(|told| told.len() > 1) {
                let is_told = |command: &String| told == *command || told.starts_with(&format!("{command} "));
                let leaf =
                    known.iter().filter(|command| is_told(command)).max_by_key(|command| command.len());
                let leaf = leaf.unwrap_or_else(|| panic!("{told:?} is no command of {indonesian}"));
                let has_subs = known.iter().any(|other| other.starts_with(&format!("{leaf} ")));
                assert!(!has_subs, "{told:?} names no whole command");
            }
        }
    }
}
