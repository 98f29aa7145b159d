//! The operator: turns `DiscordBot` and `StockDisplay` objects into running bots and their configuration.
//!
//! In reading order: [`api`] (the custom resources) -> [`controller::scope`] (watches and queues) -> [`discord_bot`] and
//! [`stock_display`] (fetch -> validate -> build -> apply -> status) -> [`probe`] (what the pods say of themselves).
//!
//! Invariants: only fetch, apply, status and [`controller`] name `Client` or `Api` (and [`run`] and [`leader`], which set the
//! process up); validate and build are pure. The
//! operator never imports the bot: `stockbot-config` is the contract. No secret value is kept, logged or written.

pub mod api;
pub mod controller;
pub mod discord_bot;
pub mod leader;
pub mod metrics;
pub mod probe;
pub mod run;
pub mod server;
pub mod stock_display;
pub mod telemetry;
