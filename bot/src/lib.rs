//! The bot, in reading order:
//!
//! - `run` starts everything: configuration, [`secret`]s, database, Discord preflight (`startup`), then the loops below until told
//!   to stop; `reload` follows the configuration file, `secret_watch` the mounted Secrets, `housekeeping` removes old rows;
//! - `gateway` owns shards by a lease in Postgres, keeps their sessions and turns dispatches into interactions;
//! - `interactions` answers them: insert, acknowledge, one transaction, edit;
//! - `deposits` credits what was paid in the game, told by messages or signed requests (`http`);
//! - `outbox` carries out what a sale promised: delivery, receipt, posts, role;
//! - `display` keeps one live stock message per display equal to the database;
//! - `cards` is what people read: replies, receipts, files; `channels` looks whether those of the shop are there;
//! - `context` is what all of the above share, `state` and `metrics` what they tell of themselves;
//! - `discord` is the only door to Discord's REST API, `stockbot_store` the only one to Postgres, `texts` to words;
//! - `http` tells kubelet, Prometheus and the operator how it goes.
//!
//! Each uses only what stands below it; `tests/layers.rs` has the order and checks it.
//!
//! Invariants: no effect on money or goods outside the store's transactions; the live message is derived from the database and
//! never read back; the token is in one mounted file and in memory, nowhere else.

pub mod cards;
mod channels;
pub mod context;
pub mod custom_id;
mod deposits;
pub mod discord;
pub mod display;
pub mod exit;
pub mod gateway;
pub mod housekeeping;
pub mod http;
pub mod interactions;
pub mod metrics;
pub mod outbox;
pub mod reload;
pub mod run;
pub mod secret;
mod secret_watch;
mod shards;
pub mod startup;
pub mod state;
pub mod telemetry;
mod text_rule;
pub mod texts;
