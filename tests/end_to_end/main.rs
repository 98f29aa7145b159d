//! The whole product on a real cluster, as the demo shows it: chart, two documents, virtual people, restarts, bad input.

#![allow(clippy::expect_used, reason = "a test that cannot go on panics")]

mod bad_input;
mod cluster;
mod shop;
mod stage;
