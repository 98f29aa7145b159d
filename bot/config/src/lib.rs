//! The contract between the operator and the bot, and its only definition.
//!
//! The operator writes [`Config`] into a ConfigMap and reads [`status::BotStatus`] from the bot's `/status`;
//! the bot does the reverse. The custom resources embed the same types, so a field exists once.
//! Must not: know Kubernetes, Postgres or Discord, or do any I/O but reading the file it is asked to read.

pub mod display;
pub mod duration;
pub mod exit;
pub mod file;
pub mod fingerprint;
pub mod ids;
pub mod mounts;
pub mod reading;
pub mod restart;
#[cfg(feature = "schema")]
pub mod schema;
pub mod shop;
pub mod status;
pub mod tuning;

pub use display::{Button, ButtonAction, ButtonStyle, DisplaySettings, Fallback, Mode, Products, Sort};
pub use duration::Span;
pub use file::{CONTRACT, Config, DatabaseSettings, DiscordSettings, DisplayConfig};
pub use fingerprint::fingerprint;
pub use ids::{MaybeId, Snowflake};
pub use reading::{ConfigError, ConfigFile};
pub use shop::{Currency, Denomination, Locale, SecretKeyRef, Shop};
