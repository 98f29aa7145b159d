//! Custom ids of buttons, selects and modals: at most 100 characters, versioned, stable across releases, no secrets.
//!
//! `sb1:<what>[:<argument>...]`. What does not parse is a button of another time and gets a polite answer.

mod confirmation;
mod tag;

use std::fmt;

use stockbot_config::ButtonAction;

pub use self::{confirmation::Confirmation, tag::Tag};

/// Version of the format; a new one is added beside the old, never instead of it.
const PREFIX: &str = "sb1";

/// The display that a purchase began at; `None`: a command or a button of the bot's own replies.
pub type Entrance = Option<Tag>;

/// A page of products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// From 0.
    pub page: usize,
    /// See [`Entrance`].
    pub entrance: Entrance,
    /// Of one category only.
    pub category: Option<Tag>,
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
    /// A page of the products to buy.
    BuyPage(Shelf),
    /// A page of the categories to choose from.
    CategoryPage(usize, Entrance),
    /// The select menu of categories.
    CategoryPick(Entrance),
    /// The select menu of products.
    BuyPick(Entrance),
    /// Opens the modal for code and quantity.
    BuyCode(Entrance),
    /// The modal for code and quantity.
    CodeModal(Entrance),
    /// Opens the modal for the quantity of a product.
    BuyAgain(String, Entrance),
    /// The modal for the quantity of one product.
    QuantityModal(String, Entrance),
    /// On a receipt, which stays: opens the modal for the quantity of the same product.
    BuyMore(String),
    /// That modal.
    MoreModal(String),
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
            Self::BuyPage(Shelf { page, entrance, category: None }) => {
                write!(f, "page:{page}{}", then(*entrance))
            }
            Self::BuyPage(Shelf { page, entrance, category: Some(category) }) => {
                let entrance = entrance.map(|tag| tag.to_string()).unwrap_or_default();
                write!(f, "page:{page}:{entrance}:{category}")
            }
            Self::CategoryPage(page, entrance) => write!(f, "groups:{page}{}", then(*entrance)),
            Self::CategoryPick(entrance) => write!(f, "group{}", then(*entrance)),
            Self::BuyPick(entrance) => write!(f, "pick{}", then(*entrance)),
            Self::BuyCode(entrance) => write!(f, "code{}", then(*entrance)),
            Self::CodeModal(entrance) => write!(f, "codeform{}", then(*entrance)),
            Self::BuyAgain(code, entrance) => write!(f, "again:{code}{}", then(*entrance)),
            Self::QuantityModal(code, entrance) => write!(f, "qty:{code}{}", then(*entrance)),
            Self::BuyMore(code) => write!(f, "more:{code}"),
            Self::MoreModal(code) => write!(f, "moreqty:{code}"),
            Self::Confirm(confirmation) => write!(f, "ok:{confirmation}"),
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
        let parts: Vec<&str> = text.strip_prefix(PREFIX)?.strip_prefix(':')?.split(':').collect();
        let (word, arguments) = parts.split_first()?;
        Some(match (*word, arguments) {
            ("live", [action, display]) => {
                Self::Live { action: action_of(action)?, display: (*display).into() }
            }
            ("do", [action]) => Self::Do(action_of(action)?),
            ("page", [page, rest @ ..]) => Self::BuyPage(Shelf::parse(page, rest)?),
            ("groups", [page, rest @ ..]) => Self::CategoryPage(page.parse().ok()?, entrance(rest)?),
            ("group", rest) => Self::CategoryPick(entrance(rest)?),
            ("pick", rest) => Self::BuyPick(entrance(rest)?),
            ("code", rest) => Self::BuyCode(entrance(rest)?),
            ("codeform", rest) => Self::CodeModal(entrance(rest)?),
            ("again", [code, rest @ ..]) => Self::BuyAgain((*code).into(), entrance(rest)?),
            ("qty", [code, rest @ ..]) => Self::QuantityModal((*code).into(), entrance(rest)?),
            ("more", [code]) => Self::BuyMore((*code).into()),
            ("moreqty", [code]) => Self::MoreModal((*code).into()),
            ("ok", rest) => Self::Confirm(Confirmation::parse(rest)?),
            ("no", []) => Self::Cancel,
            ("reg", []) => Self::RegisterModal,
            ("regchange", []) => Self::RegisterChange,
            ("regkeep", []) => Self::RegisterKeep,
            ("order", []) => Self::OrderPick,
            ("hist", [entry]) => Self::HistoryBefore(entry.parse().ok()?),
            ("units", [code]) => Self::StockForm((*code).into()),
            ("sure", [question]) => Self::Sure(question.parse().ok()?),
            ("unsure", []) => Self::NotSure,
            _ => return None,
        })
    }

    /// For a step of a purchase: the display that it began at.
    #[must_use]
    pub fn purchase_from(&self) -> Option<Entrance> {
        match self {
            Self::BuyPage(page) => Some(page.entrance),
            Self::CategoryPage(_, entrance)
            | Self::CategoryPick(entrance)
            | Self::BuyPick(entrance)
            | Self::BuyCode(entrance)
            | Self::CodeModal(entrance)
            | Self::BuyAgain(_, entrance)
            | Self::QuantityModal(_, entrance) => Some(*entrance),
            Self::Confirm(confirmation) => Some(confirmation.entrance),
            Self::BuyMore(_) | Self::MoreModal(_) | Self::Do(ButtonAction::Buy) => Some(None),
            _ => None,
        }
    }
}

impl Shelf {
    fn parse(page: &str, rest: &[&str]) -> Option<Self> {
        let page = page.parse().ok()?;
        match rest {
            ["", category] => Some(Self { page, entrance: None, category: Some(category.parse().ok()?) }),
            [at, category] => {
                Some(Self { page, entrance: entrance(&[at])?, category: Some(category.parse().ok()?) })
            }
            rest => Some(Self { page, entrance: entrance(rest)?, category: None }),
        }
    }
}

/// The last part of a custom id, if the purchase began at a display.
fn then(entrance: Entrance) -> String {
    entrance.map(|tag| format!(":{tag}")).unwrap_or_default()
}

fn entrance(rest: &[&str]) -> Option<Entrance> {
    match rest {
        [] => Some(None),
        [tag] => Some(Some(tag.parse().ok()?)),
        _ => None,
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
            ("sb1:pick", CustomId::BuyPick(None)),
            ("sb1:page:3", CustomId::BuyPage(Shelf { page: 3, ..Shelf::default() })),
            ("sb1:qty:GACHA", CustomId::QuantityModal("GACHA".into(), None)),
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
        fn every_step_of_a_purchase_fits_survives_and_knows_its_display(
            code in "[A-Z0-9_-]{1,32}", display in proptest::option::of("[a-z0-9]{1,52}"), page in 0usize..1000,
            category in proptest::option::of("\\PC{0,100}")
        ) {
            let entrance = display.map(|name| Tag::of(&name));
            let category = category.map(|name| Tag::of(&name));
            for id in [
                CustomId::BuyPage(Shelf { page, entrance, category }),
                CustomId::CategoryPage(page, entrance),
                CustomId::CategoryPick(entrance),
                CustomId::BuyPick(entrance),
                CustomId::BuyCode(entrance),
                CustomId::CodeModal(entrance),
                CustomId::BuyAgain(code.clone(), entrance),
                CustomId::QuantityModal(code.clone(), entrance),
            ] {
                prop_assert!(id.to_string().len() <= 100);
                prop_assert_eq!(id.purchase_from(), Some(entrance));
                prop_assert_eq!(CustomId::parse(&id.to_string()), Some(id));
            }
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
