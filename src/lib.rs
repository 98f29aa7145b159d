//! The operator: turns `DiscordBot` and `StockDisplay` objects into running bots.
pub mod api;
