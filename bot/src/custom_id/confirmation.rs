//! What the button of a confirmation carries: everything that the buyer was shown.

use std::fmt;

use super::tag::{Tag, base36};

/// What a purchase confirmation stands for. Everything that the user was shown is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Product.
    pub code: String,
    /// Units.
    pub quantity: i64,
    /// Price of one unit as shown.
    pub unit_price: i64,
    /// The interaction that showed this confirmation: one confirmation leads to at most one order.
    pub origin: u64,
    /// Unix time in seconds after which it is void.
    pub valid_until: i64,
    /// The display that the purchase began at.
    pub entrance: Option<Tag>,
    /// The discount that was shown, by its key; its terms never change.
    pub discount: Option<i64>,
}

/// Numbers are decimal where there is nothing but them, which earlier releases understand; with more they are in base 36, or it
/// would not fit.
impl fmt::Display for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, quantity, unit_price, origin, valid_until, entrance, discount } = self;
        if entrance.is_none() && discount.is_none() {
            return write!(f, "{code}:{quantity}:{unit_price}:{origin}:{valid_until}");
        }
        let short = |number: i64| base36(number.unsigned_abs());
        let (price, until, origin) = (short(*unit_price), short(*valid_until), base36(*origin));
        let entrance = entrance.map(|tag| tag.to_string()).unwrap_or_default();
        let discount = discount.map(short).unwrap_or_default();
        write!(f, "{code}:{quantity}:{price}:{origin}:{until}:{entrance}:{discount}")
    }
}

impl Confirmation {
    /// Reads what follows the word of the custom id.
    pub(super) fn parse(parts: &[&str]) -> Option<Self> {
        let (code, quantity, unit_price, origin, valid_until, radix, entrance, discount) = match *parts {
            [code, quantity, price, origin, until] => (code, quantity, price, origin, until, 10, "", ""),
            [code, quantity, price, origin, until, entrance, discount] => {
                (code, quantity, price, origin, until, 36, entrance, discount)
            }
            _ => return None,
        };
        let number = |text: &str| i64::from_str_radix(text, radix).ok();
        Some(Self {
            code: code.into(),
            quantity: quantity.parse().ok()?,
            unit_price: number(unit_price)?,
            origin: u64::from_str_radix(origin, radix).ok()?,
            valid_until: number(valid_until)?,
            entrance: if entrance.is_empty() { None } else { Some(entrance.parse().ok()?) },
            discount: if discount.is_empty() { None } else { Some(number(discount)?) },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::custom_id::CustomId;

    proptest! {
        #[test]
        fn a_confirmation_fits_and_survives(
            code in "[A-Z0-9_-]{1,32}", quantity in 1i64..=999, unit_price in 1i64..=1_000_000_000_000, origin in any::<u64>(),
            valid_until in 0i64..=99_999_999_999, entrance in proptest::option::of("[a-z]{1,52}"),
            discount in proptest::option::of(0i64..=i64::MAX)
        ) {
            let entrance = entrance.map(|name| Tag::of(&name));
            let id = CustomId::Confirm(Confirmation { code, quantity, unit_price, origin, valid_until, entrance, discount });
            let text = id.to_string();
            prop_assert!(text.len() <= 100, "{}", text.len());
            prop_assert_eq!(CustomId::parse(&text), Some(id));
        }
    }
}
