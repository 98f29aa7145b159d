//! A proxy between the operator and the API server that numbers every request and brings about a planned fault: the process is
//! killed before or after a write, replies get lost, the server refuses, connections break, watches are cut.
//!
//! [`plan`] decides which request meets which fault and is pure; [`proxy`] does what it says. To the operator it speaks plain
//! HTTP/1.1, to the API server whatever the kubeconfig says. Must not: know what the operator does.

pub mod call;
pub mod events;
pub mod fault;
pub mod ledger;
pub mod plan;
pub mod proxy;

pub use call::Call;
pub use fault::Fault;
pub use ledger::{Entry, Tally};
pub use plan::{Plan, When};
pub use proxy::FaultProxy;
