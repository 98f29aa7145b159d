//! The live stock message: shared by `StockDisplay.spec` and the config file's list of displays.

use serde::{Deserialize, Serialize};

use crate::{duration::Span, ids::Snowflake};

/// Which products are listed and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Products {
    /// Only these categories; empty = all.
    #[cfg_attr(feature = "schema", schemars(length(max = 100), inner(length(max = 100))))]
    pub categories: Vec<String>,
    /// Only these codes; empty = all active products.
    #[cfg_attr(feature = "schema", schemars(length(max = 500), inner(length(max = 32))))]
    pub show: Vec<String>,
    /// Never these codes.
    #[cfg_attr(feature = "schema", schemars(length(max = 500), inner(length(max = 32))))]
    pub hide: Vec<String>,
    /// These codes first, in this order.
    #[cfg_attr(feature = "schema", schemars(length(max = 100), inner(length(max = 32))))]
    pub feature: Vec<String>,
    /// Order of the others.
    pub sort: Sort,
}

/// Order of the products of a category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// By code.
    Code,
    /// Cheapest first.
    Price,
    /// Most stock first.
    Stock,
    /// By the position set with `/product move`.
    Manual,
}

/// Colours of the stock dots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Thresholds {
    /// Green above, yellow from 1 to this, red at 0.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub low: i32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { low: 10 }
    }
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "each is the button of that name in ui.md")]
pub enum ButtonAction {
    Register,
    Balance,
    WorldInfo,
    Buy,
    History,
    Notify,
    Help,
    Orders,
}

/// Discord's button colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ButtonStyle {
    /// Blurple.
    Primary,
    /// Grey.
    Secondary,
    /// Green.
    Success,
    /// Red.
    Danger,
}

/// A button's text per language; an empty one means the built-in text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Label {
    /// Indonesian.
    #[cfg_attr(feature = "schema", schemars(length(max = 80)))]
    pub id: String,
    /// English.
    #[cfg_attr(feature = "schema", schemars(length(max = 80)))]
    pub en: String,
}

/// What the API server takes for an emoji, white space around it included: a custom one by its id, a key cap, or signs that are no
/// letters. `:name:` is none: which emoji that is only Discord's own client knows.
#[cfg(feature = "schema")]
const EMOJI_PATTERN: &str = "^\\s*(<a?:[A-Za-z0-9_]{2,32}:[0-9]{15,20}>|(a?:)?[A-Za-z0-9_]{2,32}:[0-9]{15,20}|[0-9#*]\u{fe0f}?\u{20e3}|[^\\x00-\\x7F\\pL\\pZ]+)?\\s*$";

/// One button of the live message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Button {
    /// What it does.
    pub action: ButtonAction,
    /// Its text; default: the built-in one.
    #[serde(default)]
    pub label: Label,
    /// Its colour; default: the action's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<ButtonStyle>,
    /// A Unicode emoji, or a custom one as Discord copies it (`<:name:id>`, `<a:name:id>`) or as `name:id`; empty = none.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 64), regex(pattern = EMOJI_PATTERN)))]
    pub emoji: String,
    /// Row, 0 to 4; five buttons fit in one.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4)))]
    pub row: i32,
}

impl Button {
    /// A button with the built-in text and colour.
    #[must_use]
    pub fn plain(action: ButtonAction, row: i32) -> Self {
        Self { action, label: Label::default(), style: None, emoji: String::new(), row }
    }
}

/// Normal sale or maintenance of this display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Mode {
    /// Sells.
    #[default]
    Normal,
    /// One card; every button refuses politely.
    Maintenance,
}

/// What is shown when buttons keep failing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Fallback {
    /// The stock list with fewer, plain buttons.
    #[default]
    Simplified,
    /// A notice.
    Notice,
    /// How to buy with slash commands.
    Commands,
}

/// One arm of an experiment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Variant {
    /// Recorded with every click.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 32)))]
    pub name: String,
    /// Share of the users, relative to the other variant.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1000)))]
    pub weight: i32,
    /// Buttons instead of the display's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(max = 25)))]
    pub buttons: Option<Vec<Button>>,
    /// Order instead of the display's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
}

/// Two variants of layout or buttons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Experiment {
    /// Recorded with every click.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 32)))]
    pub name: String,
    /// The two arms.
    #[cfg_attr(feature = "schema", schemars(length(min = 2, max = 2)))]
    pub variants: Vec<Variant>,
}

/// One live stock message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DisplaySettings {
    /// The Discord channel; one display per channel and bot.
    pub channel_id: Snowflake,
    /// Heading of the message; default: the shop's name.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 256)))]
    pub title: String,
    /// Text under the heading.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1000)))]
    pub description: String,
    /// Colour of the card's edge, `#rrggbb`.
    #[serde(default = "DisplaySettings::default_color")]
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9a-fA-F]{6}$")))]
    pub color: String,
    /// Small text at the end.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1000)))]
    pub footer: String,
    /// How often the message is compared with the database even if nothing changed, 10s to 1h.
    #[serde(default = "DisplaySettings::default_refresh")]
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = crate::schema::within("10s", "1h"))))]
    pub refresh: Span,
    /// True removes the message and keeps the object.
    #[serde(default)]
    pub hidden: bool,
    /// Which products are listed and in which order.
    #[serde(default)]
    pub products: Products,
    /// Colours of the stock dots.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// Buttons; default: Register, Balance and `WorldInfo`, below them Buy and History.
    #[serde(default = "DisplaySettings::default_buttons")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 25), extend("x-kubernetes-validations" = [
        {"rule": "self.all(a, self.exists_one(b, b.action == a.action))", "message": "each action may have one button"},
        {"rule": "[0, 1, 2, 3, 4].all(r, self.filter(b, b.row == r).size() <= 5)", "message": "a row holds five buttons"}
    ])))]
    pub buttons: Vec<Button>,
    /// Normal sale or maintenance.
    #[serde(default)]
    pub mode: Mode,
    /// What is shown when buttons keep failing.
    #[serde(default)]
    pub fallback: Fallback,
    /// Two variants of layout or buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<Experiment>,
}

impl DisplaySettings {
    fn default_color() -> String {
        "#1f2937".into()
    }

    fn default_refresh() -> Span {
        Span::seconds(55)
    }

    fn default_buttons() -> Vec<Button> {
        use ButtonAction::{Balance, Buy, History, Register, WorldInfo};
        [(Register, 0), (Balance, 0), (WorldInfo, 0), (Buy, 1), (History, 1)]
            .map(|(action, row)| Button::plain(action, row))
            .into()
    }
}
