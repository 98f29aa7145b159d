//! Amounts of the shop's currency as people write and read them; never rounded. Pure.

use stockbot_config::{Currency, Denomination};

/// Not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Cannot be read.
    #[error("{text:?} is not an amount; write it like {example}")]
    Unreadable {
        /// What was entered.
        text: String,
        /// What would be fine.
        example: String,
    },
    /// No such coin.
    #[error("{code:?} is not a coin of this shop; it has {coins}")]
    UnknownCoin {
        /// What was entered.
        code: String,
        /// Codes of the currency.
        coins: String,
    },
    /// The same coin twice.
    #[error("{code} is given twice; write one amount of each coin, like {example}")]
    CoinTwice {
        /// The coin.
        code: String,
        /// What would be fine.
        example: String,
    },
    /// More than fits 64 bits.
    #[error("the amount is too large")]
    TooLarge,
}

/// 150 -> `1 DL 50 WL`: greedy from the largest coin, zero parts left out; 0 -> `0 WL`, negative with a leading `-`.
#[must_use]
pub fn format_exact(amount: i64, currency: &Currency) -> String {
    let mut rest = amount.unsigned_abs();
    let mut parts = Vec::new();
    for coin in largest_first(currency) {
        let value = coin.value.unsigned_abs().max(1);
        let count = rest / value;
        rest %= value;
        if count > 0 {
            parts.push(format!("{count} {}", coin.code));
        }
    }
    if parts.is_empty() {
        parts.push(format!("0 {}", smallest(currency)));
    }
    format!("{}{}", if amount < 0 { "-" } else { "" }, parts.join(" "))
}

/// `5`, `5 DL`, `5dl`, `1 BGL 20 DL`, `1BGL20DL`, in any case, parts separated by spaces, commas or nothing; a bare number is in the
/// smallest coin and stands alone, and each coin is named once. Never negative.
pub fn parse(text: &str, currency: &Currency) -> Result<i64, MoneyError> {
    let unreadable = || MoneyError::Unreadable { text: text.trim().to_owned(), example: example(currency) };
    let mut rest = text.trim();
    if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) {
        return rest.parse().map_err(|_| MoneyError::TooLarge);
    }
    let mut total: i64 = 0;
    let mut named: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (code, after) = coin(after.trim_start(), currency);
        if number.is_empty() || code.is_empty() {
            return Err(unreadable());
        }
        if named.iter().any(|before| before.eq_ignore_ascii_case(code)) {
            return Err(MoneyError::CoinTwice {
                code: code.to_ascii_uppercase(),
                example: example(currency),
            });
        }
        named.push(code);
        let number: i64 = number.parse().map_err(|_| MoneyError::TooLarge)?;
        let part = number.checked_mul(worth(code, currency)?).ok_or(MoneyError::TooLarge)?;
        total = total.checked_add(part).ok_or(MoneyError::TooLarge)?;
        rest = after.trim_start_matches([' ', ',', '\t']);
    }
    if text.trim().is_empty() { Err(unreadable()) } else { Ok(total) }
}

/// The code of a coin at the beginning of `text`, and the rest: a code of this currency that is followed by a digit or by no letter,
/// else whatever word stands there.
fn coin<'t>(text: &'t str, currency: &Currency) -> (&'t str, &'t str) {
    let word = split(text, |c| c.is_ascii_alphanumeric()).0;
    let ends = |code: &&str| {
        let begins = word.get(..code.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(code));
        begins && !word[code.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let codes = currency.denominations.iter().map(|coin| coin.code.as_str());
    // The longest: a code may be the beginning of another and end in a digit.
    let longest = codes.filter(ends).map(str::len).max().unwrap_or(word.len());
    text.split_at(longest)
}

/// The longest beginning of `text` made of such characters, and the rest.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn worth(code: &str, currency: &Currency) -> Result<i64, MoneyError> {
    let coin = currency.denominations.iter().find(|d| d.code.eq_ignore_ascii_case(code));
    coin.map(|d| d.value).ok_or_else(|| {
        let codes: Vec<&str> = currency.denominations.iter().map(|d| d.code.as_str()).collect();
        MoneyError::UnknownCoin { code: code.to_owned(), coins: codes.join(", ") }
    })
}

/// Two coins, largest first: `1 BGL 20 DL`.
fn example(currency: &Currency) -> String {
    let coins = largest_first(currency).zip([1, 20]).map(|(coin, n)| format!("{n} {}", coin.code));
    coins.collect::<Vec<_>>().join(" ")
}

fn largest_first(currency: &Currency) -> impl Iterator<Item = &Denomination> {
    let mut coins: Vec<&Denomination> = currency.denominations.iter().collect();
    coins.sort_by_key(|coin| std::cmp::Reverse(coin.value));
    coins.into_iter()
}

fn smallest(currency: &Currency) -> &str {
    currency.denominations.iter().min_by_key(|coin| coin.value).map_or("", |coin| &coin.code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn growtopia() -> Currency {
        Currency::default()
    }

    /// One to six coins with different values, the smallest worth 1, in any order.
    fn any_currency() -> impl Strategy<Value = Currency> {
        proptest::collection::btree_set(2_i64..1_000_000_000, 0..6)
            .prop_map(|values| std::iter::once(1).chain(values).enumerate().map(coin).collect::<Vec<_>>())
            .prop_shuffle()
            .prop_map(|denominations| Currency { denominations, ..growtopia() })
    }

    fn coin((place, value): (usize, i64)) -> Denomination {
        let code = format!("C{}", char::from(b"ABCDEFG"[place]));
        Denomination { name: code.clone(), code, value }
    }

    #[test]
    fn amounts_are_shown_exactly_in_the_largest_coins() {
        let cases = [
            (0, "0 WL"),
            (50, "50 WL"),
            (100, "1 DL"),
            (150, "1 DL 50 WL"),
            (10_001, "1 BGL 1 WL"),
            (1_020_304, "102 BGL 3 DL 4 WL"),
            (-150, "-1 DL 50 WL"),
            (i64::MIN, "-922337203685477 BGL 58 DL 8 WL"),
        ];
        for (amount, text) in cases {
            assert_eq!(format_exact(amount, &growtopia()), text);
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let cases = [
            ("5", 5),
            (" 007 ", 7),
            ("5 DL", 500),
            ("5dl", 500),
            ("1 BGL 20 DL", 12_000),
            ("1bgl 20dl 3wl", 12_003),
            ("1 BGL, 20 DL", 12_000),
            ("1BGL20DL", 12_000),
            ("1bgl20dl3wl", 12_003),
            ("0 WL", 0),
        ];
        for (text, amount) in cases {
            assert_eq!(parse(text, &growtopia()), Ok(amount), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        for text in ["", "  ", "-5", "+5", "1.5", "1,5", "DL", "5 DL x", "5 6", "1 DL 5", "1e3", "٥", "5 DL;"]
        {
            let error = parse(text, &growtopia()).unwrap_err();
            assert!(
                matches!(error, MoneyError::Unreadable { .. } | MoneyError::UnknownCoin { .. }),
                "{text:?}: {error:?}"
            );
        }
        let error = parse("5 XX", &growtopia()).unwrap_err();
        assert_eq!(error.to_string(), r#""XX" is not a coin of this shop; it has WL, DL, BGL"#);
        let error = parse("much", &growtopia()).unwrap_err();
        assert_eq!(error.to_string(), r#""much" is not an amount; write it like 1 BGL 20 DL"#);
        let error = parse("1 DL 2 dl", &growtopia()).unwrap_err();
        assert_eq!(error.to_string(), "DL is given twice; write one amount of each coin, like 1 BGL 20 DL");
        for text in ["9223372036854775808", "922337203685477 BGL 59 DL", "99999999999999999999 WL"] {
            assert_eq!(parse(text, &growtopia()), Err(MoneyError::TooLarge), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back_as_the_same_amount(amount in 0..=i64::MAX, currency in any_currency()) {
            prop_assert_eq!(parse(&format_exact(amount, &currency), &currency), Ok(amount));
        }

        #[test]
        fn a_bare_number_is_in_the_smallest_coin(amount in 0..=i64::MAX, currency in any_currency()) {
            prop_assert_eq!(parse(&amount.to_string(), &currency), Ok(amount));
        }

        #[test]
        fn no_coin_is_shown_more_often_than_the_next_larger_one_is_worth(
            amount in 0..=i64::MAX, currency in any_currency()
        ) {
            let shown = format_exact(amount, &currency);
            let words: Vec<&str> = shown.split(' ').collect();
            let mut larger = i64::MAX;
            for pair in words.chunks(2) {
                let value = worth(pair[1], &currency).unwrap();
                prop_assert!(value < larger, "{} is not in falling order", shown);
                let next = currency.denominations.iter().map(|d| d.value).filter(|v| *v > value).min();
                let count: i64 = pair[0].parse().unwrap();
                prop_assert!(next.is_none_or(|next| count * value < next), "{}", shown);
                larger = value;
            }
        }

        #[test]
        fn reading_never_panics_and_is_never_negative(text in "[ -~]{0,40}", currency in any_currency()) {
            prop_assert!(parse(&text, &currency).is_ok_and(|amount| amount >= 0) || parse(&text, &currency).is_err());
        }
    }
}
