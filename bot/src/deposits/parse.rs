//! Reads whose deposit a message tells of and how much it is, or nothing: never guessed. Pure.
//!
//! `GrowID: NAME` with `Deposit: 1 World Lock, 2 Diamond Lock` (or `Jumlah:`), in any case, in the content, an embed's description or
//! its fields; or rows of `Player | Item | Amount`.

use std::collections::BTreeSet;

use serde_json::Value;
use stockbot_config::Currency;
use stockbot_store::GrowId;

/// A deposit of a message.
pub type Told = (String, i64);

/// What a message says: at least one deposit, or `None`.
#[must_use]
pub fn read(content: &str, embeds: &[Value], currency: &Currency) -> Option<Vec<Told>> {
    let lines = lines(content, embeds);
    let named: Vec<(Key, &str)> = lines.iter().filter_map(|line| key_of(line)).collect();
    let rows: Vec<&str> = lines.iter().map(String::as_str).filter(|line| line.contains('|')).collect();
    match (named.is_empty(), rows.is_empty()) {
        (false, true) => pair(&named, currency).map(|told| vec![told]),
        (true, false) => table(&rows, currency),
        // Nothing, or two formats at once: whatever it means is not ours to say.
        _ => None,
    }
}

/// What people read of a message, line by line, without the marks that make it bold or code.
fn lines(content: &str, embeds: &[Value]) -> Vec<String> {
    let mut texts = vec![content.to_owned()];
    for embed in embeds {
        texts.extend(embed["description"].as_str().map(str::to_owned));
        for field in embed["fields"].as_array().into_iter().flatten() {
            let text = |key: &str| field[key].as_str().unwrap_or_default().to_owned();
            let (name, value) = (plain(&text("name")), text("value"));
            // A field that is named like a key is a line of it; any other holds lines.
            let keyed = format!("{}: {value}", name.trim_end_matches(':'));
            texts.push(if key_of(&keyed).is_some() { keyed } else { value });
        }
    }
    let lines = texts.iter().flat_map(|text| text.lines()).map(plain);
    lines.filter(|line| !line.is_empty()).collect()
}

/// Underscores stay: they are part of names.
fn plain(line: &str) -> String {
    let line: String = line.chars().filter(|c| !matches!(c, '*' | '`' | '~')).collect();
    line.trim().trim_start_matches(['>', '-', '•']).trim().to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Name,
    Amount,
}

fn key_of(line: &str) -> Option<(Key, &str)> {
    let (key, value) = line.split_once(':')?;
    match key.trim().to_ascii_lowercase().as_str() {
        "growid" => Some((Key::Name, value.trim())),
        "deposit" | "jumlah" => Some((Key::Amount, value.trim())),
        _ => None,
    }
}

/// Exactly one name and one amount.
fn pair(named: &[(Key, &str)], currency: &Currency) -> Option<Told> {
    let only = |wanted| {
        let mut found = named.iter().filter(|(key, _)| *key == wanted);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(*value)
    };
    Some((name_of(only(Key::Name)?)?, amount_of(only(Key::Amount)?, currency)?))
}

/// Rows under an optional heading; every one must be understood.
fn table(rows: &[&str], currency: &Currency) -> Option<Vec<Told>> {
    let cells = |row: &str| -> Option<[String; 3]> {
        let cells: Vec<String> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        cells.try_into().ok()
    };
    let is_heading = |[player, item, amount]: &[String; 3]| {
        let is = |cell: &str, word: &str| cell.eq_ignore_ascii_case(word);
        is(player, "player") && is(item, "item") && is(amount, "amount")
    };
    let is_rule = |row: &&&str| row.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
    let rows: Vec<[String; 3]> =
        rows.iter().filter(|row| !is_rule(row)).map(|row| cells(row)).collect::<Option<_>>()?;
    let told = rows.iter().filter(|row| !is_heading(row)).map(|[player, item, amount]| {
        Some((name_of(player)?, amount_of(&format!("{amount} {item}"), currency)?))
    });
    told.collect::<Option<Vec<_>>>().filter(|told| !told.is_empty())
}

fn name_of(text: &str) -> Option<String> {
    text.parse::<GrowId>().ok().map(|name| name.as_str().to_owned())
}

/// `1 World Lock, 2 DL`: coins by name (also plural) or code, each once, more than nothing in all.
fn amount_of(text: &str, currency: &Currency) -> Option<i64> {
    let mut total: i64 = 0;
    let mut seen = BTreeSet::new();
    for part in text.split(',') {
        let (number, name) = part.trim().split_once(' ')?;
        let name = name.trim();
        let is =
            |known: &str| known.eq_ignore_ascii_case(name) || format!("{known}s").eq_ignore_ascii_case(name);
        let coin = currency.denominations.iter().find(|coin| is(&coin.name) || is(&coin.code))?;
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        let number: i64 = number.parse().ok().filter(|_| digits)?;
        total = total.checked_add(number.checked_mul(coin.value)?)?;
        if !seen.insert(&coin.code) {
            return None;
        }
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(content: &str, embeds: &[Value]) -> Option<Vec<Told>> {
        super::read(content, embeds, &Currency::default())
    }

    fn told(name: &str, amount: i64) -> Vec<Told> {
        vec![(name.to_owned(), amount)]
    }

    #[test]
    fn all_formats_of_deposit_messages_are_read() {
        for (content, embeds) in [
            ("GrowID: Grower_1\nDeposit: 50 World Lock, 1 Diamond Lock", json!([])),
            ("**growid:** `Grower_1`\n**JUMLAH:** 150 world locks", json!([])),
            ("", json!([{"description": "GROWID : Grower_1\ndeposit : 1 DL, 50 WL"}])),
            (
                "",
                json!([{"fields": [{"name": "GrowID", "value": "Grower_1"}, {"name": "Deposit:", "value": "150 World Lock"}]}]),
            ),
            (
                "A deposit!",
                json!([{"title": "Deposit", "fields": [{"name": "Log", "value": "GrowID: Grower_1\nJumlah: 150 WL"}]}]),
            ),
            (
                "",
                json!([{"description": "Player | Item | Amount\n---|---|---\nGrower_1 | World Lock | 150"}]),
            ),
            ("Grower_1 | World Lock | 150", json!([])),
            ("| Player | Item | Amount |\n| Grower_1 | World Lock | 150 |", json!([])),
        ] {
            let embeds = embeds.as_array().unwrap();
            assert_eq!(read(content, embeds), Some(told("Grower_1", 150)), "{content:?} {embeds:?}");
        }
        let rows = "Player | Item | Amount\nOne_1 | World Lock | 5\nTwo_2 | Diamond Lock | 1";
        assert_eq!(read(rows, &[]), Some(vec![("One_1".into(), 5), ("Two_2".into(), 100)]));
    }

    #[test]
    fn what_is_not_certain_is_not_a_deposit() {
        for content in [
            "",
            "hello",
            "GrowID: Grower",
            "Deposit: 5 World Lock",
            "GrowID: Grower\nDeposit: 5",
            "GrowID: Grower\nDeposit: five World Lock",
            "GrowID: Grower\nDeposit: 1,000 World Lock",
            "GrowID: Grower\nDeposit: -5 World Lock",
            "GrowID: Grower\nDeposit: +5 World Lock",
            "GrowID: Grower\nDeposit: 0 World Lock",
            "GrowID: Grower\nDeposit: 5 Dirt",
            "GrowID: Grower\nDeposit: 5 World Lock, 6 World Lock",
            "GrowID: Grower\nDeposit: 99999999999999999 Blue Gem Lock",
            "GrowID: Grow er\nDeposit: 5 World Lock",
            "GrowID: One\nGrowID: Two\nDeposit: 5 World Lock",
            "GrowID: Grower\nDeposit: 5 World Lock\nJumlah: 5 World Lock",
            "GrowID: Grower\nDeposit: 5 World Lock\nOther | World Lock | 5",
            "One_1 | World Lock | 5\nTwo_2 | Dirt | 1",
            "One_1 | World Lock",
        ] {
            assert_eq!(read(content, &[]), None, "{content:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_is_never_negative(content in "\\PC{0,200}") {
            prop_assert!(read(&content, &[]).into_iter().flatten().all(|(_, amount)| amount > 0));
        }

        #[test]
        fn what_is_written_is_read(name in "[A-Za-z0-9_]{3,20}", wl in 1_i64..100, dl in 1_i64..100) {
            let content = format!("GrowID: {name}\nDeposit: {wl} World Lock, {dl} Diamond Lock");
            prop_assume!(name.parse::<GrowId>().is_ok());
            prop_assert_eq!(read(&content, &[]), Some(told(&name, wl + dl * 100)));
        }
    }
}
