//! The shop: who may run it, what its money is made of, where it writes. Shared by `DiscordBot.spec.shop` and the config file.

use serde::{Deserialize, Serialize};

use crate::ids::{MaybeId, Snowflake};

/// Where in a Secret of the same namespace a value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretKeyRef {
    /// Name of the Secret, in the object's own namespace.
    #[cfg_attr(feature = "schema", schemars(length(max = 253), regex(pattern = crate::schema::OBJECT_NAME)))]
    pub name: String,
    /// Key in the Secret; each reference names its own default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(max = 253), regex(pattern = crate::schema::DATA_KEY)))]
    pub key: Option<String>,
}

/// Language of people whose own is neither Indonesian nor English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

/// One kind of coin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Denomination {
    /// Short code, as shown and typed: WL.
    #[cfg_attr(feature = "schema", schemars(length(max = 8), regex(pattern = "^[A-Z][A-Z0-9]{0,7}$")))]
    pub code: String,
    /// Full name: World Lock.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 40)))]
    pub name: String,
    /// Worth in the smallest unit; the first denomination is worth 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000_000)))]
    pub value: i64,
}

/// The shop's money. Amounts are whole numbers of the smallest denomination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = [
    {"rule": "self == oldSelf", "message": "currency cannot be changed once set; balances are stored in its smallest unit"},
    {"rule": "self.denominations[0].value == 1", "message": "the first denomination must have value 1"},
    {"rule": "[1, 2, 3, 4, 5].all(i, i >= self.denominations.size() || self.denominations[i - 1].value < self.denominations[i].value)",
     "message": "denominations must be ordered from the smallest to the largest value"},
    {"rule": "self.denominations.all(a, self.denominations.exists_one(b, b.code == a.code || b.value == a.value))",
     "message": "codes and values of denominations must be unique"}
])))]
#[serde(rename_all = "camelCase")]
pub struct Currency {
    /// Coins, smallest first.
    #[serde(default = "Currency::growtopia")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 6)))]
    pub denominations: Vec<Denomination>,
    /// Highest balance that a customer may hold, in the smallest unit.
    #[serde(default = "Currency::default_max_balance")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000_000_000_i64)))]
    pub max_balance: i64,
}

impl Currency {
    fn growtopia() -> Vec<Denomination> {
        [("WL", "World Lock", 1), ("DL", "Diamond Lock", 100), ("BGL", "Blue Gem Lock", 10_000)]
            .map(|(code, name, value)| Denomination { code: code.into(), name: name.into(), value })
            .into()
    }

    fn default_max_balance() -> i64 {
        1_000_000
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self { denominations: Self::growtopia(), max_balance: Self::default_max_balance() }
    }
}

/// Who may use the admin commands: any of these users, or a member with any of these roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Admins {
    /// Discord user ids.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub users: Vec<Snowflake>,
    /// Discord role ids.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub roles: Vec<Snowflake>,
}

/// Channels that the shop writes to or reads from; empty = not used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Channels {
    /// Public post of each sale.
    #[serde(default)]
    pub history: MaybeId,
    /// One line per sale, deposit, admin action and failure.
    #[serde(default)]
    pub log: MaybeId,
    /// Restock pings for subscribers with closed direct messages.
    #[serde(default)]
    pub restock: MaybeId,
    /// Where deposit messages arrive.
    #[serde(default)]
    pub deposits: MaybeId,
}

/// Which deposits are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Deposits {
    /// Only messages of this webhook in `channels.deposits` are read.
    #[serde(default)]
    pub webhook_id: MaybeId,
    /// Only messages of this user in `channels.deposits` are read.
    #[serde(default)]
    pub author_id: MaybeId,
    /// Key that signs `POST /deposits`; enables it. The key defaults to `hmac`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_secret_ref: Option<SecretKeyRef>,
}

/// Maintenance: nothing is sold and every button says why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Maintenance {
    /// On if either this or an administrator in Discord says so.
    #[serde(default)]
    pub enabled: bool,
    /// Shown to customers.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 500)))]
    pub reason: String,
}

/// The shop. Bots of one namespace with the same shop share goods and customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-validations" = [
    {"rule": "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
     "message": "shop.name cannot be changed; create another DiscordBot for another shop"}
])))]
#[serde(rename_all = "camelCase")]
pub struct Shop {
    /// Name of the shop; immutable. Default: the object's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 52), regex(pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))
    )]
    pub name: Option<String>,
    /// Language of people whose own is neither Indonesian nor English.
    #[serde(default)]
    pub locale: Locale,
    /// The shop's money; immutable once set.
    #[serde(default)]
    pub currency: Currency,
    /// Most units in one purchase.
    #[serde(default = "Shop::default_max_quantity")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 999)))]
    pub max_quantity: i32,
    /// A low-stock alert is sent when a product falls to this count.
    #[serde(default = "Shop::default_low_stock_threshold")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000_000)))]
    pub low_stock_threshold: i32,
    /// Who may use the admin commands.
    #[serde(default)]
    pub admins: Admins,
    /// Role given to a customer after the first purchase; empty = none.
    #[serde(default)]
    pub buyer_role_id: MaybeId,
    /// Channels that the shop writes to or reads from.
    #[serde(default)]
    pub channels: Channels,
    /// Which deposits are believed.
    #[serde(default)]
    pub deposits: Deposits,
    /// Nothing is sold while on.
    #[serde(default)]
    pub maintenance: Maintenance,
}

impl Shop {
    fn default_max_quantity() -> i32 {
        999
    }

    fn default_low_stock_threshold() -> i32 {
        10
    }
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            name: None,
            locale: Locale::default(),
            currency: Currency::default(),
            max_quantity: Self::default_max_quantity(),
            low_stock_threshold: Self::default_low_stock_threshold(),
            admins: Admins::default(),
            buyer_role_id: MaybeId::default(),
            channels: Channels::default(),
            deposits: Deposits::default(),
            maintenance: Maintenance::default(),
        }
    }
}
