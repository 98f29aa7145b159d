//! Custom ids of buttons, selects and modals: at most 100 characters, versioned, stable across releases, no secrets.
//!
//! `sb1:<what>[:<argument>...]`. What does not parse is a button of another time and gets a polite answer.

use std::fmt;

use stockbot_config::ButtonAction;

/// Version of the format; a new one is added beside the old, never instead of it.
const PREFIX: &str = "sb1";

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
}

/// Everything that can be pressed, chosen or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomId {
    /// A button of a live message.
    Live {
        /// Which button.
        action: ButtonAction,
        /// Name of the display.
        display: String,
    },
    /// A button of the bot's replies that does the same as that of the live message.
    Do(ButtonAction),
    /// Further products to buy.
    BuyPage(usize),
    /// The select menu of products.
    BuyPick,
    /// Opens the modal for code and quantity.
    BuyCode,
    /// The modal for code and quantity.
    CodeModal,
    /// The modal for the quantity of one product.
    QuantityModal(String),
    /// Buys.
    Confirm(Confirmation),
    /// Does not.
    Cancel,
    /// The registration modal.
    RegisterModal,
    /// Opens the registration modal for a change.
    RegisterChange,
    /// Keeps the registration.
    RegisterKeep,
    /// The select menu of orders.
    OrderPick,
    /// Movements before this ledger entry.
    HistoryBefore(i64),
    /// The form for units of this product.
    StockForm(String),
    /// "Yes" to what this interaction asked.
    Sure(u64),
    /// "No" to what an administrator was asked.
    NotSure,
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}:")?;
        match self {
            Self::Live { action, display } => write!(f, "live:{}:{display}", word(*action)),
            Self::Do(action) => write!(f, "do:{}", word(*action)),
            Self::BuyPage(page) => write!(f, "page:{page}"),
            Self::BuyPick => f.write_str("pick"),
            Self::BuyCode => f.write_str("code"),
            Self::CodeModal => f.write_str("codeform"),
            Self::QuantityModal(code) => write!(f, "qty:{code}"),
            Self::Confirm(c) => {
                write!(f, "ok:{}:{}:{}:{}:{}", c.code, c.quantity, c.unit_price, c.origin, c.valid_until)
            }
            Self::Cancel => f.write_str("no"),
            Self::RegisterModal => f.write_str("reg"),
            Self::RegisterChange => f.write_str("regchange"),
            Self::RegisterKeep => f.write_str("regkeep"),
            Self::OrderPick => f.write_str("order"),
            Self::HistoryBefore(entry) => write!(f, "hist:{entry}"),
            Self::StockForm(code) => write!(f, "units:{code}"),
            Self::Sure(question) => write!(f, "sure:{question}"),
            Self::NotSure => f.write_str("unsure"),
        }
    }
}

impl CustomId {
    /// Reads a custom id; `None` for one that no release of this format wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(PREFIX)?.strip_prefix(':')?.split(':');
        let parsed = match (parts.next()?, parts.next()) {
            ("live", Some(action)) => {
                Self::Live { action: action_of(action)?, display: parts.next()?.into() }
            }
            ("do", Some(action)) => Self::Do(action_of(action)?),
            ("page", Some(page)) => Self::BuyPage(page.parse().ok()?),
            ("pick", None) => Self::BuyPick,
            ("code", None) => Self::BuyCode,
            ("codeform", None) => Self::CodeModal,
            ("qty", Some(code)) => Self::QuantityModal(code.into()),
            ("ok", Some(code)) => Self::Confirm(Confirmation {
                code: code.into(),
                quantity: parts.next()?.parse().ok()?,
                unit_price: parts.next()?.parse().ok()?,
                origin: parts.next()?.parse().ok()?,
                valid_until: parts.next()?.parse().ok()?,
            }),
            ("no", None) => Self::Cancel,
            ("reg", None) => Self::RegisterModal,
            ("regchange", None) => Self::RegisterChange,
            ("regkeep", None) => Self::RegisterKeep,
            ("order", None) => Self::OrderPick,
            ("hist", Some(entry)) => Self::HistoryBefore(entry.parse().ok()?),
            ("units", Some(code)) => Self::StockForm(code.into()),
            ("sure", Some(question)) => Self::Sure(question.parse().ok()?),
            ("unsure", None) => Self::NotSure,
            _ => return None,
        };
        parts.next().is_none().then_some(parsed)
    }
}

const WORDS: [(ButtonAction, &str); 8] = [
    (ButtonAction::Register, "register"),
    (ButtonAction::Balance, "balance"),
    (ButtonAction::WorldInfo, "world"),
    (ButtonAction::Buy, "buy"),
    (ButtonAction::History, "history"),
    (ButtonAction::Notify, "notify"),
    (ButtonAction::Help, "help"),
    (ButtonAction::Orders, "orders"),
];

/// The word for an action, in custom ids, text keys (`button-<word>`) and metric labels.
#[must_use]
pub fn word(action: ButtonAction) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == action).map_or("unknown", |(_, word)| word)
}

fn action_of(text: &str) -> Option<ButtonAction> {
    WORDS.iter().find(|(_, word)| *word == text).map(|(action, _)| *action)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_words_on_messages_of_earlier_releases_stay_understood() {
        for (text, id) in [
            ("sb1:live:buy:main", CustomId::Live { action: ButtonAction::Buy, display: "main".into() }),
            ("sb1:do:register", CustomId::Do(ButtonAction::Register)),
            ("sb1:pick", CustomId::BuyPick),
            ("sb1:qty:GACHA", CustomId::QuantityModal("GACHA".into())),
            ("sb1:no", CustomId::Cancel),
        ] {
            assert_eq!(CustomId::parse(text), Some(id));
        }
    }

    #[test]
    fn what_nobody_wrote_is_refused() {
        for text in [
            "",
            "sb1",
            "sb1:",
            "sb0:no",
            "sb1:no:more",
            "sb1:live:fly:main",
            "sb1:ok:X:1:2:3",
            "sb1:page:-1",
            "buy",
        ] {
            assert_eq!(CustomId::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_confirmation_fits_and_survives(code in "[A-Z0-9_-]{1,20}", quantity in 1i64..=999, unit_price in 1i64..=1_000_000_000_000,
                                            origin in any::<u64>(), valid_until in 0i64..=99_999_999_999) {
            let id = CustomId::Confirm(Confirmation { code, quantity, unit_price, origin, valid_until });
            let text = id.to_string();
            prop_assert!(text.len() <= 100, "{}", text.len());
            prop_assert_eq!(CustomId::parse(&text), Some(id));
        }

        #[test]
        fn a_live_button_of_the_longest_display_name_fits(display in "[a-z0-9]{1,52}") {
            for (action, _) in WORDS {
                let id = CustomId::Live { action, display: display.clone() };
                prop_assert!(id.to_string().len() <= 100);
                prop_assert_eq!(CustomId::parse(&id.to_string()), Some(id));
            }
        }

        #[test]
        fn nothing_that_comes_back_makes_it_panic(text in "\\PC{0,120}") {
            let _ = CustomId::parse(&text);
        }
    }
}
