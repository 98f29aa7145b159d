//! What the tests of all crates share: a real Postgres server, child processes, ports, a cuttable TCP proxy, virtual
//! people in the Discord stand-in, waiting on conditions.
//!
//! Everything started here ends with the test process, also when that is killed. Must not: know what is being tested.

mod database;
mod figures;
mod guard;
mod people;
mod port;
mod postgres;
mod process;
mod proxy;
mod wait;

pub use database::TestDatabase;
pub use figures::{Figures, p99, percentile};
pub use people::{Discord, Person, World, custom_ids, sim_log, text_of};
pub use port::free_port;
pub use postgres::Postgres;
pub use process::Process;
pub use proxy::{Cut, Proxy};
pub use wait::eventually;
