//! What a product must be: its code, and the limits of what people enter. Pure.

use std::{fmt, str::FromStr};

use crate::db::capitals;

/// Highest price in the smallest denomination; a thousand of the dearest still fit 64 bits.
pub const MAX_PRICE: i64 = 1_000_000_000_000;

/// A product's code: 1 to 32 letters, digits, `_` and `-`, starting with a letter or digit, kept in upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProductCode(String);

impl ProductCode {
    /// The code in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ProductCode {
    type Err = ProductProblem;

    fn from_str(text: &str) -> Result<Self, ProductProblem> {
        let code = capitals(text);
        let bytes = code.as_bytes();
        let starts = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
        let rest = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if starts && rest && bytes.len() <= 32 { Ok(Self(code)) } else { Err(ProductProblem::Code) }
    }
}

/// What is wrong with a product that somebody entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProductProblem {
    /// See [`ProductCode`].
    #[error("a code has 1 to 32 letters, digits, _ or - and starts with a letter or digit")]
    Code,
    /// Empty or too long.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// Out of range.
    #[error("a price is between 1 and 1,000,000,000,000 of the smallest denomination")]
    Price,
    /// Too long.
    #[error("a description has at most 1000 characters")]
    Description,
    /// Too long.
    #[error("a category has at most 100 characters")]
    Category,
}

/// Checks what the table would refuse, so that people are told what is wrong. `None` is not looked at.
pub(crate) fn problem(
    name: Option<&str>,
    price: Option<i64>,
    description: Option<&str>,
    category: Option<&str>,
) -> Option<ProductProblem> {
    let length = |text: Option<&str>| text.map(|t| t.chars().count());
    let clean = |text: Option<&str>| !text.is_some_and(|t| t.contains('\0'));
    if !length(name).is_none_or(|l| (1..=100).contains(&l)) || !clean(name) {
        return Some(ProductProblem::Name);
    }
    if !price.is_none_or(|p| (1..=MAX_PRICE).contains(&p)) {
        return Some(ProductProblem::Price);
    }
    if length(description) > Some(1000) || !clean(description) {
        return Some(ProductProblem::Description);
    }
    (length(category) > Some(100) || !clean(category)).then_some(ProductProblem::Category)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_in_upper_case_and_nothing_odd_is_a_code() {
        assert_eq!(" dl-10_x ".parse::<ProductCode>().unwrap().as_str(), "DL-10_X");
        for text in ["", "-A", "_A", "A B", "Ä", "A\0", &"A".repeat(33)] {
            assert_eq!(text.parse::<ProductCode>(), Err(ProductProblem::Code), "{text:?}");
        }
    }
}
