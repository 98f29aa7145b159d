//! Everything Stockbot keeps in Postgres, and the only place where SQL is written.
//!
//! Reading order: [`store`] (connection, migrations) -> [`shops`] -> [`products`], [`catalogue`], [`stock`], [`stock_removal`] -> [`customers`], [`ledger`], [`deposits`], [`deposit_claims`] ->
//! [`purchase`], [`orders`], [`refund`] -> [`arrivals`], [`interactions`], [`outbox`], [`lines`] (what Discord is owed), [`delivery`],
//! [`settlement`], [`direct_channels`] -> [`worlds`], [`displays`], [`leftovers`], [`leases`], [`identify`], [`changes`], [`pulse`] (what
//! pods share) -> [`logs`],
//! [`confirmations`], [`reports`]. [`money`] is pure.
//!
//! Invariants
//! 1. Every statement is scoped by the shop (or by the bot, for what belongs to a bot).
//! 2. Money and goods move in exactly one transaction that is named by an external id.
//! 3. Locks are taken in this order, so that nobody deadlocks: the shop's doors, the customer's account, the delivery job, the
//!    order, units, the shop's account, the audit trail.
//! 4. Time is the database's time: pods' clocks are never compared with each other.
//!
//! A `bot` is named `<namespace>/<name of the DiscordBot>` everywhere, because bots of all namespaces may share one database.
//! Must not: know Discord, Kubernetes or what people are shown.

pub mod actor;
pub mod arrivals;
mod audit;
pub mod catalogue;
pub mod changes;
pub mod confirmations;
pub mod customers;
mod db;
pub mod delivery;
pub mod deposit_claims;
pub mod deposits;
pub mod direct_channels;
pub mod displays;
pub mod error;
pub mod identify;
pub mod interactions;
pub mod leases;
pub mod ledger;
pub mod leftovers;
pub mod lines;
pub mod logs;
pub mod money;
pub mod options;
pub mod orders;
pub mod outbox;
mod placing;
mod product_rules;
pub mod products;
mod prune;
pub mod pulse;
pub mod purchase;
pub mod refund;
mod refusal;
pub mod reports;
mod sale;
pub mod schema;
mod server;
pub mod settlement;
pub mod shops;
pub mod stock;
pub mod stock_removal;
pub mod store;
mod transfer;
mod url;
pub mod worlds;

pub use actor::Actor;
pub use arrivals::{Arrival, Found, Page, Wanted};
pub use audit::AuditReport;
pub use catalogue::{RemoveProduct, Selection};
pub use changes::ChangeCursor;
pub use confirmations::Consent;
pub use customers::{Customer, GrowId, Registration};
pub use delivery::DeliveredVia;
pub use deposit_claims::{Claim, OpenDeposit};
pub use deposits::{DepositOutcome, DepositSource, DepositState, NewDeposit};
pub use displays::{DisplayRow, Reservation};
pub use error::StoreError;
pub use identify::{Budget, Permit};
pub use interactions::{InteractionEnd, NewInteraction, UnfinishedInteraction};
pub use leases::{SavedSession, ShardLease, ShardOf};
pub use ledger::{Adjustment, Movement, TransferKind};
pub use logs::{CommandLog, CommandOutcome, Severity};
pub use options::ConnectOptions;
pub use orders::{Order, OrderState};
pub use outbox::{OutboxJob, OutboxKind, Room, SalePayload, Sent};
pub use products::{
    AddProduct, EditProduct, NewProduct, Product, ProductChange, ProductCode, ProductProblem,
};
pub use pulse::{LeaseView, Own, Pulse};
pub use purchase::{Deliverer, Held, PurchaseEffects, PurchaseOutcome, PurchaseRequest, Receipt, Refusal};
pub use refund::Refund;
pub use schema::{SchemaState, SchemaVersion};
pub use settlement::{Goods, Settlement};
pub use shops::{ShopId, ShopState};
pub use stock::StockOutcome;
pub use stock_removal::{Addition, Reduction, StockChange};
pub use store::Store;
pub use worlds::{World, WorldChange, WorldStatus};
