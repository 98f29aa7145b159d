//! The custom resources: types, schemas and CEL rules, one file per kind. Must not know how they are reconciled.

pub mod annotation;
mod bounds;
pub mod conditions;
pub mod discord_bot;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod names;
pub mod pod_monitor;
pub mod status;
pub mod stock_display;
pub mod workload;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt as _;

pub use discord_bot::{DiscordBot, DiscordBotSpec};
pub use status::{DiscordBotStatus, StockDisplayStatus};
pub use stock_display::{StockDisplay, StockDisplaySpec};

/// The definitions of both kinds, in the order in which they are printed.
#[must_use]
pub fn definitions() -> [CustomResourceDefinition; 2] {
    [DiscordBot::crd(), StockDisplay::crd()].map(bounds::bounded)
}
