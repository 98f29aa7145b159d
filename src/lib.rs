//! The operator: turns `DiscordBot` and `StockDisplay` objects into running bots and their configuration.
//!
//! The rooms, from the top; each uses only rooms below it (a test holds this list against the imports):
//! - [`run`]: the life of the process.
//! - [`scope`]: the watches, and who wakes whom.
//! - [`stock_display`], then [`discord_bot`]: fetch -> validate -> build -> apply -> status of a kind.
//! - [`controller`]: what any controller needs; [`probe`]: what the pods say of themselves; [`server`]: health and metrics.
//! - [`cluster`]: what is known of the cluster.
//! - [`leader`], then [`client`], then [`metrics`] and [`telemetry`], then [`api`]: the Lease, Kubernetes with the fence before
//!   every write, counters, logs, the custom resources.
//!
//! Invariants: only fetch, apply, status, [`controller`], [`scope`] and the Secrets of [`cluster`] name `Client` or `Api` (and
//! [`run`] and [`leader`], which set the process up); validate and build are pure. The operator never imports the bot:
//! `stockbot-config` is the contract. No secret value is kept, logged or written.

pub mod api;
pub mod client;
pub mod cluster;
pub mod controller;
pub mod discord_bot;
pub mod leader;
pub mod metrics;
pub mod probe;
pub mod run;
pub mod scope;
pub mod server;
pub mod stock_display;
pub mod telemetry;
