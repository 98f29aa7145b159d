//! The real operator binary against a real API server. Each test has a namespace of its own and an operator that watches only
//! that. Pods are never scheduled (their node selector fits no node): the test writes their status, as the kubelet would.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod at_bounds;
mod bad_input;
mod behind_proxy;
mod children;
mod cluster;
mod crashes;
mod displays;
mod drift;
mod failures;
mod fake_bot;
mod farewells;
mod kubectl;
mod kubelet;
mod leadership;
mod lifecycle;
mod metrics;
mod node;
mod operator;
mod pod_monitors;
mod process;
mod quiet;
mod refusals;
mod rights;
mod schema;
mod secret_rights;
mod secrets;
mod unreadable;
mod watched;
mod world;

use std::time::Duration;

/// How long anything may take that the operator does in a moment. Generous: the machine may be busy.
const SOON: Duration = Duration::from_secs(30);

/// The bot of most tests.
const BOT: &str = "growshop";
